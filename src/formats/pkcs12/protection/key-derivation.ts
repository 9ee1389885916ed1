// The PKCS#12 key derivation (RFC 7292, appendix B): one salted, iterated digest for keys, IVs and MAC keys,
// distinguished by an id; and its encoding of passwords.

import { hash } from 'node:crypto';
import { iterateHash } from './iterated-hash.ts';

/** What the bytes are for (RFC 7292, B.3). */
export const derivationPurpose = Object.freeze({ key: 1, iv: 2, mac: 3 });

export interface Derivation {
  /** A digest's name in node:crypto. */
  readonly digest: string;
  readonly salt: Buffer;
  readonly iterations: number;
}

/** @param password in the spelling of `bmpPassword` @param want which bytes, and how many */
export function deriveBytes(
  derivation: Derivation,
  password: Buffer,
  want: { purpose: number; length: number },
): Buffer {
  const { digest, salt, iterations } = derivation;
  const blockBytes = digest === 'sha384' || digest === 'sha512' ? 128 : 64;
  const diversifier = Buffer.alloc(blockBytes, want.purpose);
  const input = Buffer.concat([fillBlocks(salt, blockBytes), fillBlocks(password, blockBytes)]);
  const pieces: Buffer[] = [];
  for (let length = 0; length < want.length; ) {
    const first = hash(digest, Buffer.concat([diversifier, input]), 'buffer');
    const piece = iterateHash(digest, first, iterations - 1);
    pieces.push(piece);
    length += piece.length;
    addToBlocks(input, fillBlocks(piece, blockBytes).subarray(0, blockBytes));
  }
  return Buffer.concat(pieces).subarray(0, want.length);
}

/** Repeated until whole blocks are full; nothing stays nothing. */
function fillBlocks(bytes: Buffer, blockBytes: number): Buffer {
  const length = Math.ceil(bytes.length / blockBytes) * blockBytes;
  return bytes.length === 0 ? bytes : Buffer.alloc(length, bytes);
}

/** Each block of `input`, a big-endian number, grows by `addend` and one (RFC 7292, B.2, step 6C). */
function addToBlocks(input: Buffer, addend: Buffer): void {
  for (let start = 0; start < input.length; start += addend.length) {
    let carry = 1;
    for (let index = addend.length - 1; index >= 0; index--) {
      const sum = (input[start + index] ?? 0) + (addend[index] ?? 0) + carry;
      input[start + index] = sum;
      carry = sum >> 8;
    }
  }
}

/** A BMPString with its two zero bytes at the end (RFC 7292, B.1); a surrogate pair stays two units. */
function bmpPassword(password: string): Buffer {
  return Buffer.from(`${password}\0`, 'utf16le').swap16();
}

/**
 * Encodings to try in turn. Programs differ in how they encode an empty password: as a terminated empty string or as no
 * bytes.
 */
export function macPasswords(password: string): readonly Buffer[] {
  return password === '' ? [bmpPassword(''), Buffer.alloc(0)] : [bmpPassword(password)];
}

/**
 * The same for encryption. Java from 19 on takes the low seven bits of each UTF-8 byte for a character there
 * (and only there: its MAC is right), so its 3DES and RC2 files need that spelling of a non-ASCII password.
 */
export function encryptionPasswords(password: string): readonly Buffer[] {
  const utf8 = Buffer.from(password, 'utf8');
  if (utf8.every((byte) => byte < 0x80)) return macPasswords(password);
  const sevenBits = String.fromCharCode(...utf8.map((byte) => byte & 0x7f));
  return [bmpPassword(password), bmpPassword(sevenBits)];
}
