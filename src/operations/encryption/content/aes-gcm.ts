// AES-GCM with a tag of 128 bits (RFC 7518 §5.3).

import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { ContentEncryption, EncryptedContent } from '../content-encryption.ts';

export const gcmIvOctets = 12;
export const gcmTagOctets = 16;

export type AesBits = 128 | 192 | 256;

export interface GcmInput {
  readonly key: KeyObject;
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

/** Node.js takes octets for a key too, at a multiple of the time that a `KeyObject` takes. */
export function aesGcm(bits: AesBits): ContentEncryption {
  return {
    keyOctets: bits / 8,
    ivOctets: gcmIvOctets,
    tagOctets: gcmTagOctets,
    boundsUses: true,
    commitsToKey: false,
    encrypt: ({ cek, iv, aad }, plaintext) =>
      encryptGcm(bits, { key: createSecretKey(cek), iv, aad }, plaintext),
    decrypt: ({ cek, iv, aad }, content) => decryptGcm(bits, { key: createSecretKey(cek), iv, aad }, content),
  };
}
