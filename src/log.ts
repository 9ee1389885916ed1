import { type Logger, pino } from 'pino';
import { isKeyplaneError } from './errors.ts';

/**
 * A log of JSON lines. Of an error it keeps kind, code and where it was thrown; its message only when it is one of
 * ours, because those of Node and of drivers quote what they were given, and that may be a secret.
 * @param fileDescriptor where the lines go, standard output by default
 */
export function createLog(name: string, fileDescriptor: number = process.stdout.fd): Logger {
  return pino({ name, base: null, serializers: { err: loggedError } }, pino.destination(fileDescriptor));
}

function loggedError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error ? String(error.code) : undefined;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  const own = isKeyplaneError(error) ? { text: error.message, detail: error.detail } : {};
  const cause = error.cause instanceof Error ? { cause: loggedError(error.cause) } : {};
  return { type: error.name, code, ...own, stack: frames?.slice(0, 12).join('\n'), ...cause };
}
