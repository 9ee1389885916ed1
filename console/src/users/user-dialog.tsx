import { PasswordInput, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { User } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';

export type { User };

const fields = [['password'], ['admin'], ['username']] as const;

/** Creates a user, or changes the password or the rights of one. */
export function UserDialog({ user, onClose }: { readonly user?: User; readonly onClose: () => void }) {
  const [username, setUsername] = useState(user?.username ?? '');
  const [password, setPassword] = useState('');
  const [admin, setAdmin] = useState(user?.admin ?? false);
  const save = useChange(
    () =>
      user === undefined
        ? keyplane.createUser({ body: { username, password, admin } })
        : keyplane.updateUser({
            username: user.username,
            body: { admin, ...(password !== '' && { password }) },
          }),
    onClose,
  );
  const errors = fieldErrors(save.error, fields);
  return (
    <FormDialog
      title={user === undefined ? 'New user' : `Edit ${user.username}`}
      action={user === undefined ? 'Create' : 'Save'}
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {user === undefined && (
        <TextInput
          label="Username"
          description="It cannot be changed later"
          required
          data-autofocus
          autoComplete="off"
          value={username}
          error={errors.of('username')}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
      )}
      <PasswordInput
        label={user === undefined ? 'Password' : 'New password'}
        description={
          user === undefined
            ? '8 to 1024 characters'
            : 'Empty: unchanged. A new one ends all sessions and tokens'
        }
        required={user === undefined}
        autoComplete="new-password"
        value={password}
        error={errors.of('password')}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Switch
        label="Administrator"
        description="May do everything, in every project"
        checked={admin}
        error={errors.of('admin')}
        onChange={(event) => setAdmin(event.currentTarget.checked)}
      />
    </FormDialog>
  );
}
