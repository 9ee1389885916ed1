import { Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import type { DeploymentResult } from '../display/deployment-note.tsx';
import { FormDialog } from '../display/form/form-dialog.tsx';
import type { JwkDetail, JwkRef } from './jwk-queries.ts';

export function EditDescription({
  jwk,
  detail,
  onDone,
  onClose,
}: {
  readonly jwk: JwkRef;
  readonly detail: JwkDetail;
  readonly onDone: (result: DeploymentResult) => void;
  readonly onClose: () => void;
}) {
  const [description, setDescription] = useState(detail.description ?? '');
  const change = useChange(
    () => keyplane.updateJwk({ ...jwk, body: { description } }),
    ({ deploymentResult }) => onDone(deploymentResult),
  );
  const follows = detail.sourceId !== null || detail.sourceUrl !== null;
  return (
    <FormDialog
      title="Edit the description"
      action="Save"
      error={change.error}
      isPending={change.isPending}
      onSubmit={() => change.mutate()}
      onClose={onClose}
    >
      <Textarea
        label="Description"
        autosize
        minRows={2}
        data-autofocus
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      {follows && (
        <Text size="sm">
          This JWK follows its source. Changing it without a new value detaches it: what changes at the source
          afterwards no longer reaches it.
        </Text>
      )}
    </FormDialog>
  );
}
