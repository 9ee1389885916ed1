import { Loader, Radio, Stack, Text } from '@mantine/core';
import type { SourceKey } from '../../../clients/typescript/src/index.ts';
import { ErrorNote } from '../display/error-note.tsx';
import { WarningTexts } from '../display/warning-texts.tsx';
import type { FormPartProps } from './draft.ts';
import type { Inspection } from './use-inspection.ts';

/** The keys of the source, of which one is chosen. */
export function KeyChoice({
  draft,
  set,
  errorOf,
  inspection,
}: FormPartProps & { readonly inspection: Inspection }) {
  const { keys, error, isPending, total } = inspection;
  if (isPending) return <Loader size="sm" role="status" aria-label="Reading the source" />;
  if (error) return <ErrorNote error={error} title="This source cannot be used" />;
  if (keys === undefined) return null;
  const [only] = keys;
  const ofKeystore = draft.source === 'KEYSTORE';
  if (!ofKeystore && keys.length === 1 && only !== undefined) return <OnlyKey item={only} />;
  const label = ofKeystore ? 'Alias' : 'Key';
  return (
    <Radio.Group
      label={`${label} (${total} in this source)`}
      required
      value={ofKeystore ? draft.aliasName : draft.kid}
      error={errorOf(ofKeystore ? 'aliasName' : 'kid')}
      onChange={(value) =>
        set(ofKeystore ? { aliasName: value } : { kid: value, useType: '', algorithm: '' })
      }
    >
      <Stack gap="xs" mt="xs">
        {keys.map((item, index) => {
          const name = ofKeystore ? item.aliasName : (item.kid ?? item.thumbprint);
          return (
            <Radio
              // biome-ignore lint/suspicious/noArrayIndexKey: keys of a set may share a kid, or have none
              key={index}
              value={name ?? ''}
              disabled={item.problem !== null || name === null}
              label={labelOf(item, name)}
              description={factsText(item)}
            />
          );
        })}
      </Stack>
      {total > keys.length && (
        <Text size="sm">The first {keys.length} are listed. To choose another key, enter its kid below.</Text>
      )}
    </Radio.Group>
  );
}

function OnlyKey({ item }: { readonly item: SourceKey }) {
  if (item.problem !== null) return <ErrorNote error={item.problem} title="This key cannot be used" />;
  return (
    <>
      <Text size="sm" role="status">
        Found: {factsText({ ...item, warnings: [] })}
      </Text>
      <WarningTexts texts={item.warnings} />
    </>
  );
}

/** A key without a kid is selected by its thumbprint. */
function labelOf({ kid, aliasName }: SourceKey, name: string | null): string {
  if (name === null) return 'Without a kid';
  return kid === null && aliasName === null ? `${name} (thumbprint of a key without a kid)` : name;
}

function factsText(item: SourceKey): string {
  if (item.problem !== null) return `Cannot be used: ${item.problem}`;
  const { type, curve, size, use, algorithm, expirationTime, kid, aliasName } = item;
  const halves = item.private === true ? 'private key' : 'public key';
  const kind = [type, curve ?? (size === null ? undefined : `${size} bits`)].filter(Boolean).join(' ');
  const facts = [
    kind,
    type === 'OCT' ? 'secret' : halves,
    use,
    algorithm,
    kid !== null && kid !== aliasName ? `kid ${kid}` : null,
    expirationTime === null ? null : `expires ${expirationTime.slice(0, 10)}`,
    item.warnings.length === 0 ? null : `warnings: ${item.warnings.join('; ')}`,
  ];
  return facts.filter(Boolean).join(', ');
}
