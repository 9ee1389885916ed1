// The passphrase of an encrypted key: from a file, standard input, the environment or the terminal.

import type { Command } from 'commander';
import { wrongUsage } from '../failure.ts';
import { readInput } from '../terminal/input.ts';
import { readSecret } from '../terminal/secret.ts';
import type { KeySourceFile, SourceFile } from './source-file.ts';

export interface PassphraseFlags {
  readonly passphraseFile?: string;
  readonly passphraseStdin?: boolean;
}

export function addPassphraseOptions(command: Command): Command {
  return command
    .option('--passphrase-file <FILE>', 'file with the passphrase of an encrypted key')
    .option(
      '--passphrase-stdin',
      'read the passphrase of an encrypted key from standard input [KEYPLANE_KEY_PASSPHRASE]',
    );
}

/** @throws CliFailure where standard input would be both the file and the passphrase */
export function requireOneUseOfStdin(path: string, flags: PassphraseFlags): void {
  if (path !== '-' || flags.passphraseStdin !== true) return;
  throw wrongUsage('Standard input is the file: give the passphrase with --passphrase-file');
}

/** An encrypted key with its passphrase; any other file as it is. @throws CliFailure */
export async function withPassphrase<F extends SourceFile>(
  file: F,
  path: string,
  flags: PassphraseFlags,
): Promise<F> {
  if (!isKey(file)) return file;
  // Loaded only here, because every command with these options loads this file.
  const { encryptedKeyIn } = await import('../../jose/key-pem.ts');
  if (encryptedKeyIn(file.content) === undefined) return file;
  return { ...file, passphrase: await readPassphrase(path, flags) };
}

function isKey(file: SourceFile): file is KeySourceFile {
  return file.kind === 'PRIVATE_KEY' || file.kind === 'PUBLIC_KEY';
}

async function readPassphrase(
  path: string,
  { passphraseFile, passphraseStdin }: PassphraseFlags,
): Promise<string> {
  if (passphraseFile !== undefined)
    return (await readInput(passphraseFile)).toString('utf8').replace(/\r?\n$/, '');
  return readSecret({
    text: `Passphrase of ${path}`,
    variable: 'KEYPLANE_KEY_PASSPHRASE',
    stdinFlag: '--passphrase-file, --passphrase-stdin',
    fromStdin: passphraseStdin,
  });
}
