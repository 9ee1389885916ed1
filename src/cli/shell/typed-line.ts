import type { Command, Option } from 'commander';

/** The parsed part of a line before the word that is being typed. */
export interface TypedLine {
  readonly command: Command;
  /** The option whose value is being typed. */
  readonly awaited: Option | undefined;
  /** Arguments of the command. */
  readonly given: readonly string[];
  /** Values of flags, by their long names. */
  readonly flags: ReadonlyMap<string, string>;
}

export function readLine(program: Command, words: readonly string[]): TypedLine {
  let command = program;
  let awaited: Option | undefined;
  const given: string[] = [];
  const flags = new Map<string, string>();
  for (const word of words) {
    if (awaited) {
      flags.set(awaited.long ?? '', word);
      awaited = undefined;
      continue;
    }
    const [, flag = word, value] = /^(--[\w-]+)=(.*)$/.exec(word) ?? [];
    const option = command.options.find(({ short, long }) => flag === short || flag === long);
    if (option?.long && value !== undefined) flags.set(option.long, value);
    else if (option) awaited = option.required ? option : undefined;
    if (word.startsWith('-')) continue;
    const subcommand = command.commands.find((one) => one.name() === word);
    if (subcommand) command = subcommand;
    else given.push(word);
  }
  return { command, awaited, given, flags };
}
