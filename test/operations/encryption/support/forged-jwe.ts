// JWEs as an attacker makes them: with any header, encrypted key and content encryption key.

import { randomBytes } from 'node:crypto';
import { contentEncryption, isEncName } from '../../../../src/operations/encryption/content-encryptions.ts';

export interface Forgery {
  /** The protected header; with a wrong `enc` the content is encrypted with A256GCM. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly cek: Buffer;
  readonly encryptedKey?: Buffer;
  readonly plaintext?: Buffer;
}

export const forgedPlaintext = Buffer.from('of the attacker');

/** Compact, with a tag that is right for the content encryption key. */
export function forgeJwe({ header, cek, encryptedKey, plaintext = forgedPlaintext }: Forgery): string {
  const { enc } = header;
  const content = contentEncryption(isEncName(enc) ? enc : 'A256GCM');
  const protectedText = Buffer.from(JSON.stringify(header)).toString('base64url');
  const iv = randomBytes(content.ivOctets);
  const sealed = content.encrypt({ cek, iv, aad: Buffer.from(protectedText) }, plaintext);
  const parts = [encryptedKey ?? Buffer.alloc(0), iv, sealed.ciphertext, sealed.tag];
  return [protectedText, ...parts.map((part) => part.toString('base64url'))].join('.');
}

/** Draws the same octets each time, so that a test knows with which key a decryption continues. */
export function knownOctets(count: number): Buffer {
  return Buffer.alloc(count, 0x5a);
}
