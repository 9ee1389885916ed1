// Every encryption scheme of a PKCS#12 file provides a way to decrypt its content. An unknown scheme is an error only
// when its content is read: one unsupported key must not make the keystore unreadable.

import { createDecipheriv } from 'node:crypto';
import { readElement } from '../../../asn1/ber.ts';

export interface Protection {
  /** The object identifier of what is not known here. */
  readonly unknown?: string;
  /** The plaintext, which is one SEQUENCE; undefined where the password or the bytes are wrong. */
  decrypt(sealed: Buffer, password: string): Buffer | undefined;
}

export const noProtection: Protection = { decrypt: (bytes) => onlySequence(bytes) };

export function unknownProtection(unknown: string): Protection {
  return { unknown, decrypt: () => undefined };
}

/**
 * A wrong password leaves good padding once in 256 times; that the rest is one whole SEQUENCE by chance as well
 * is one in many millions.
 */
export function onlySequence(plain: Buffer | undefined): Buffer | undefined {
  if (plain?.[0] !== 0x30) return undefined;
  try {
    return readElement(plain).encoded.length === plain.length ? plain : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where the padding shows a wrong key. */
export function decryptCbc(
  cipher: string,
  input: { sealed: Buffer; key: Buffer; iv: Buffer },
): Buffer | undefined {
  try {
    const decipher = createDecipheriv(cipher, input.key, input.iv);
    return Buffer.concat([decipher.update(input.sealed), decipher.final()]);
  } catch {
    return undefined;
  }
}
