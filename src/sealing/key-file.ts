// Keys of 32 bytes as text: base64, in a setting or in a file. A key file is created once, atomically, never over
// another file, and only its owner may read it.

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createFile } from '../runtime/durable-file.ts';

const keyBytes = 32;
/** 32 bytes in base64 and a line end, with room to distinguish a wrong key from a wrong file. */
const longestFileBytes = 1024;
const ownerOnly = 0o600;
const groupOrOthers = 0o077;

export interface KeyFileOptions {
  /** False where something was sealed under the key already: then a new one would open none of it. */
  readonly mayCreate: boolean;
  /** What the file is called in error texts, such as a setting's name; `The key file` when left out. */
  readonly called?: string;
  /** Mode bits that must not be set; 0o077 when left out. */
  readonly forbiddenMode?: number;
}

/**
 * The key in the file, made at the first start.
 * @throws Error for the operator: the file is missing and may not be made, is no key, or is open to others
 */
export async function loadOrCreateKeyFile(path: string, options: KeyFileOptions): Promise<Buffer> {
  const called = options.called ?? 'The key file';
  if (options.mayCreate && !(await keyFileExists(path))) await createKeyFile(path);
  let text: string;
  try {
    text = await readPrivateFile(path, { called, forbiddenMode: options.forbiddenMode ?? groupOrOthers });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(`${called} ${path} is missing but the data was sealed with it. Put the file back.`);
  }
  return parseKey(text.replace(/\r?\n$/, ''), `${called} ${path}`);
}

/**
 * @param called begins the error text; the text itself never goes into one
 * @throws Error unless it is exactly 32 bytes of base64 in its one canonical spelling
 */
export function parseKey(text: string, called: string): Buffer {
  const accepted = `Accepted: ${keyBytes} bytes in base64 (44 characters), as \`openssl rand -base64 32\` writes them.`;
  const key = Buffer.from(text, 'base64');
  if (key.toString('base64') !== text || text === '') {
    throw new Error(`${called} ${text === '' ? 'is empty' : 'is not base64'}. ${accepted}`);
  }
  if (key.length !== keyBytes) {
    throw new Error(`${called} holds ${key.length} bytes, not ${keyBytes}. ${accepted}`);
  }
  return key;
}

async function readPrivateFile(
  path: string,
  { called, forbiddenMode }: { called: string; forbiddenMode: number },
): Promise<string> {
  const file = await open(path, constants.O_RDONLY);
  try {
    const { mode, size } = await file.stat();
    if ((mode & forbiddenMode) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0');
      throw new Error(
        `${called} ${path} has mode ${octal}, so others can reach the key. Run \`chmod 600 ${path}\`.`,
      );
    }
    if (size > longestFileBytes) {
      throw new Error(`${called} ${path} is no key file: it has ${size} bytes.`);
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Of two processes that create it at the same time, the first one's key counts. */
async function createKeyFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await createFile(path, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: ownerOnly });
}

/** A file that cannot be inspected counts as missing. */
export async function keyFileExists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
