import { Button, Card, Checkbox, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../api/keyplane.ts';
import type { Grant } from './application-words.tsx';

export type GrantDraft = Grant;
type Operation = Grant['operations'][number];

const operations: readonly (readonly [Operation, string])[] = [
  ['SIGN', 'Sign'],
  ['VERIFY', 'Verify'],
];

/** How many key rings and JWKs the form offers. */
const mostOffered = 100;

/** As the API takes them: a grant of nothing is none. */
export function grantsOf(drafts: readonly GrantDraft[]): readonly Grant[] {
  return drafts.map(({ keyRingName, jwkName, operations: granted }) => ({
    ...(keyRingName === undefined ? { jwkName } : { keyRingName }),
    operations: [...granted],
  }));
}

function nameOf({ keyRingName, jwkName = '' }: GrantDraft): string {
  return keyRingName ?? jwkName;
}

/** What an application may do with which key ring, or with which JWK outside of any. */
export function GrantsField({
  projectName,
  value,
  error,
  onChange,
}: {
  readonly projectName: string;
  readonly value: readonly GrantDraft[];
  readonly error: string | undefined;
  readonly onChange: (value: readonly GrantDraft[]) => void;
}) {
  const offered = useOffered(projectName);
  const isFree = ({ keyRingName, jwkName }: GrantDraft) =>
    value.every((one) => one.keyRingName !== keyRingName || one.jwkName !== jwkName);
  const rings = offered.rings.filter((keyRingName) => isFree({ keyRingName, operations: [] }));
  const jwks = offered.jwks.filter((jwkName) => isFree({ jwkName, operations: [] }));
  const replace = (at: number, grant?: GrantDraft) =>
    onChange(value.toSpliced(at, 1, ...(grant ? [grant] : [])));
  return (
    <Stack gap="xs">
      {value.map((grant, at) => (
        <GrantCard
          key={`${grant.keyRingName === undefined ? 'jwk' : 'ring'} ${nameOf(grant)}`}
          grant={grant}
          onChange={(changed) => replace(at, changed)}
          onRemove={() => replace(at)}
        />
      ))}
      <NativeSelect
        label="Grant the use of"
        description="What is not granted is rejected"
        value=""
        error={error}
        onChange={(event) => {
          const [kind, name] = event.currentTarget.value.split(' ');
          const named = kind === 'ring' ? { keyRingName: name } : { jwkName: name };
          onChange([...value, { ...named, operations: ['SIGN', 'VERIFY'] }]);
        }}
        data={[
          { value: '', label: 'Choose a key ring or a JWK', disabled: true },
          { group: 'Key rings', items: rings.map((name) => ({ value: `ring ${name}`, label: name })) },
          {
            group: 'JWKs outside of key rings',
            items: jwks.map((name) => ({ value: `jwk ${name}`, label: name })),
          },
        ].filter((entry) => !('items' in entry) || entry.items.length > 0)}
      />
    </Stack>
  );
}

/** For signatures only: nodes do nothing else with keys yet. */
function useOffered(projectName: string) {
  const found = useQuery({
    queryKey: ['grantable', projectName],
    queryFn: async () => {
      const asked = { projectName, page: '1', size: String(mostOffered), sort: 'name,asc' };
      const [rings, jwks] = await Promise.all([
        keyplane.listKeyRings(asked),
        keyplane.listJwks({ ...asked, use: 'sig' }),
      ]);
      return {
        rings: rings.resultList.filter(({ use }) => use === 'sig').map(({ name }) => name),
        jwks: jwks.resultList.filter(({ ringName }) => ringName === null).map(({ name }) => name),
      };
    },
  });
  return found.data ?? { rings: [], jwks: [] };
}

function GrantCard({
  grant,
  onChange,
  onRemove,
}: {
  readonly grant: GrantDraft;
  readonly onChange: (grant: GrantDraft) => void;
  readonly onRemove: () => void;
}) {
  const name = nameOf(grant);
  const toggled = (operation: Operation, isGranted: boolean) =>
    operations
      .map(([one]) => one)
      .filter((one) => (one === operation ? isGranted : grant.operations.includes(one)));
  return (
    <Card withBorder component="section" aria-label={name} p="sm">
      <Group justify="space-between" align="start" gap="xs">
        <div>
          <Text fw={600}>{name}</Text>
          <Text size="xs" c="dimmed">
            {grant.keyRingName === undefined ? 'JWK' : 'Key ring'}
          </Text>
        </div>
        <Group gap="md">
          {operations.map(([operation, label]) => (
            <Checkbox
              key={operation}
              label={label}
              aria-label={`${label} with ${name}`}
              checked={grant.operations.includes(operation)}
              onChange={(event) =>
                onChange({ ...grant, operations: toggled(operation, event.currentTarget.checked) })
              }
            />
          ))}
          <Button variant="default" size="compact-sm" aria-label={`Remove ${name}`} onClick={onRemove}>
            Remove
          </Button>
        </Group>
      </Group>
    </Card>
  );
}
