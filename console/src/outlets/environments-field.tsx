import { MultiSelect, Radio, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../api/keyplane.ts';

/** Where an outlet delivers. Null: in all environments that the project reaches. */
export function EnvironmentsField({
  projectName,
  names,
  error,
  onChange,
}: {
  readonly projectName: string;
  readonly names: readonly string[] | null;
  readonly error: string | undefined;
  readonly onChange: (names: readonly string[] | null) => void;
}) {
  const reached = useQuery({
    queryKey: ['project-environments', projectName],
    queryFn: () => keyplane.listProjectEnvironments({ projectName }),
  });
  const offered = (reached.data?.resultList ?? []).map(({ name }) => name);
  return (
    <Stack gap="xs">
      <Radio.Group
        label="Delivered in"
        value={names === null ? 'all' : 'some'}
        error={names === null ? error : undefined}
        onChange={(value) => onChange(value === 'all' ? null : [])}
      >
        <Radio value="all" label="All environments that the project reaches, also later ones" my={6} />
        <Radio value="some" label="These environments" my={6} />
      </Radio.Group>
      {names !== null && (
        <MultiSelect
          label="Environments"
          data={[...new Set([...offered, ...names])]}
          value={[...names]}
          error={error}
          searchable
          clearButtonProps={{ 'aria-label': 'Remove all environments' }}
          onChange={onChange}
        />
      )}
    </Stack>
  );
}
