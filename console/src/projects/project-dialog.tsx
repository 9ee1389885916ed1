import { Checkbox, Group, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { AlteredNote } from '../display/altered-note.tsx';
import { DescriptionField } from '../display/form/description-field.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { NameField } from '../display/form/name-field.tsx';
import { publicKeyTypes } from '../views/public-key-types.ts';

export interface EditedProject {
  readonly name: string;
  readonly description: string | null;
}

const fields = [['description'], ['name'], ['historicalKeyRingName'], ['publishKeyTypes']] as const;
/** How many key rings the form offers. */
const mostOffered = 100;

/** Creates a project, or edits the description of the given one. */
export function ProjectDialog({
  project,
  onDone,
  onClose,
}: {
  readonly project?: EditedProject;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(project?.name ?? '');
  const [description, setDescription] = useState(project?.description ?? '');
  const [ringName, setRingName] = useState<string | null>();
  const [keyTypes, setKeyTypes] = useState<readonly string[]>();
  const described = description === '' ? {} : { description };
  const before = useProjectSettings(project?.name ?? '').data;
  // Settings that were altered are saved all at once, as the form shows them.
  const present = before?.altered ? before : undefined;
  const savedRing = ringName === undefined ? present?.signer : ringName;
  const savedTypes = keyTypes ?? present?.keyTypes;
  const change = {
    ...described,
    ...(savedRing !== undefined && { historicalKeyRingName: savedRing }),
    ...(savedTypes !== undefined && { publishKeyTypes: [...savedTypes] }),
  };
  const save = useChange(
    () =>
      project === undefined
        ? keyplane.createProject({ body: { name, ...described } })
        : keyplane.updateProject({ projectName: project.name, body: change }),
    () => onDone(project?.name ?? name),
  );
  const errors = fieldErrors(save.error, fields);
  return (
    <FormDialog
      request={
        project === undefined
          ? { method: 'POST', path: '/apiops/projects/', body: { name, ...described } }
          : { method: 'PUT', path: `/apiops/projects/${encodeURIComponent(project.name)}/`, body: change }
      }
      title={project === undefined ? 'New project' : `Edit ${project.name}`}
      action={project === undefined ? 'Create' : 'Save'}
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {present !== undefined && <AlteredNote what="project" />}
      {project === undefined && <NameField value={name} error={errors.of('name')} onChange={setName} />}
      <DescriptionField value={description} error={errors.of('description')} onChange={setDescription} />
      {project !== undefined && (
        <HistoricalKeyRing
          projectName={project.name}
          chosen={ringName}
          error={errors.of('historicalKeyRingName')}
          onChange={setRingName}
        />
      )}
      {project !== undefined && (
        <PublishedKeyTypes
          projectName={project.name}
          chosen={keyTypes}
          error={errors.of('publishKeyTypes')}
          onChange={setKeyTypes}
        />
      )}
    </FormDialog>
  );
}

function PublishedKeyTypes({
  projectName,
  chosen,
  error,
  onChange,
}: {
  readonly projectName: string;
  /** Undefined: as they are. */
  readonly chosen: readonly string[] | undefined;
  readonly error: string | undefined;
  readonly onChange: (keyTypes: readonly string[]) => void;
}) {
  const found = useProjectSettings(projectName);
  return (
    <Checkbox.Group
      label="Key types in its JWK Set"
      description="Some verifiers reject a whole set for one key type that they do not know"
      value={[...(chosen ?? found.data?.keyTypes ?? [])]}
      error={error}
      onChange={onChange}
    >
      <Group mt="xs">
        {publicKeyTypes.map(({ name }) => (
          <Checkbox key={name} value={name} label={name} disabled={found.data === undefined} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}

function HistoricalKeyRing({
  projectName,
  chosen,
  error,
  onChange,
}: {
  readonly projectName: string;
  /** Undefined: as it is. */
  readonly chosen: string | null | undefined;
  readonly error: string | undefined;
  readonly onChange: (ringName: string | null) => void;
}) {
  const found = useProjectSettings(projectName);
  const { signer, rings } = found.data ?? { signer: null, rings: [] };
  const value = chosen === undefined ? signer : chosen;
  return (
    <NativeSelect
      label="Key ring of the historical keys"
      description="Nodes sign the list of retired and revoked keys with it"
      value={value ?? ''}
      error={error}
      disabled={found.data === undefined}
      onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}
      data={[{ value: '', label: 'The only one for signatures' }, ...rings]}
    />
  );
}

/** The key ring that a project names for its historical keys, those that it can name, and the key types of its set. */
function useProjectSettings(projectName: string) {
  return useQuery({
    queryKey: ['project-settings', projectName],
    enabled: projectName !== '',
    queryFn: async () => {
      const asked = { page: '1', size: String(mostOffered) };
      const [projects, rings] = await Promise.all([
        keyplane.listProjects({ ...asked, search: projectName }),
        keyplane.listKeyRings({ ...asked, projectName, sort: 'name,asc' }),
      ]);
      const project = projects.resultList.find(({ name }) => name === projectName);
      return {
        signer: project?.historicalKeyRingName ?? null,
        keyTypes: project?.publishKeyTypes ?? [],
        altered: project?.altered === true,
        rings: rings.resultList.filter(({ use }) => use === 'sig').map(({ name }) => name),
      };
    },
  });
}
