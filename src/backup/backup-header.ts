// The header of a backup file, its only unsealed part: format, salt, and a value that distinguishes a wrong master key
// from a damaged file. It is additional authenticated data of every chunk.

import { hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

const magic = Buffer.from('keyplane backup\n', 'latin1');
const version = 1;
const saltBytes = 32;
const checkBytes = 32;
export const headerBytes = magic.length + 1 + saltBytes + checkBytes;

export interface BackupKey {
  /** 32 bytes; of this one file, so that chunks can be counted instead of drawing nonces. */
  readonly key: Buffer;
  readonly header: Buffer;
}

/** @param masterKey 32 bytes */
export function newBackupKey(masterKey: Buffer): BackupKey {
  const salt = randomBytes(saltBytes);
  const header = Buffer.concat([magic, Buffer.of(version), salt, derive(masterKey, salt, 'check')]);
  return { key: derive(masterKey, salt, 'chunks'), header };
}

/** @throws Error for the operator, where it is no backup, one of a newer keyplane, or one of another master key */
export function openBackupHeader(masterKey: Buffer, header: Buffer, called: string): BackupKey {
  if (!header.subarray(0, magic.length).equals(magic)) throw new Error(`${called} is no backup of keyplane.`);
  const found = header[magic.length];
  if (found !== undefined && found !== version) {
    throw new Error(
      `${called} has format ${found}, of a newer keyplane; this one knows format ${version}. Take the keyplane that made it.`,
    );
  }
  if (header.length < headerBytes) throw new Error(`${called} is cut off in its first ${headerBytes} bytes.`);
  const salt = header.subarray(magic.length + 1, magic.length + 1 + saltBytes);
  const check = header.subarray(headerBytes - checkBytes);
  if (!timingSafeEqual(check, derive(masterKey, salt, 'check'))) {
    throw new Error(
      `${called} was sealed with another master key, or its first bytes were altered. Give the master key that the manager had when the backup was made.`,
    );
  }
  return { key: derive(masterKey, salt, 'chunks'), header };
}

/** HKDF-SHA-256 (RFC 5869). */
function derive(masterKey: Buffer, salt: Buffer, use: 'chunks' | 'check'): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, salt, `keyplane backup ${version} ${use}`, 32));
}
