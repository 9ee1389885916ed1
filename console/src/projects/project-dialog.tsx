import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { fieldErrors } from '../display/field-errors.ts';
import { FormDialog } from '../display/form-dialog.tsx';

export interface EditedProject {
  readonly name: string;
  readonly description: string | null;
}

const fields = [
  ['description', /description/i],
  ['name', /^(Project|name)/i],
] as const;

/** Makes a project, or changes what the one that is given says of itself. */
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
  const save = useChange(
    () => {
      const described = description === '' ? {} : { description };
      return project === undefined
        ? keyplane.createProject({ body: { name, ...described } })
        : keyplane.updateProject({ projectName: project.name, body: described });
    },
    () => onDone(project?.name ?? name),
  );
  const errors = fieldErrors(save.error, fields);
  return (
    <FormDialog
      title={project === undefined ? 'New project' : `Edit ${project.name}`}
      action={project === undefined ? 'Create' : 'Save'}
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {project === undefined && (
        <TextInput
          label="Name"
          description="It can not be changed later"
          required
          data-autofocus
          value={name}
          error={errors.of('name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <Textarea
        label="Description"
        autosize
        maxLength={1024}
        value={description}
        error={errors.of('description')}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
