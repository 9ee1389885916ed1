// Where the master key comes from: one of two settings, or the file in the data directory that the first start creates.
// Two settings at once and a file that others can read are rejected, and no key is created where sealed data exists.

import { access } from 'node:fs/promises';
import { loadOrCreateKeyFile, parseKey } from './key-file.ts';

export interface MasterKeySource {
  /** `KEYPLANE_MASTER_KEY`: base64 of 32 bytes. */
  readonly fromEnvironment?: string | undefined;
  /** `KEYPLANE_MASTER_KEY_FILE`: it must be there. */
  readonly file?: string | undefined;
  /** Used when neither is set. */
  readonly defaultFile: string;
}

/** An operator may mount a secret for a process of another user and grant access by group. */
const reachableByOthers = 0o037;

/**
 * @returns 32 bytes
 * @throws Error with one line for the operator: the setting, what is wrong and what is accepted
 */
export async function loadMasterKey(
  source: MasterKeySource,
  options: { readonly mayCreate: boolean },
): Promise<Buffer> {
  const { fromEnvironment, file, defaultFile } = source;
  if (fromEnvironment !== undefined && file !== undefined) {
    throw new Error(
      'KEYPLANE_MASTER_KEY and KEYPLANE_MASTER_KEY_FILE are both set. Accepted: one of them, or neither.',
    );
  }
  if (fromEnvironment !== undefined) return parseKey(fromEnvironment, 'KEYPLANE_MASTER_KEY');
  if (file !== undefined) return loadGivenFile(file, 'KEYPLANE_MASTER_KEY_FILE');
  return loadOrCreateKeyFile(defaultFile, { ...options, called: 'The master key file' });
}

/**
 * The key that the master key is to be changed to, where it was given.
 * @throws Error with one line for the operator
 */
export async function loadNewMasterKey(
  source: Omit<MasterKeySource, 'defaultFile'>,
): Promise<Buffer | undefined> {
  const { fromEnvironment, file } = source;
  if (fromEnvironment !== undefined) return parseKey(fromEnvironment, 'KEYPLANE_NEW_MASTER_KEY');
  return file === undefined ? undefined : loadGivenFile(file, 'KEYPLANE_NEW_MASTER_KEY_FILE');
}

/** What the operator calls the source of the key. */
export function nameOfMasterKey(source: MasterKeySource): string {
  if (source.fromEnvironment !== undefined) return 'KEYPLANE_MASTER_KEY';
  if (source.file !== undefined) return `KEYPLANE_MASTER_KEY_FILE ${source.file}`;
  return `The master key file ${source.defaultFile}`;
}

async function loadGivenFile(file: string, called: string): Promise<Buffer> {
  try {
    await access(file);
  } catch {
    throw new Error(
      `${called} names ${file}, which can not be read. Accepted: a file that holds 32 bytes in base64.`,
    );
  }
  return loadOrCreateKeyFile(file, {
    mayCreate: false,
    called,
    forbiddenMode: reachableByOthers,
  });
}
