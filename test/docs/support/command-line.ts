// Every command of the command line with its flags, as its own help has them.

import { Command } from 'commander';
import { commandGroups } from '../../../src/cli/command-table.ts';
import { blocksOf, proseOf } from './page.ts';

/** `jwk create` to its flags, those of the commands around it included. */
export async function commandFlags(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const flags = new Map<string, ReadonlySet<string>>();
  for (const { name, load } of commandGroups.flatMap(({ rows }) => rows)) {
    // `node` is a command and has commands: which of both is loaded, the argument after it decides.
    for (const args of name === 'node' ? [[name, 'list'], [name]] : [[name]]) {
      const program = new Command();
      (await load(args))(program);
      for (const command of program.commands)
        collect(command, { around: '', inherited: new Set(['--help', '--version']) }, flags);
    }
  }
  return flags;
}

function collect(
  command: Command,
  { around, inherited }: { readonly around: string; readonly inherited: ReadonlySet<string> },
  flags: Map<string, ReadonlySet<string>>,
): void {
  const name = `${around} ${command.name()}`.trim();
  const own = new Set([...inherited, ...command.options.map(({ long }) => long ?? '')]);
  flags.set(name, own);
  for (const below of command.commands) collect(below, { around: name, inherited: own }, flags);
}

export interface NamedCommand {
  /** As it stands in the text. */
  readonly text: string;
  readonly words: readonly string[];
  readonly flags: readonly string[];
}

/** What a page says after `keyplane`, in its commands, run or not, and between backticks. */
export function namedCommands(page: string): readonly NamedCommand[] {
  const commands = blocksOf(page).filter(({ language }) => language === 'sh');
  const spans = [...proseOf(page).matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll('\n', ' '));
  const text = [...commands.map((block) => block.text), ...spans].join('\n').replaceAll('\\\n', ' ');
  const calls = text.matchAll(/(?:npm run -s keyplane -- |^keyplane |\| keyplane )([a-z][^|\n&;<>]*)/gm);
  return [...calls].map(([, rest = '']) => {
    const words = rest.split(' ').filter((word) => word !== '');
    const end = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
    return {
      text: rest.trim(),
      words: end < 0 ? words : words.slice(0, end),
      flags: words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? ''),
    };
  });
}
