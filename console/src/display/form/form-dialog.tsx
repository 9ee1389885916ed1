import { Button, Group, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import type { CurlRequest } from '../../curl/curl-command.ts';
import { CurlNote } from '../../curl/curl-note.tsx';
import { ErrorNote } from '../error-note.tsx';
import { Dialog, type DialogProps } from './dialog.tsx';

export interface FormDialogProps {
  readonly title: string;
  readonly action: string;
  readonly children: ReactNode;
  /** An error that belongs to no field. */
  readonly error: unknown;
  readonly isPending: boolean;
  readonly size?: DialogProps['size'];
  /** What it sends, shown as a command. */
  readonly request?: CurlRequest;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
}

/** A form over the page that it belongs to. Escape and Cancel leave everything as it was. */
export function FormDialog(props: FormDialogProps) {
  function submit(event: FormEvent) {
    event.preventDefault();
    // A form inside of a dialog inside of a form would be sent as well.
    event.stopPropagation();
    props.onSubmit();
  }
  return (
    <Dialog onClose={props.onClose} title={props.title} size={props.size}>
      <form onSubmit={submit} noValidate>
        <Stack>
          {props.children}
          {props.request !== undefined && <CurlNote {...props.request} />}
          <ErrorNote error={props.error} />
          <Group justify="end" className="dialog-actions">
            <Button variant="default" onClick={props.onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={props.isPending}>
              {props.action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
