import { CommanderError } from 'commander';
import { SettingError } from '../config.ts';
import { KeyplaneError } from '../errors.ts';
import { tellParent } from './parts/parent-process.ts';

/** Exit codes: 0 done, 1 failed, 2 wrong setting or argument. */
export async function reportFailure(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`keyplane: ${text}\n`);
  if (error instanceof Error && !isForOperator(error)) process.stderr.write(`${error.stack}\n`);
  await tellParent({ failed: text });
  return error instanceof SettingError ? 2 : 1;
}

/** What we throw for an operator is a plain Error whose text says all; anything else is a mistake of our own. */
function isForOperator(error: Error): boolean {
  if (error instanceof SettingError || error instanceof KeyplaneError) return true;
  return Object.getPrototypeOf(error) === Error.prototype && !('code' in error);
}
