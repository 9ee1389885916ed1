// What the commands that ask a manager have in common: how they are told which, and examples in their help.

import type { Command } from 'commander';
import { wrongUsage } from './failure.ts';

export interface CommandOrder {
  /** Name and arguments as commander has them: `get <NAME>`. */
  readonly usage: string;
  readonly summary: string;
  /** Without `keyplane` before them. */
  readonly examples: readonly string[];
}

/** A noun that only groups its verbs; by itself it shows what there is. */
export function nounCommand(program: Command, name: string, summary: string): Command {
  return program.command(name).description(summary);
}

export function addCommand(parent: Command, { usage, summary, examples }: CommandOrder): Command {
  const command = parent.command(usage).description(summary);
  const lines = examples.map((example) => `  $ keyplane ${example}\n`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('')}`);
}

/** A command that asks a manager. */
export function clientCommand(parent: Command, order: CommandOrder): Command {
  return addCommand(parent, order)
    .optionsGroup('Which manager:')
    .option('--profile <NAME>', 'one of `keyplane profile list` [KEYPLANE_PROFILE]')
    .option('--url <URL>', 'address of the manager, instead of the profile’s [KEYPLANE_URL, KEYPLANE_TOKEN]')
    .option('--json', 'print the answer as the manager gave it')
    .optionsGroup('Options:');
}

/** A command about what belongs to a project. */
export function projectCommand(parent: Command, order: CommandOrder): Command {
  return clientCommand(parent, order).option(
    '-p, --project <NAME>',
    'the project; left out where you see only one [KEYPLANE_PROJECT]',
  );
}

/** For lists that the manager pages, sorts and searches. */
export function addListOptions(command: Command): Command {
  return command
    .option('--search <TEXT>', 'only those with this in their name or description')
    .option('--sort <FIELD,ORDER>', 'such as name,asc')
    .option('--page <NUMBER>', 'one page instead of all; 1 is the first')
    .option('--size <NUMBER>', 'items a page, 1 to 100');
}

export interface ListFlags {
  readonly search?: string;
  readonly sort?: string;
  readonly page?: string;
  readonly size?: string;
}

/** @throws CliFailure unless exactly one of them is given */
export function exactlyOne(flags: Readonly<Record<string, unknown>>, names: readonly string[]): string {
  const given = names.filter((name) => flags[camelCase(name)] !== undefined);
  const [only] = given;
  const all = names.map((name) => `--${name}`).join(', ');
  if (only === undefined) throw wrongUsage(`One of ${all} is needed`);
  if (given.length > 1) throw wrongUsage(`Only one of ${all} can be given`);
  return only;
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
