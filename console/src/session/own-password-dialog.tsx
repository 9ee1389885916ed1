import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { Dialog } from '../display/form/dialog.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';

const fields = [['currentPassword'], ['password']] as const;

/** Users change their own password, administrators too. */
export function OwnPasswordDialog({
  username,
  onClose,
}: {
  readonly username: string;
  readonly onClose: () => void;
}) {
  const [currentPassword, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [differs, setDiffers] = useState(false);
  const change = useChange(() => keyplane.updateUser({ username, body: { currentPassword, password } }));
  const errors = fieldErrors(change.error, fields);
  function submit() {
    setDiffers(repeated !== password);
    if (repeated === password) change.mutate();
  }
  if (change.isSuccess) {
    return (
      <Dialog title={`Password of ${username}`} onClose={onClose}>
        <Stack>
          <Text role="status">
            Your password is changed. Your other sessions have ended; your API tokens stay valid.
          </Text>
          <Group justify="end">
            <Button data-autofocus onClick={onClose}>
              Done
            </Button>
          </Group>
        </Stack>
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={`Password of ${username}`}
      action="Change the password"
      error={errors.rest}
      isPending={change.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      <PasswordInput
        label="Current password"
        required
        data-autofocus
        autoComplete="current-password"
        value={currentPassword}
        error={errors.of('currentPassword') && 'This is not your current password'}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      <PasswordInput
        label="New password"
        description="8 to 1024 characters. Your other sessions end; your API tokens stay valid"
        required
        autoComplete="new-password"
        value={password}
        error={errors.of('password')}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <PasswordInput
        label="Repeat the new password"
        required
        autoComplete="new-password"
        value={repeated}
        error={differs && 'The two new passwords differ'}
        onChange={(event) => setRepeated(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
