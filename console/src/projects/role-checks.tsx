import { Checkbox, Stack, Text } from '@mantine/core';
import type { Role } from '../session/session.ts';

interface RoleText {
  readonly role: Role;
  readonly label: string;
  readonly description: string;
}

const roles: readonly RoleText[] = [
  {
    role: 'ROLE_ADMIN',
    label: 'Everything in the project',
    description: 'Includes all roles below',
  },
  {
    role: 'ROLE_API_SECURITY',
    label: 'JWKs, keys and keystores',
    description: 'Reads them. Changing them also takes Deploy',
  },
  {
    role: 'ROLE_READ_PRIVATE_KEYS',
    label: 'Private keys',
    description: 'Reads and exports private keys of JWKs, each time with an audit record',
  },
  {
    role: 'ROLE_MANAGE_PROXIES',
    label: 'Certificates',
    description: 'Reads them. Changing them also takes Deploy',
  },
  {
    role: 'ROLE_DEPLOY_UNDEPLOY_PROXIES',
    label: 'Deploy',
    description: 'Every change is deployed, so every change takes this role',
  },
];

const changing: readonly Role[] = ['ROLE_API_SECURITY', 'ROLE_MANAGE_PROXIES'];

/** Which roles in a project, and what is wrong with a choice that allows no change. */
export function RoleChecks({
  label,
  value,
  held,
  error,
  onChange,
}: {
  readonly label: string;
  readonly value: readonly Role[];
  /** Only these are offered; without it, every role. */
  readonly held?: readonly Role[];
  readonly error?: string | undefined;
  readonly onChange: (value: readonly Role[]) => void;
}) {
  const isOffered = (role: Role) => held === undefined || held.includes(role) || held.includes('ROLE_ADMIN');
  const note = noteOn(value);
  return (
    <Stack gap="xs">
      <Checkbox.Group label={label} value={[...value]} onChange={onChange} error={error}>
        <Stack gap="xs" mt="xs">
          {roles
            .filter(({ role }) => isOffered(role))
            .map(({ role, label: text, description }) => (
              <Checkbox key={role} value={role} label={text} description={description} title={role} />
            ))}
        </Stack>
      </Checkbox.Group>
      {note !== undefined && (
        <Text role="status" size="sm" c="var(--keyplane-attention)">
          {note}
        </Text>
      )}
    </Stack>
  );
}

function noteOn(value: readonly Role[]): string | undefined {
  if (value.length === 0 || value.includes('ROLE_ADMIN')) return undefined;
  const has = (role: Role) => value.includes(role);
  if (!has('ROLE_DEPLOY_UNDEPLOY_PROXIES') && changing.some(has)) {
    return 'With these roles one can read and change nothing. Add Deploy to allow changes.';
  }
  if (has('ROLE_DEPLOY_UNDEPLOY_PROXIES') && !changing.some(has)) {
    return 'Deploy alone allows nothing. Add JWKs, keys and keystores, or Certificates.';
  }
  if (has('ROLE_READ_PRIVATE_KEYS') && !has('ROLE_API_SECURITY')) {
    return 'Private keys also take JWKs, keys and keystores.';
  }
  return undefined;
}

/** Roles in words; the name of each, as the API has it, shows on hover. */
export function RoleNames({ roles: held }: { readonly roles: readonly Role[] }) {
  return roles
    .filter(({ role }) => held.includes(role))
    .map(({ role, label }, index) => (
      <Text key={role} span fz="inherit" title={role}>
        {index > 0 && ', '}
        {label}
      </Text>
    ));
}
