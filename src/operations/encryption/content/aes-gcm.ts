// AES-GCM with a tag of 128 bits (RFC 7518 §5.3).

import { Buffer } from 'node:buffer';
import { type CipherKey, createCipheriv, createDecipheriv } from 'node:crypto';
import type { ContentEncryption, EncryptedContent } from '../content-encryption.ts';

export const gcmIvOctets = 12;
export const gcmTagOctets = 16;

export type AesBits = 128 | 192 | 256;

export interface GcmInput {
  readonly key: CipherKey;
  readonly iv: Buffer;
  readonly aad?: Buffer;
}

export function encryptGcm(bits: AesBits, { key, iv, aad }: GcmInput, plaintext: Buffer): EncryptedContent {
  const cipher = createCipheriv(`aes-${bits}-gcm`, key, iv, { authTagLength: gcmTagOctets });
  if (aad !== undefined) cipher.setAAD(aad);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { ciphertext, tag: cipher.getAuthTag() };
}

/** Undefined where the tag is not that of the rest. */
export function decryptGcm(
  bits: AesBits,
  { key, iv, aad }: GcmInput,
  { ciphertext, tag }: EncryptedContent,
): Buffer | undefined {
  const decipher = createDecipheriv(`aes-${bits}-gcm`, key, iv, { authTagLength: gcmTagOctets });
  decipher.setAuthTag(tag);
  if (aad !== undefined) decipher.setAAD(aad);
  const plaintext = decipher.update(ciphertext);
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    return undefined;
  }
}

export function aesGcm(bits: AesBits): ContentEncryption {
  return {
    keyOctets: bits / 8,
    ivOctets: gcmIvOctets,
    tagOctets: gcmTagOctets,
    boundsUses: true,
    commitsToKey: false,
    encrypt: ({ cek, iv, aad }, plaintext) => encryptGcm(bits, { key: cek, iv, aad }, plaintext),
    decrypt: ({ cek, iv, aad }, content) => decryptGcm(bits, { key: cek, iv, aad }, content),
  };
}
