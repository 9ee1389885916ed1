import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Outlet } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { apiPath } from '../curl/curl-command.ts';
import { resultOf } from '../display/deployment-note.tsx';
import { DescriptionField } from '../display/form/description-field.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { keepDeployment } from '../display/last-deployment.ts';
import { EnvironmentsField } from './environments-field.tsx';
import { GateField } from './gate-field.tsx';

const fields = [['description'], ['environmentNames'], ['gate']] as const;

/** What leaves the target and the credential as they are. */
export function EditOutlet({
  projectName,
  outlet,
  onClose,
}: {
  readonly projectName: string;
  readonly outlet: Outlet;
  readonly onClose: () => void;
}) {
  const { name, kind } = outlet;
  const queries = useQueryClient();
  const [description, setDescription] = useState(outlet.description ?? '');
  const [environmentNames, setEnvironmentNames] = useState(outlet.environmentNames);
  const [gate, setGate] = useState(outlet.gate);
  const body = { description, environmentNames, ...(kind !== 'WEBHOOK' && { gate }) };
  const save = useChange(
    () => keyplane.updateOutlet({ projectName, outletName: name, body }),
    (answer) => {
      keepDeployment(queries, ['outlets', projectName, name], {
        title: `${name} is changed`,
        result: resultOf(answer),
      });
      onClose();
    },
  );
  const errors = fieldErrors<(typeof fields)[number][0]>(save.error, fields);
  return (
    <FormDialog
      title={`Edit ${name}`}
      size="lg"
      action="Save"
      request={{ method: 'PUT', path: apiPath(projectName, 'outlets', name), body }}
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <EnvironmentsField
        projectName={projectName}
        names={environmentNames}
        error={errors.of('environmentNames')}
        onChange={setEnvironmentNames}
      />
      {kind !== 'WEBHOOK' && <GateField value={gate} error={errors.of('gate')} onChange={setGate} />}
      <DescriptionField value={description} error={errors.of('description')} onChange={setDescription} />
    </FormDialog>
  );
}
