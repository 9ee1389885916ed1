import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Operations } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { MomentField } from '../display/form/moment-field.tsx';

export type MadeToken = Operations['createToken']['answer'];

const fields = [
  ['expiresAt', /^expiresAt/],
  ['name', /^(Token|name)/i],
] as const;

export function TokenDialog({
  onDone,
  onClose,
}: {
  readonly onDone: (token: MadeToken) => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const [expiresAt, setExpiresAt] = useState('');
  const create = useChange(
    () => keyplane.createToken({ body: { name, ...(expiresAt !== '' && { expiresAt }) } }),
    onDone,
  );
  const errors = fieldErrors(create.error, fields);
  return (
    <FormDialog
      title="New token"
      action="Create"
      error={errors.rest}
      isPending={create.isPending}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="What it is for"
        required
        data-autofocus
        value={name}
        error={errors.of('name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <MomentField
        label="Expires"
        description="Left empty, it does in 90 days"
        value={expiresAt}
        error={errors.of('expiresAt')}
        onChange={setExpiresAt}
      />
    </FormDialog>
  );
}
