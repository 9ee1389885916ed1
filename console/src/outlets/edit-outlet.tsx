import { Switch } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Outlet } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { apiPath } from '../curl/curl-command.ts';
import { resultOf } from '../display/deployment-note.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { keepDeployment } from '../display/last-deployment.ts';
import { type OutletDraft, outletDraftOf } from './outlet-draft.ts';
import { shownFields } from './outlet-fields.ts';
import { changeOf } from './outlet-request.ts';
import { PlacementFields } from './placement-fields.tsx';
import { TargetFields } from './target-fields.tsx';

/** Everything but its kind, its content and its source. The credential stays as it is unless it is replaced. */
export function EditOutlet({
  projectName,
  outlet,
  onClose,
}: {
  readonly projectName: string;
  readonly outlet: Outlet;
  readonly onClose: () => void;
}) {
  const { name, hasCredential } = outlet;
  const queries = useQueryClient();
  const [draft, setDraft] = useState<OutletDraft>(() => outletDraftOf(outlet));
  const [withCredential, setWithCredential] = useState(false);
  const set = (changes: Partial<OutletDraft>) => setDraft((now) => ({ ...now, ...changes }));
  const body = changeOf(draft, withCredential);
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
  const errors = fieldErrors(save.error, shownFields(draft));
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
      {hasCredential && (
        <Switch
          label="Replace the credential"
          description="Off: the stored one stays as it is"
          checked={withCredential}
          onChange={(event) => setWithCredential(event.currentTarget.checked)}
        />
      )}
      <TargetFields
        projectName={projectName}
        draft={draft}
        set={set}
        errors={errors}
        withCredential={withCredential}
      />
      <PlacementFields projectName={projectName} draft={draft} set={set} errors={errors} />
    </FormDialog>
  );
}
