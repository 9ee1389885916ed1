import { Alert } from '@mantine/core';
import { KeyplaneApiError, KeyplaneConnectionError } from '../../../clients/typescript/src/index.ts';

/** What went wrong, in the server's words. Announced when it appears. */
export function ErrorNote({
  error,
  title,
  text,
}: {
  readonly error: unknown;
  readonly title?: string;
  /** Shown instead of the server's message. */
  readonly text?: string | undefined;
}) {
  if (error === null || error === undefined) return null;
  return (
    <Alert color="red" role="alert" title={title} variant="outline" data-testid="error">
      {text ?? errorText(error)}
    </Alert>
  );
}

export function errorText(error: unknown): string {
  if (error instanceof KeyplaneConnectionError) return 'The manager cannot be reached. Is it running?';
  if (error instanceof KeyplaneApiError && error.code === 'internal_error') {
    return `${error.message} (request ${error.requestId ?? 'without an id'}: the log of the manager has it)`;
  }
  return error instanceof Error ? error.message : String(error);
}
