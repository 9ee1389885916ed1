import { CommanderError } from 'commander';
import { KeyplaneApiError, KeyplaneConnectionError } from '../../clients/typescript/src/index.ts';
import { SettingError } from '../config.ts';
import { KeyplaneError } from '../errors.ts';
import { CliFailure, type ExitCode, exitCode } from './failure.ts';
import { inFlagSpelling } from './flag-spelling.ts';
import { notifyParent } from './processes/parent-process.ts';
import { requestedFormat } from './terminal/output-format.ts';
import { sanitize } from './terminal/sanitize.ts';
import { yamlText } from './terminal/yaml.ts';

/**
 * Prints the failure on standard error: one line for a person, an object in the shape of the API for a program.
 * @returns the exit code
 */
export async function reportFailure(error: unknown, args: readonly string[]): Promise<ExitCode> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(failureText(error, text, args));
  if (error instanceof Error && !isForOperator(error)) process.stderr.write(`${error.stack}\n`);
  await notifyParent({ failed: text });
  return exitCodeOf(error);
}

function failureText(error: unknown, text: string, args: readonly string[]): string {
  const format = requestedFormat(args);
  if (format === 'json') return `${JSON.stringify(failureObject(error, text))}\n`;
  if (format === 'yaml') return yamlText(failureObject(error, text));
  const words = error instanceof KeyplaneApiError ? inFlagSpelling(error) : text;
  return `keyplane: ${sanitize(words)}${hintFor(error)}\n`;
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
  if (error.code === 'internal_error' && error.requestId) return ` (request ${sanitize(error.requestId)})`;
  // The text names the members `force` and `reason` of the API.
  if (error.member === 'force') return ' (--force --reason TEXT)';
  return error.reason === 'TOKEN_NOT_VALID' ? ': sign in with `keyplane login`' : '';
}

function failureObject(error: unknown, text: string): object {
  const facts = error instanceof KeyplaneApiError ? error : undefined;
  return {
    error: facts?.code ?? (error instanceof KeyplaneConnectionError ? 'unreachable' : 'failed'),
    error_description: text,
    reason: facts?.reason,
    member: facts?.member,
    request_id: facts?.requestId,
    retry_after: facts?.retryAfterSeconds,
  };
}

/** Errors for operators are plain errors with a complete message. Anything else is a bug and shows its stack. */
function isForOperator(error: Error): boolean {
  const known = [SettingError, KeyplaneError, CliFailure, KeyplaneApiError, KeyplaneConnectionError];
  if (known.some((kind) => error instanceof kind)) return true;
  return Object.getPrototypeOf(error) === Error.prototype && !('code' in error);
}
