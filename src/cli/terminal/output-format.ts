// How a command prints its result: for a person, or for a program.

import { type Command, Option } from 'commander';
import { wrongUsage } from '../failure.ts';

export type OutputFormat = 'table' | 'wide' | 'name' | 'json' | 'yaml';

/** Of lists. `name` prints one name per line and nothing else. */
export const listFormats: readonly OutputFormat[] = ['table', 'wide', 'name', 'json', 'yaml'];
/** Of one document. */
export const documentFormats: readonly OutputFormat[] = ['table', 'wide', 'json', 'yaml'];
/** Of the result of a change. */
export const changeFormats: readonly OutputFormat[] = ['table', 'json', 'yaml'];

export interface OutputFlags {
  /** The same as `output: 'json'`. */
  readonly json?: boolean;
  readonly output?: OutputFormat;
}

export function addOutputOptions(command: Command, formats: readonly OutputFormat[]): Command {
  return command
    .addOption(new Option('-o, --output <FORMAT>', 'how the result is printed').choices(formats))
    .option('--json', 'the same as --output json');
}

/** @throws CliFailure where `--json` contradicts `--output` */
export function outputFormatOf({ json, output }: OutputFlags): OutputFormat {
  if (json && output !== undefined && output !== 'json') {
    throw wrongUsage(`--json and --output ${output} contradict each other: give one of them`);
  }
  return json ? 'json' : (output ?? 'table');
}

/** Whether the result is for a program, which gets no notes beside it. */
export function isForProgram(flags: OutputFlags): boolean {
  const format = outputFormatOf(flags);
  return format === 'json' || format === 'yaml' || format === 'name';
}

/** Read from the arguments before they are parsed, because a parse error is printed in this format too. */
export function requestedFormat(args: readonly string[]): 'json' | 'yaml' | undefined {
  for (const [index, arg] of args.entries()) {
    if (arg === '--') return undefined;
    if (arg === '--json') return 'json';
    const value =
      /^(?:-o|--output=)(.+)$/.exec(arg)?.[1] ?? (/^(-o|--output)$/.test(arg) ? args[index + 1] : '');
    if (value === 'json' || value === 'yaml') return value;
  }
  return undefined;
}
