import { Checkbox, MultiSelect, NativeSelect, Radio, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Operations } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { unchecked } from '../api/unchecked.ts';
import { useChange } from '../api/use-change.ts';
import { AlteredNote } from '../display/altered-note.tsx';
import { DescriptionField } from '../display/form/description-field.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { NameField } from '../display/form/name-field.tsx';

export type Environment = Operations['listEnvironments']['answer']['resultList'][number];

const fields = [['accessUrl'], ['type'], ['projects'], ['name']] as const;

/** Creates an environment, or edits the given one: everything except its name. */
export function EnvironmentDialog({
  environment,
  onDone,
  onClose,
}: {
  readonly environment?: Environment;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(environment?.name ?? '');
  const [description, setDescription] = useState(environment?.description ?? '');
  const [type, setType] = useState<Environment['type']>(environment?.type ?? 'TEST');
  const [accessUrl, setAccessUrl] = useState(environment?.accessUrl ?? '');
  const [projects, setProjects] = useState<readonly string[] | null>(environment?.projects ?? null);
  const [environmentSet, setEnvironmentSet] = useState(environment?.environmentSet ?? false);
  const body = {
    type,
    environmentSet,
    ...(description !== '' && { description }),
    ...(accessUrl !== '' && { accessUrl }),
    ...(projects !== null && { projects }),
  };
  const save = useChange(
    async () => {
      if (environment === undefined) await keyplane.createEnvironment({ body: { name, ...body } });
      else await keyplane.updateEnvironment({ environmentName: environment.name, body });
    },
    () => onDone(environment?.name ?? name),
  );
  const errors = fieldErrors(save.error, fields);
  return (
    <FormDialog
      request={
        environment === undefined
          ? { method: 'POST', path: '/apiops/environments/', body: { name, ...body } }
          : { method: 'PUT', path: `/apiops/environments/${encodeURIComponent(environment.name)}/`, body }
      }
      title={environment === undefined ? 'New environment' : `Edit ${environment.name}`}
      action={environment === undefined ? 'Create' : 'Save'}
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {environment?.altered && <AlteredNote what="environment" />}
      {environment === undefined && <NameField value={name} error={errors.of('name')} onChange={setName} />}
      <DescriptionField value={description} onChange={setDescription} />
      <NativeSelect
        label="Type"
        data={[
          { value: 'PRODUCTION', label: 'Production' },
          { value: 'SANDBOX', label: 'Sandbox' },
          { value: 'TEST', label: 'Test' },
        ]}
        value={type}
        error={errors.of('type')}
        onChange={(event) => setType(unchecked(event.currentTarget.value))}
      />
      <TextInput
        label="Access URL"
        description="Where verifiers reach its nodes, such as https://keys.example.com. Addresses of JWK Sets begin with it"
        type="url"
        value={accessUrl}
        error={errors.of('accessUrl')}
        onChange={(event) => setAccessUrl(event.currentTarget.value)}
      />
      <Checkbox
        label="Also serve one JWK Set of all projects"
        description="Its verifiers accept the keys of every project. Give them a project's set instead."
        checked={environmentSet}
        onChange={(event) => setEnvironmentSet(event.currentTarget.checked)}
      />
      <Reach projects={projects} error={errors.of('projects')} onChange={setProjects} />
    </FormDialog>
  );
}

function Reach({
  projects,
  error,
  onChange,
}: {
  readonly projects: readonly string[] | null;
  readonly error: string | undefined;
  readonly onChange: (projects: readonly string[] | null) => void;
}) {
  const known = useQuery({ queryKey: ['projects', 'all'], queryFn: () => keyplane.listProjects() });
  return (
    <Stack gap="xs">
      <Radio.Group
        label="Available to"
        value={projects === null ? 'all' : 'some'}
        onChange={(value) => onChange(value === 'all' ? null : [])}
      >
        <Radio value="all" label="All projects, including future ones" my={6} />
        <Radio value="some" label="These projects" my={6} />
      </Radio.Group>
      {projects !== null && (
        <MultiSelect
          label="Projects"
          data={(known.data?.resultList ?? []).map(({ name }) => name)}
          value={[...projects]}
          error={error}
          searchable
          clearButtonProps={{ 'aria-label': 'Remove all projects' }}
          onChange={onChange}
        />
      )}
    </Stack>
  );
}
