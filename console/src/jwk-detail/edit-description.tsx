import { Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { resultOf } from '../display/deployment-note.tsx';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { keepDeployment } from '../display/last-deployment.ts';
import type { JwkDetail, JwkRef } from './jwk-queries.ts';

export function EditDescription({
  jwk,
  detail,
  onClose,
}: {
  readonly jwk: JwkRef;
  readonly detail: JwkDetail;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const [description, setDescription] = useState(detail.description ?? '');
  const change = useChange(
    () => keyplane.updateJwk({ ...jwk, body: { description } }),
    (answer) => {
      const announcement = { title: 'The description is changed', result: resultOf(answer) };
      keepDeployment(queries, ['jwks', jwk.projectName, jwk.jwkName], announcement);
      onClose();
    },
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
          This JWK follows its source. Changing the description detaches it: later changes at the source no
          longer reach it.
        </Text>
      )}
    </FormDialog>
  );
}
