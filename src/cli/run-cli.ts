// The command line: one file a command, which loads what it runs only once it is chosen (a node needs no manager).
// A wrong setting or argument ends with one line on standard error.

import { Command, CommanderError } from 'commander';
import { SettingError } from '../config.ts';
import { KeyplaneError } from '../errors.ts';
import { version } from '../version.ts';
import { addBackupCommand } from './backup.ts';
import { addNodeCommand } from './node.ts';
import { addOpenApiCommand } from './openapi.ts';
import { tellParent } from './parent-process.ts';
import { addQuickstartCommand } from './quickstart.ts';
import { addRestoreCommand } from './restore.ts';
import { addServeCommand } from './serve.ts';

export async function runCli(argv: readonly string[]): Promise<void> {
  const program = new Command('keyplane')
    .description('The control plane for JSON Web Keys')
    .version(version)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'keyplane: ')) })
    .exitOverride();
  addQuickstartCommand(program);
  addServeCommand(program);
  addNodeCommand(program);
  addBackupCommand(program);
  addRestoreCommand(program);
  addOpenApiCommand(program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = await reportFailure(error);
  }
  // An open channel would keep a process alive that has nothing left to do.
  if (process.connected) process.disconnect();
}

/** Exit codes: 0 done, 1 failed, 2 wrong setting or argument. */
async function reportFailure(error: unknown): Promise<number> {
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
