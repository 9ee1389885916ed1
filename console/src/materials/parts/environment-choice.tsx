import { Checkbox, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../../api/keyplane.ts';
import { ErrorNote } from '../../display/error-note.tsx';

/** Some of the environments that a project reaches. */
export function EnvironmentChoice({
  projectName,
  value,
  error,
  onChange,
}: {
  readonly projectName: string;
  readonly value: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (names: readonly string[]) => void;
}) {
  const environments = useQuery({
    queryKey: ['project-environments', projectName],
    queryFn: () => keyplane.listProjectEnvironments({ projectName }),
  });
  const names = (environments.data?.resultList ?? []).map(({ name }) => name);
  return (
    <>
      <Checkbox.Group
        label="Environments"
        description="Deploy to"
        required
        value={[...value]}
        error={error}
        onChange={onChange}
      >
        <Group mt="xs">
          {names.map((name) => (
            <Checkbox key={name} value={name} label={name} />
          ))}
        </Group>
      </Checkbox.Group>
      <ErrorNote error={environments.error} />
      {environments.data !== undefined && names.length === 0 && (
        <Text size="sm">This project reaches no environment yet. An administrator creates one.</Text>
      )}
    </>
  );
}
