// docs/cli-reference.md, generated from the commands themselves.

import { Command, type Option } from 'commander';
import { commandGroups } from '../../../src/cli/command-table.ts';

/** Described once for all commands that have them. */
const shared: Readonly<Record<string, string>> = {
  '--output': 'output',
  '--json': 'output',
  '--profile': 'manager',
  '--url': 'manager',
  '--project': 'project',
  '--wait': 'wait',
  '--wait-timeout': 'wait',
  '--search': 'list',
  '--sort': 'list',
  '--page': 'list',
  '--size': 'list',
  '--yes': 'confirmation',
};

export async function commandReference(): Promise<string> {
  const groups = await Promise.all(
    commandGroups.map(async ({ heading, rows }) => {
      const commands = await Promise.all(rows.map(async ({ name, load }) => loaded(name, load)));
      return `## ${heading.replace(/:$/, '')}\n\n${commands.flat().map(section).join('\n')}`;
    }),
  );
  return `${introduction}\n${groups.join('\n')}`;
}

const introduction = `# Commands and flags

Generated from the commands; [cli.md](cli.md) explains them by task.

| shared flags | meaning |
| --- | --- |
| output | \`-o, --output FORMAT\`: \`table\`, \`wide\`, \`name\`, \`json\` or \`yaml\`; \`--json\` is the same as \`--output json\` |
| manager | \`--profile NAME\`, \`--url URL\`: the manager to call |
| project | \`-p, --project NAME\`: the project |
| wait | \`--wait\`, \`--wait-timeout DURATION\`: wait until every node has the change |
| list | \`--search TEXT\`, \`--sort FIELD,ORDER\`, \`--page NUMBER\`, \`--size NUMBER\` |
| confirmation | \`-y, --yes\`: do not ask for confirmation |
`;

type Load = (typeof commandGroups)[number]['rows'][number]['load'];

/** The command or its subcommands; \`node\` is both. */
async function loaded(name: string, load: Load): Promise<readonly (readonly [string, Command])[]> {
  const found = new Map<string, Command>();
  for (const args of name === 'node' ? [['node'], ['node', 'list']] : [[name]]) {
    const program = new Command('keyplane');
    (await load(args))(program);
    for (const command of program.commands) collect(command, '', found);
  }
  return [...found];
}

function collect(command: Command, before: string, found: Map<string, Command>): void {
  const words = `${before} ${command.name()}`.trim();
  if (command.commands.length === 0) found.set(words, command);
  for (const below of command.commands) collect(below, words, found);
}

function section([words, command]: readonly [string, Command]): string {
  const takes = command.registeredArguments.map((one) => {
    const text = `${one.name()}${one.variadic ? '…' : ''}`;
    return one.required ? text : `[${text}]`;
  });
  const options = command.createHelp().visibleOptions(command);
  const own = options.filter((option) => option.long !== '--help' && sharedBy(words, option) === undefined);
  const common = [...new Set(options.flatMap((option) => sharedBy(words, option) ?? []))];
  const rows = own.map((option) => `| \`${flagsOf(option)}\` | ${meaningOf(option)} |\n`);
  const table = rows.length > 0 ? `\n| flag | meaning |\n| --- | --- |\n${rows.join('')}` : '';
  const line = common.length > 0 ? `\nShared flags: ${common.join(', ')}.\n` : '';
  const title = ['keyplane', words, ...takes].join(' ');
  return `### \`${title}\`\n\n${command.description()}.\n${table}${line}`;
}

/** Two commands have a \`--project\` or \`--size\` of their own. */
function sharedBy(words: string, { long }: Option): string | undefined {
  if (words === 'token create' && long === '--project') return undefined;
  if (long === '--size' && !words.endsWith(' list')) return undefined;
  return shared[long ?? ''];
}

function flagsOf({ flags }: Option): string {
  return flags.replace(/[<>]/g, '');
}

function meaningOf({ description, argChoices, mandatory, defaultValue }: Option): string {
  const choices =
    argChoices === undefined ? [] : [`one of ${argChoices.map((one) => `\`${one}\``).join(', ')}`];
  const parts = [description, ...choices, ...(mandatory ? ['required'] : [])];
  const fallback = typeof defaultValue === 'string' ? ` (default: ${defaultValue})` : '';
  return `${parts.join('; ')}${fallback}`.replaceAll('|', '\\|');
}
