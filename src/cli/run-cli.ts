// The command line: one file a command or noun, of which only the chosen one is loaded (a node needs no manager).
// A wrong setting or argument ends with one line on standard error, and every ending has an exit code of its own.

import { Command } from 'commander';
import { version } from '../version.ts';
import { type CommandRow, commandGroups } from './command-table.ts';

/** What completion scripts call; no command of a person. */
const completeName = '__complete';

export async function runCli(argv: readonly string[]): Promise<void> {
  const args = argv.slice(2);
  const program = await programFor(args);
  try {
    if (args[0] === completeName) await answerShell(args.slice(1));
    else await program.parseAsync(argv);
  } catch (error) {
    const { reportFailure } = await import('./report-failure.ts');
    process.exitCode = await reportFailure(error, args.includes('--json'));
  }
  // An open channel would keep a process alive that has nothing left to do.
  if (process.connected) process.disconnect();
}

async function answerShell(words: readonly string[]): Promise<void> {
  const { complete } = await import('./shell/complete.ts');
  await complete(await programFor(words), words);
}

/** All commands by name, and with all that it can do the one that these arguments choose. */
async function programFor(args: readonly string[]): Promise<Command> {
  const program = new Command('keyplane')
    .description('The control plane for JSON Web Keys')
    .version(version)
    .addHelpText(
      'after',
      '\nHelp with examples: keyplane jwk create --help. Exit codes and profiles: docs/cli.md\n',
    )
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'keyplane: ')) })
    .exitOverride();
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
  // The name of `start` before there were releases.
  return name === 'quickstart' ? 'start' : name;
}
