import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CliFailure, wrongUsage } from '../failure.ts';
import { note, write } from './output.ts';

export interface OutFlags {
  readonly out?: string;
  readonly force?: boolean;
}

export function outOptions(command: Command): Command {
  return command
    .option('-o, --out <FILE>', 'write it into this file, for you alone, instead of to standard output')
    .option('--force', 'replace the file');
}

/** Before anything is asked for: what is exported in vain was revealed all the same. @throws CliFailure */
export function refuseTakenFile({ out, force }: OutFlags): void {
  if (out !== undefined && !force && existsSync(out)) throw taken(out);
}

function taken(out: string): CliFailure {
  return wrongUsage(`${out} is there already: give another file, or --force`);
}

/** @throws CliFailure where the file is there by now, or where bytes that are no text would go to a terminal */
export async function writeFileOrOutput(
  { out, force }: OutFlags,
  {
    name,
    mediaType,
    bytes,
  }: { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array },
): Promise<void> {
  if (out === undefined) {
    if (process.stdout.isTTY && !/json|pem|text/.test(mediaType)) {
      throw wrongUsage(`${name} is no text that a terminal can show: give --out FILE`);
    }
    return write(bytes);
  }
  try {
    await writeFile(out, bytes, { mode: 0o600, flag: force ? 'w' : 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'EEXIST') throw taken(out);
    throw new CliFailure(`${out} can not be written (${code})`);
  }
  note(`Written to ${out}`);
}
