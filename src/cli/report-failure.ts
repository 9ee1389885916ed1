import { CommanderError } from 'commander';
import { KeyplaneApiError, KeyplaneConnectionError } from '../../clients/typescript/src/index.ts';
import { SettingError } from '../config.ts';
import { KeyplaneError } from '../errors.ts';
import { CliFailure, type ExitCode, exitCode } from './failure.ts';
import { tellParent } from './parts/parent-process.ts';
import { harmless } from './terminal/harmless-text.ts';

/**
 * Says on standard error what went wrong, in one line; with `--json` as an object of the API's shape.
 * @returns the exit code
 */
export async function reportFailure(error: unknown, isJson: boolean): Promise<ExitCode> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    isJson ? `${jsonOf(error, text)}\n` : `keyplane: ${harmless(text)}${hintFor(error)}\n`,
  );
  if (error instanceof Error && !isForOperator(error)) process.stderr.write(`${error.stack}\n`);
  await tellParent({ failed: text });
  return exitCodeOf(error);
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliFailure) return error.exitCode;
  if (error instanceof SettingError) return exitCode.usage;
  if (error instanceof KeyplaneConnectionError) return exitCode.unreachable;
  if (!(error instanceof KeyplaneApiError)) return exitCode.failed;
  if (error.status === 401 || error.status === 403) return exitCode.forbidden;
  if (error.status === 404 || error.reason === 'NOT_FOUND') return exitCode.notFound;
  return [502, 503, 504].includes(error.status) ? exitCode.unreachable : exitCode.failed;
}

function hintFor(error: unknown): string {
  if (!(error instanceof KeyplaneApiError)) return '';
  if (error.code === 'internal_error' && error.requestId) return ` (request ${harmless(error.requestId)})`;
  return error.reason === 'TOKEN_NOT_VALID' ? ': sign in with `keyplane login`' : '';
}

function jsonOf(error: unknown, text: string): string {
  const facts = error instanceof KeyplaneApiError ? error : undefined;
  return JSON.stringify({
    error: facts?.code ?? (error instanceof KeyplaneConnectionError ? 'unreachable' : 'failed'),
    error_description: text,
    ...(facts?.requestId !== undefined && { request_id: facts.requestId }),
    ...(facts?.retryAfterSeconds !== undefined && { retry_after: facts.retryAfterSeconds }),
  });
}

/** What we throw for an operator is a plain Error whose text says all; anything else is a mistake of our own. */
function isForOperator(error: Error): boolean {
  const known = [SettingError, KeyplaneError, CliFailure, KeyplaneApiError, KeyplaneConnectionError];
  if (known.some((kind) => error instanceof kind)) return true;
  return Object.getPrototypeOf(error) === Error.prototype && !('code' in error);
}
