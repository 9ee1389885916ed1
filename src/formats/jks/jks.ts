// Java's own keystore, versions 1 and 2. The file is checked with SHA-1 over password, a fixed phrase and content;
// keys are closed with a cipher of Sun's own. Certificates are readable as they lie there.
// The layout is a DataOutputStream's: big-endian numbers, lengths before bytes, text in modified UTF-8.

import { hash, timingSafeEqual } from 'node:crypto';
import {
  damagedKeystore,
  type KeystoreFormat,
  keystoreLimits,
  lockedEntry,
  tooManyEntries,
} from '../keystore-format.ts';
import { type EncryptedEntry, openedKeystore } from '../opened-keystore.ts';
import { ByteCursor } from './byte-cursor.ts';
import { unprotectKey, utf16Password } from './key-protector.ts';

const digestBytes = 20;
const phrase = Buffer.from('Mighty Aphrodite', 'utf8');
const privateKeyTag = 1;
const certificateTag = 2;

export const jks: KeystoreFormat = {
  type: 'JKS',
  open(file, password) {
    const bytes = asBuffer(file);
    const digestAt = (end: number) => digestMatches(bytes, end, password);
    // Where the digest stands is known only after the entries are read. Bytes behind it, which Java tolerates,
    // are rare; so the usual place is tried first and decides what a strange count means.
    const intact = digestAt(bytes.length - digestBytes);
    const cursor = new ByteCursor(bytes);
    const entries = readEntries(cursor, { password, intact });
    if (!intact && !digestAt(cursor.offset)) throw damagedKeystore('JKS: digest');
    return openedKeystore(entries);
  },
};

function asBuffer(file: Uint8Array): Buffer {
  return Buffer.from(file.buffer, file.byteOffset, file.byteLength);
}

function digestMatches(bytes: Buffer, end: number, password: string): boolean {
  if (end < 0 || end + digestBytes > bytes.length) return false;
  const sealed = Buffer.concat([utf16Password(password), phrase, bytes.subarray(0, end)]);
  return timingSafeEqual(hash('sha1', sealed, 'buffer'), bytes.subarray(end, end + digestBytes));
}

function readEntries(cursor: ByteCursor, file: { password: string; intact: boolean }): EncryptedEntry[] {
  cursor.uint32();
  const version = cursor.uint32();
  if (version !== 1 && version !== 2) throw damagedKeystore('JKS: version');
  const count = cursor.uint32();
  if (count > keystoreLimits.entries) throw file.intact ? tooManyEntries() : damagedKeystore('JKS: count');
  // A later entry of the same name replaces the earlier one, as it does in Java's table.
  const entries = new Map<string, EncryptedEntry>();
  for (let index = 0; index < count; index++) {
    const entry = readEntry(cursor, version, file.password);
    entries.set(entry.alias, entry);
  }
  return [...entries.values()];
}

function readEntry(cursor: ByteCursor, version: number, password: string): EncryptedEntry {
  const tag = cursor.uint32();
  const alias = cursor.modifiedUtf8();
  cursor.passOver(8); // the date it was made
  if (tag === certificateTag) {
    const certificate = readCertificate(cursor, version);
    const kind = 'TRUSTED_CERTIFICATE';
    return { alias, kind, open: () => ({ kind, alias, certificate }) };
  }
  if (tag !== privateKeyTag) throw damagedKeystore('JKS: entry tag');
  const protectedKey = cursor.bytes(cursor.uint32());
  const chain: Buffer[] = [];
  const chainLength = cursor.uint32();
  if (chainLength > keystoreLimits.chainCertificates) throw damagedKeystore('JKS: chain length');
  while (chain.length < chainLength) chain.push(readCertificate(cursor, version));
  return {
    alias,
    kind: 'PRIVATE_KEY',
    open(keyPassword) {
      const privateKeyPkcs8 = unprotectKey(protectedKey, keyPassword ?? password);
      if (privateKeyPkcs8 === undefined) throw lockedEntry(alias, 'JKS: key digest');
      return { kind: 'PRIVATE_KEY', alias, privateKeyPkcs8, chain, origin: { type: 'JKS', alias } };
    },
  };
}

/** Version 1 has X.509 only and does not say so. */
function readCertificate(cursor: ByteCursor, version: number): Buffer {
  if (version === 2) cursor.modifiedUtf8();
  return cursor.bytes(cursor.uint32());
}
