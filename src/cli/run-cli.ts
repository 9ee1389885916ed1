// The command line: one file per command or group; only the file of the given command is loaded. A wrong setting or
// argument prints one line on standard error, and every kind of failure has its own exit code.

import type { Command } from 'commander';
import { version } from '../version.ts';
import { type CommandRow, commandGroups } from './command-table.ts';
import { programHelp } from './program-help.ts';

/** Called by completion scripts, not by people. */
const completeName = '__complete';

export async function runCli(argv: readonly string[]): Promise<void> {
  const args = argv.slice(2);
  if (isForProgram(args)) {
    process.stdout.write(args[0] === '--version' || args[0] === '-V' ? `${version}\n` : programHelp());
  } else await runCommand(argv);
  // An open channel would keep the process alive.
  if (process.connected) process.disconnect();
}

/** Whether the arguments only request the general help or the version: then nothing else is loaded. */
function isForProgram(args: readonly string[]): boolean {
  return args.length === 1 && ['--help', '-h', 'help', '--version', '-V'].includes(args[0] ?? '');
}

async function runCommand(argv: readonly string[]): Promise<void> {
  const args = argv.slice(2);
  try {
    const program = await programFor(args);
    if (args[0] === completeName) await answerShell(args.slice(1));
    else await program.parseAsync(argv);
  } catch (error) {
    const { reportFailure } = await import('./report-failure.ts');
    process.exitCode = await reportFailure(error, args);
  }
}

async function answerShell(words: readonly string[]): Promise<void> {
  const { complete } = await import('./shell/complete.ts');
  await complete(await programFor(words), words);
}

/** All commands by name, and the chosen one with its subcommands and flags. */
async function programFor(args: readonly string[]): Promise<Command> {
  const { Command } = await import('commander');
  const program = new Command('keyplane')
    .version(version)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'keyplane: ')) })
    .exitOverride();
  program.helpInformation = programHelp;
  const chosen = commandName(args);
  for (const { heading, rows } of commandGroups) {
    program.commandsGroup(heading);
    for (const row of rows) await addRow(program, row, row.name === chosen ? args : undefined);
  }
  return program;
}

async function addRow(program: Command, row: CommandRow, args: readonly string[] | undefined): Promise<void> {
  if (args === undefined) program.command(row.name).description(row.summary);
  else (await row.load(args))(program);
}

/** `keyplane help jwk` is about `jwk`. */
function commandName(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((arg) => !arg.startsWith('-'));
  const name = first === 'help' ? second : first;
  // The former name of `start`.
  return name === 'quickstart' ? 'start' : name;
}
