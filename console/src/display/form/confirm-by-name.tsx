import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { DangerAction } from '../danger-button.tsx';
import { ErrorNote } from '../error-note.tsx';
import { Dialog } from './dialog.tsx';

export interface ConfirmByNameProps {
  readonly title: string;
  /** The name of the deleted object; the user types it. */
  readonly name: string;
  /** What is deleted with it and what is kept. */
  readonly children: ReactNode;
  readonly action: string;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Confirms an action that cannot be undone: the user types the name of the object. */
export function ConfirmByName(props: ConfirmByNameProps) {
  const [typed, setTyped] = useState('');
  const fits = typed === props.name;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (fits) props.onConfirm();
  }
  return (
    <Dialog onClose={props.onClose} title={props.title}>
      <form onSubmit={submit}>
        <Stack>
          {props.children}
          <TextInput
            label={`Type ${props.name} to confirm`}
            data-autofocus
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <ErrorNote error={props.error} />
          <Group justify="end">
            <Button variant="default" onClick={props.onClose}>
              Cancel
            </Button>
            <DangerAction type="submit" disabled={!fits} loading={props.isPending}>
              {props.action}
            </DangerAction>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
