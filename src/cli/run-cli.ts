// The command line: one file a command. A wrong setting or argument ends with one line on standard error.

import { Command, CommanderError } from 'commander';
import { SettingError } from '../config.ts';
import { KeyplaneError } from '../errors.ts';
import { version } from '../version.ts';
import { addNodeCommand } from './node.ts';
import { addOpenApiCommand } from './openapi.ts';
import { addQuickstartCommand } from './quickstart.ts';
import { addServeCommand } from './serve.ts';

export async function runCli(argv: readonly string[]): Promise<void> {
  const program = new Command('keyplane')
    .description('The control plane for JSON Web Keys')
    .version(version)
    .showHelpAfterError()
    .exitOverride();
  addQuickstartCommand(program);
  addServeCommand(program);
  addNodeCommand(program);
  addOpenApiCommand(program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
}

/** Exit codes: 0 done, 1 failed, 2 wrong setting or argument. */
function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const known = error instanceof SettingError || error instanceof KeyplaneError;
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`keyplane: ${text}\n`);
  if (!known && error instanceof Error && process.stderr.isTTY) process.stderr.write(`${error.stack}\n`);
  return error instanceof SettingError ? 2 : 1;
}
