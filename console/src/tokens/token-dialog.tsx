import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { CreatedToken } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { type Expiry, ExpiryField, expiresAtOf } from './expiry-field.tsx';
import { type Narrowing, NarrowingField } from './narrowing-field.tsx';

export type { CreatedToken };

const fields = [['expiresAt'], ['projects'], ['roles'], ['name']] as const;

export function TokenDialog({
  onDone,
  onClose,
}: {
  readonly onDone: (token: CreatedToken) => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const [expiry, setExpiry] = useState<Expiry>({ kind: 'default', at: '' });
  const [narrowing, setNarrowing] = useState<Narrowing>();
  const [isDateMissing, setDateMissing] = useState(false);
  const body = { name, expiresAt: expiresAtOf(expiry), projects: narrowing };
  const create = useChange(() => keyplane.createToken({ body }), onDone);
  const errors = fieldErrors(create.error, fields);
  function submit() {
    const isMissing = expiry.kind === 'date' && expiry.at === '';
    setDateMissing(isMissing);
    if (!isMissing) create.mutate();
  }
  return (
    <FormDialog
      request={{ method: 'POST', path: '/apiops/tokens/', body }}
      title="New token"
      size="lg"
      action="Create"
      error={errors.rest}
      isPending={create.isPending}
      onSubmit={submit}
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
      <ExpiryField
        value={expiry}
        error={isDateMissing ? 'Choose a date and a time' : errors.of('expiresAt')}
        onChange={setExpiry}
      />
      <NarrowingField
        value={narrowing}
        error={errors.of('projects') ?? errors.of('roles')}
        onChange={setNarrowing}
      />
    </FormDialog>
  );
}
