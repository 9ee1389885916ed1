// What commands have in common: examples in their help, and the flags that choose a manager, a project and a format.

import type { Command } from 'commander';
import { parseDuration } from '../iso-duration.ts';
import { durationOption } from './flag-values.ts';
import { type CompletionSource, completeArguments } from './shell/completion-source.ts';
import { addOutputOptions, changeFormats, type OutputFormat } from './terminal/output-format.ts';

const dayMs = 86_400_000;

export interface CommandSpec {
  /** Name and arguments in the notation of commander: `get <NAME>`. */
  readonly usage: string;
  readonly summary: string;
  /** Without the leading `keyplane`. */
  readonly examples: readonly string[];
  /** What completes each argument, in order; null for one that only a person knows. */
  readonly completes?: readonly (CompletionSource | null)[];
}

export interface ClientCommandSpec extends CommandSpec {
  /** Those of a change where they are left out. */
  readonly formats?: readonly OutputFormat[];
}

/** A command that only groups others. Alone it prints its help. */
export function groupCommand(parent: Command, name: string, summary: string): Command {
  return parent.command(name).description(summary);
}

export function addCommand(
  parent: Command,
  { usage, summary, examples, completes = [] }: CommandSpec,
): Command {
  const command = parent.command(usage).description(summary);
  completeArguments(command, completes);
  return addExamples(command, examples);
}

function addExamples(command: Command, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ keyplane ${example}\n`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('')}`);
}

/** A command that calls a manager. */
export function clientCommand(
  parent: Command,
  { formats = changeFormats, ...spec }: ClientCommandSpec,
): Command {
  const command = addCommand(parent, spec).optionsGroup('Output:');
  return addConnectionOptions(addOutputOptions(command, formats));
}

/** The flags that choose a manager. */
export function addConnectionOptions(command: Command): Command {
  return command
    .optionsGroup('Manager:')
    .option('--profile <NAME>', 'a profile of `keyplane profile list` [KEYPLANE_PROFILE]')
    .option(
      '--url <URL>',
      'address of the manager, instead of that of the profile [KEYPLANE_URL, KEYPLANE_TOKEN]',
    )
    .optionsGroup('Options:');
}

/** A command about objects of a project. */
export function projectCommand(parent: Command, spec: ClientCommandSpec): Command {
  return addProjectOption(clientCommand(parent, spec));
}

export function addProjectOption(command: Command): Command {
  return command.option(
    '-p, --project <NAME>',
    'the project; optional where you have access to only one [KEYPLANE_PROJECT]',
  );
}

/** A command whose change is deployed to nodes. */
export function deployingCommand(parent: Command, spec: ClientCommandSpec): Command {
  return addWaitOptions(projectCommand(parent, spec));
}

export interface WaitFlags {
  readonly wait?: boolean;
  /** ISO 8601 */
  readonly waitTimeout?: string;
}

export function addWaitOptions(command: Command): Command {
  return command
    .optionsGroup('Deployment:')
    .option('--wait', 'wait until every node has the change')
    .addOption(durationOption('--wait-timeout <DURATION>', 'how long --wait waits at most (default: 5m)'))
    .optionsGroup('Options:');
}

/** For lists that the manager pages, sorts and searches. */
export function addListOptions(command: Command): Command {
  return command
    .option('--search <TEXT>', 'only items with this text in their name or description')
    .option('--sort <FIELD,ORDER>', 'such as name,asc')
    .option('--page <NUMBER>', 'one page instead of all; the first is 1')
    .option('--size <NUMBER>', 'items per page, 1 to 100');
}

/** For lists of what applications use. Gives days. */
export function addUnusedOption(command: Command): Command {
  return command.addOption(
    durationOption('--unused <DURATION>', 'only those that no application used for so long, such as 90d'),
  );
}

export interface UnusedFlags {
  /** ISO 8601 */
  readonly unused?: string;
}

/** The parameter of the API: whole days. */
export function unusedForDaysOf({ unused }: UnusedFlags): { readonly unusedForDays?: number } {
  const durationMs = unused === undefined ? undefined : parseDuration(unused);
  return durationMs === undefined ? {} : { unusedForDays: Math.ceil(durationMs / dayMs) };
}

export interface ListFlags {
  readonly search?: string;
  readonly sort?: string;
  readonly page?: string;
  readonly size?: string;
}

export interface ConfirmFlags {
  readonly yes?: boolean;
}

/** For commands that ask for confirmation. */
export function addConfirmOption(command: Command): Command {
  return command.option('-y, --yes', 'do not ask for confirmation');
}
