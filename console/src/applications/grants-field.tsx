import { Button, Card, Checkbox, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../api/keyplane.ts';
import type { Grant } from './application-words.tsx';
import {
  defaultOperations,
  type Grantable,
  type GrantedOperation,
  operationNames,
  operationsFor,
} from './grant-operations.ts';

export type GrantDraft = Grant;

/** How many of each kind the form offers. */
const mostOffered = 100;

const kindNames: Readonly<Record<Grantable['kind'], string>> = {
  ring: 'Key ring',
  jwk: 'JWK',
  profile: 'Token profile',
};

/** As the API takes them. */
export function grantsOf(drafts: readonly GrantDraft[]): readonly Grant[] {
  return drafts.map(({ ratePerSecond, burst, ...grant }) => ({
    ...grant,
    operations: [...grant.operations],
    ...(ratePerSecond !== undefined && { ratePerSecond }),
    ...(burst !== undefined && { burst }),
  }));
}

function kindOf({ keyRingName, tokenProfileName }: GrantDraft): Grantable['kind'] {
  if (keyRingName !== undefined) return 'ring';
  return tokenProfileName === undefined ? 'jwk' : 'profile';
}

function nameOf({ keyRingName, jwkName, tokenProfileName }: GrantDraft): string {
  return keyRingName ?? jwkName ?? tokenProfileName ?? '';
}

function namedBy({ kind, name }: Grantable): Pick<Grant, 'keyRingName' | 'jwkName' | 'tokenProfileName'> {
  switch (kind) {
    case 'ring':
      return { keyRingName: name };
    case 'jwk':
      return { jwkName: name };
    case 'profile':
      return { tokenProfileName: name };
    default:
      return kind satisfies never;
  }
}

/** What an application may do with which key ring, JWK outside of any, or token profile, and how often. */
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
  const isFree = ({ kind, name }: Grantable) =>
    value.every((one) => kindOf(one) !== kind || nameOf(one) !== name);
  const replace = (at: number, grant?: GrantDraft) =>
    onChange(value.toSpliced(at, 1, ...(grant ? [grant] : [])));
  const group = (heading: string, kind: Grantable['kind']) => ({
    group: heading,
    items: offered
      .filter((one) => one.kind === kind && isFree(one))
      .map(({ name }) => ({ value: `${kind} ${name}`, label: name })),
  });
  return (
    <Stack gap="xs">
      {value.map((grant, at) => (
        <GrantCard
          key={`${kindOf(grant)} ${nameOf(grant)}`}
          grant={grant}
          grantable={offered.find(({ kind, name }) => kind === kindOf(grant) && name === nameOf(grant))}
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
          const chosen = offered.find(({ kind, name }) => `${kind} ${name}` === event.currentTarget.value);
          if (chosen === undefined) return;
          onChange([...value, { ...namedBy(chosen), operations: [...defaultOperations(chosen)] }]);
        }}
        data={[
          { value: '', label: 'Choose what it may use', disabled: true },
          group('Key rings', 'ring'),
          group('JWKs outside of key rings', 'jwk'),
          group('Token profiles', 'profile'),
        ].filter((entry) => !('items' in entry) || entry.items.length > 0)}
      />
    </Stack>
  );
}

function useOffered(projectName: string): readonly Grantable[] {
  const found = useQuery({
    queryKey: ['grantable', projectName],
    queryFn: async () => {
      const asked = { projectName, page: '1', size: String(mostOffered), sort: 'name,asc' };
      const [rings, jwks, profiles] = await Promise.all([
        keyplane.listKeyRings(asked),
        keyplane.listJwks(asked),
        keyplane.listTokenProfiles(asked),
      ]);
      return [
        ...rings.resultList.map(({ name, use, type }) => {
          return { kind: 'ring' as const, name, use, isSecret: type === 'OCT' };
        }),
        ...jwks.resultList
          .filter(({ ringName }) => ringName === null)
          .map(({ name, use, type }) => ({ kind: 'jwk' as const, name, use, isSecret: type === 'OCT' })),
        ...profiles.resultList.map(({ name }) => {
          return { kind: 'profile' as const, name, use: null, isSecret: false };
        }),
      ];
    },
  });
  return found.data ?? [];
}

function GrantCard({
  grant,
  grantable,
  onChange,
  onRemove,
}: {
  readonly grant: GrantDraft;
  /** Undefined where the list is longer than the form offers. */
  readonly grantable: Grantable | undefined;
  readonly onChange: (grant: GrantDraft) => void;
  readonly onRemove: () => void;
}) {
  const [name, kind] = [nameOf(grant), kindOf(grant)];
  const fitting = operationsFor(grantable ?? { kind, name, use: null, isSecret: true });
  const order = Object.keys(operationNames) as readonly GrantedOperation[];
  const shown = order.filter((one) => fitting.includes(one) || grant.operations.includes(one));
  const toggled = (operation: GrantedOperation, isGranted: boolean) =>
    order.filter((one) => (one === operation ? isGranted : grant.operations.includes(one)));
  return (
    <Card withBorder component="section" aria-label={name} p="sm">
      <Stack gap="xs">
        <Group justify="space-between" align="start" gap="xs">
          <div>
            <Text fw={600}>{name}</Text>
            <Text size="xs" c="dimmed">
              {kindNames[kind]}
            </Text>
          </div>
          <Button variant="default" size="compact-sm" aria-label={`Remove ${name}`} onClick={onRemove}>
            Remove
          </Button>
        </Group>
        <Group gap="md">
          {shown.map((operation) => (
            <Checkbox
              key={operation}
              label={operationNames[operation]}
              aria-label={`${operationNames[operation]} with ${name}`}
              checked={grant.operations.includes(operation)}
              onChange={(event) =>
                onChange({ ...grant, operations: toggled(operation, event.currentTarget.checked) })
              }
            />
          ))}
        </Group>
        {grant.operations.includes('SIGN_RAW') && (
          <Text size="xs">
            “Sign anything” also signs JSON objects of any content and lifetime, such as tokens of another
            issuer or without expiry.
          </Text>
        )}
        <RateFields name={name} grant={grant} onChange={onChange} />
      </Stack>
    </Card>
  );
}

function RateFields({
  name,
  grant,
  onChange,
}: {
  readonly name: string;
  readonly grant: GrantDraft;
  readonly onChange: (grant: GrantDraft) => void;
}) {
  const { ratePerSecond, burst, ...rest } = grant;
  const change = (rate: number | undefined, most: number | undefined) =>
    onChange({
      ...rest,
      ...(rate !== undefined && { ratePerSecond: rate }),
      ...(most !== undefined && { burst: most }),
    });
  return (
    <Group gap="sm" align="end">
      <NumberField
        label="Operations per second"
        name={name}
        step="any"
        value={ratePerSecond}
        onChange={(rate) => change(rate, rate === undefined ? undefined : burst)}
      />
      <NumberField
        label="At once"
        name={name}
        step="1"
        value={burst}
        isDisabled={ratePerSecond === undefined}
        onChange={(most) => change(ratePerSecond, most)}
      />
    </Group>
  );
}

/** Empty: no limit. */
function NumberField({
  label,
  name,
  step,
  value,
  isDisabled = false,
  onChange,
}: {
  readonly label: string;
  readonly name: string;
  readonly step: string;
  readonly value: number | undefined;
  readonly isDisabled?: boolean;
  readonly onChange: (value: number | undefined) => void;
}) {
  return (
    <TextInput
      label={label}
      aria-label={`${label}: ${name}`}
      type="number"
      min={0}
      step={step}
      size="xs"
      w={130}
      placeholder="no limit"
      disabled={isDisabled}
      value={value ?? ''}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onChange(text === '' ? undefined : Number(text));
      }}
    />
  );
}
