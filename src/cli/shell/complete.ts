// Prints the completions at the cursor for a shell: one candidate per line, and `:files` where a file is expected. The
// commands and flags come from the tree that runs them.

import type { Argument, Command, Option } from 'commander';
import { nodeSubcommands } from '../admin/node-subcommands.ts';
import { write } from '../terminal/output.ts';
import { candidatesOf } from './candidates.ts';
import { argumentSource, flagSources } from './completion-source.ts';
import { readLine, type TypedLine } from './typed-line.ts';

/** @param typed what follows `keyplane`; the last word is being typed */
export async function complete(program: Command, typed: readonly string[]): Promise<void> {
  const words = withoutEqualSigns(typed);
  const word = words.at(-1) ?? '';
  const found = await candidates(program, words);
  write(
    found
      .filter((candidate) => candidate === ':files' || candidate.startsWith(word))
      .map((candidate) => `${candidate}\n`)
      .join(''),
  );
}

/** bash makes three words of `--curve=P-256`; the value is completed as that of `--curve P-256`. */
function withoutEqualSigns(words: readonly string[]): readonly string[] {
  const isSign = (index: number) => words[index] === '=' && words[index - 1]?.startsWith('--') === true;
  const kept = words.filter((_, index) => !isSign(index));
  return isSign(words.length - 1) ? [...kept, ''] : kept;
}

async function candidates(program: Command, words: readonly string[]): Promise<readonly string[]> {
  const word = words.at(-1) ?? '';
  const line = readLine(program, words.slice(0, -1));
  const { command, awaited } = line;
  if (awaited) return valuesOf(awaited, word, line);
  if (word.startsWith('-')) {
    const [, flag = '', value = ''] = /^(--[\w-]+)=(.*)$/.exec(word) ?? [];
    const option = command.options.find(({ long }) => long === flag);
    if (option === undefined) return optionNames(command);
    return (await valuesOf(option, value, line)).map((candidate) => `${flag}=${candidate}`);
  }
  const verbs = command
    .createHelp()
    .visibleCommands(command)
    .map((one) => one.name());
  // `keyplane node` starts a node; its subcommands are loaded only when one of them is named.
  if (command.name() === 'node' && verbs.length === 0 && line.given.length === 0) return nodeSubcommands;
  return verbs.length > 0 ? verbs : argumentValues(nextArgument(line), word, line);
}

function nextArgument({ command, given }: TypedLine): Argument | undefined {
  const { registeredArguments: all } = command;
  return all[given.length] ?? all.find(({ variadic }) => variadic);
}

async function argumentValues(
  argument: Argument | undefined,
  word: string,
  line: TypedLine,
): Promise<readonly string[]> {
  if (argument === undefined) return [];
  if (/FILE|SOURCE/.test(argument.name())) return [':files'];
  const source = argumentSource(line.command, line.given.length);
  return source === undefined ? [] : candidatesOf(source, word, line);
}

async function valuesOf(option: Option, word: string, line: TypedLine): Promise<readonly string[]> {
  // Of a list, the last name is being typed.
  const isList = /<(NAMES|ROLES|TYPES|USES)/.test(option.flags);
  const before = isList ? word.slice(0, word.lastIndexOf(',') + 1) : '';
  const typed = word.slice(before.length);
  if (option.argChoices) return fitting(option.argChoices, typed);
  if (/<(FILE|DIR)/.test(option.flags)) return [':files'];
  const source = flagSources[option.long ?? ''];
  if (source === undefined) return [];
  return (await candidatesOf(source, typed, line)).map((candidate) => before + candidate);
}

/** Flags accept their choices in any case, so `r` finds RSA in the case that was typed. */
function fitting(choices: readonly string[], word: string): readonly string[] {
  if (choices.some((choice) => choice.startsWith(word))) return choices;
  const found = choices.filter((choice) => choice.toLowerCase().startsWith(word.toLowerCase()));
  return found.map((choice) => word + choice.slice(word.length));
}

function optionNames(command: Command): readonly string[] {
  const options = command.createHelp().visibleOptions(command);
  return options.flatMap(({ long }) => (long === undefined || long === null ? [] : [long]));
}
