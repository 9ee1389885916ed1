import { useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { DescriptionField } from '../display/form/description-field.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { NameField } from '../display/form/name-field.tsx';

export interface EditedProject {
  readonly name: string;
  readonly description: string | null;
}

const fields = [['description'], ['name']] as const;

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
      {project === undefined && <NameField value={name} error={errors.of('name')} onChange={setName} />}
      <DescriptionField value={description} error={errors.of('description')} onChange={setDescription} />
    </FormDialog>
  );
}
