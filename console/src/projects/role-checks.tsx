import { Checkbox, Stack } from '@mantine/core';
import type { Role } from '../session/session.ts';

const roles: readonly (readonly [role: Role, label: string])[] = [
  ['ROLE_ADMIN', 'Everything in the project'],
  ['ROLE_API_SECURITY', 'JWKs, keys and keystores'],
  ['ROLE_READ_PRIVATE_KEYS', 'Reading and exporting private parts of JWKs'],
  ['ROLE_MANAGE_PROXIES', 'Certificates'],
  ['ROLE_DEPLOY_UNDEPLOY_PROXIES', 'Deploying, which every change needs'],
];

/** Which roles in a project. */
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
  return (
    <Checkbox.Group label={label} value={[...value]} onChange={onChange} error={error}>
      <Stack gap="xs" mt="xs">
        {roles
          .filter(([role]) => isOffered(role))
          .map(([role, text]) => (
            <Checkbox key={role} value={role} label={text} description={role} />
          ))}
      </Stack>
    </Checkbox.Group>
  );
}
