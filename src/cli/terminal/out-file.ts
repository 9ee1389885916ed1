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
    .option('--out <FILE>', 'write to this file, with mode 0600, instead of standard output')
    .option('--force', 'replace an existing file');
}

/** Checked before the export, which is recorded even if its result is lost. @throws CliFailure */
export function requireFreeFile({ out, force }: OutFlags): void {
  if (out !== undefined && !force && existsSync(out)) throw fileExists(out);
}

function fileExists(out: string): CliFailure {
  return wrongUsage(`${out} exists already: give another file, or --force`);
}

/** @throws CliFailure where the file exists by now, or where binary data would go to a terminal */
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
      throw wrongUsage(`${name} is binary: give --out FILE`);
    }
    return write(bytes);
  }
  try {
    await writeFile(out, bytes, { mode: 0o600, flag: force ? 'w' : 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'EEXIST') throw fileExists(out);
    throw new CliFailure(`${out} cannot be written (${code})`);
  }
  note(`Written to ${out}`);
}
