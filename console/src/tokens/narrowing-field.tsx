import { Button, Card, Group, NativeSelect, Stack, Switch, Text } from '@mantine/core';
import type { ProjectNarrowing } from '../../../clients/typescript/src/index.ts';
import { RoleChecks } from '../projects/role-checks.tsx';
import { useSignedIn } from '../session/session-context.ts';

/** Undefined: the token may do everything that its user may do. */
export type Narrowing = readonly ProjectNarrowing[] | undefined;

/** Which projects a token sees, and with which roles. */
export function NarrowingField({
  value,
  error,
  onChange,
}: {
  readonly value: Narrowing;
  readonly error?: string | undefined;
  readonly onChange: (value: Narrowing) => void;
}) {
  const { projects, admin } = useSignedIn();
  const chosen = value ?? [];
  const others = projects.filter(({ name }) => chosen.every(({ projectName }) => projectName !== name));
  return (
    <Stack gap="xs">
      <Switch
        label="Only some projects and roles"
        description={
          admin
            ? 'A narrowed token has no administrator rights'
            : 'Without it, the token may do everything that you may do'
        }
        checked={value !== undefined}
        onChange={(event) => onChange(event.currentTarget.checked ? [] : undefined)}
      />
      {chosen.map(({ projectName, roles }) => (
        <Card key={projectName} withBorder component="section" aria-label={projectName}>
          <Group justify="space-between" align="start">
            <Text fw={600}>{projectName}</Text>
            <Button
              variant="default"
              size="compact-sm"
              aria-label={`Remove ${projectName}`}
              onClick={() => onChange(chosen.filter((one) => one.projectName !== projectName))}
            >
              Remove
            </Button>
          </Group>
          <RoleChecks
            label={`Roles in ${projectName}`}
            value={roles}
            held={projects.find(({ name }) => name === projectName)?.roles ?? []}
            onChange={(next) =>
              onChange(
                chosen.map((one) => (one.projectName === projectName ? { projectName, roles: next } : one)),
              )
            }
          />
        </Card>
      ))}
      {value !== undefined && (
        <NativeSelect
          label="Add a project"
          value=""
          error={error}
          disabled={others.length === 0}
          onChange={(event) => onChange([...chosen, { projectName: event.currentTarget.value, roles: [] }])}
          data={[
            {
              value: '',
              label: others.length === 0 ? 'No other project' : 'Choose a project',
              disabled: true,
            },
            ...others.map(({ name }) => name),
          ]}
        />
      )}
    </Stack>
  );
}
