// Answers a shell that asks what could stand at the cursor: one candidate a line, and `:files` where a file is wanted.
// It knows the commands by the very tree that runs them.

import type { Command, Option } from 'commander';
import { nodeVerbs } from '../admin/node.ts';
import { readProfiles } from '../session/profiles-file.ts';
import { write } from '../terminal/output.ts';

/** @param words what stands behind `keyplane`, the last one being typed */
export async function complete(program: Command, words: readonly string[]): Promise<void> {
  const found = await candidates(program, words);
  const word = words.at(-1) ?? '';
  write(
    found
      .filter((candidate) => candidate === ':files' || candidate.startsWith(word))
      .map((candidate) => `${candidate}\n`)
      .join(''),
  );
}

async function candidates(program: Command, words: readonly string[]): Promise<readonly string[]> {
  const word = words.at(-1) ?? '';
  const { command, awaited, argumentCount } = placeAfter(program, words.slice(0, -1));
  if (awaited) return valuesOf(awaited);
  if (word.startsWith('-')) return optionNames(command);
  const verbs = command
    .createHelp()
    .visibleCommands(command)
    .map((one) => one.name());
  const next =
    command.registeredArguments[argumentCount] ??
    command.registeredArguments.find(({ variadic }) => variadic);
  // Starting a node and looking at nodes are two commands of one name, of which the first is loaded.
  if (command.name() === 'node' && verbs.length === 0 && argumentCount === 0) return nodeVerbs;
  if (command.name() === 'completion') return ['bash', 'zsh', 'fish'];
  return next && /FILE|SOURCE/.test(next.name()) ? [':files'] : verbs;
}

interface Place {
  readonly command: Command;
  /** The option whose value is being typed. */
  readonly awaited: Option | undefined;
  readonly argumentCount: number;
}

function placeAfter(program: Command, words: readonly string[]): Place {
  let command = program;
  let awaited: Option | undefined;
  let argumentCount = 0;
  for (const word of words) {
    if (awaited) {
      awaited = undefined;
      continue;
    }
    const option = command.options.find(({ short, long }) => word === short || word === long);
    if (option) awaited = option.required ? option : undefined;
    if (word.startsWith('-')) continue;
    const verb = command.commands.find((one) => one.name() === word);
    if (verb) command = verb;
    else argumentCount += 1;
  }
  return { command, awaited, argumentCount };
}

async function valuesOf(option: Option): Promise<readonly string[]> {
  if (option.argChoices) return option.argChoices;
  if (/<(FILE|DIR)/.test(option.flags)) return [':files'];
  if (option.long !== '--profile') return [];
  const { profiles } = await readProfiles();
  return Object.keys(profiles);
}

function optionNames(command: Command): readonly string[] {
  const options = command.createHelp().visibleOptions(command);
  return options.flatMap(({ long }) => (long === undefined || long === null ? [] : [long]));
}
