// AES-CBC with HMAC, encrypted first and then authenticated (RFC 7518 §5.2).

import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { ContentEncryption, ContentEncryptionInput } from '../content-encryption.ts';
import type { AesBits } from './aes-gcm.ts';

const ivOctets = 16;

export function aesCbcHmac(bits: AesBits, digest: string): ContentEncryption {
  const halfOctets = bits / 8;
  const cipherName = `aes-${bits}-cbc`;

  /** RFC 7518 §5.2.2.1: the first half of the MAC, whose key is the first half of the content encryption key. */
  function tagOf({ cek, iv, aad }: ContentEncryptionInput, ciphertext: Buffer): Buffer {
    const aadBits = Buffer.alloc(8);
    aadBits.writeBigUInt64BE(BigInt(aad.length) * 8n);
    const mac = createHmac(digest, createSecretKey(cek.subarray(0, halfOctets)));
    return mac.update(aad).update(iv).update(ciphertext).update(aadBits).digest().subarray(0, halfOctets);
  }

  const encryptionKeyOf = ({ cek }: ContentEncryptionInput) => createSecretKey(cek.subarray(halfOctets));

  return {
    keyOctets: 2 * halfOctets,
    ivOctets,
    tagOctets: halfOctets,
    boundsUses: false,
    commitsToKey: true,
    encrypt(input, plaintext) {
      const cipher = createCipheriv(cipherName, encryptionKeyOf(input), input.iv);
      const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      return { ciphertext, tag: tagOf(input, ciphertext) };
    },
    decrypt(input, { ciphertext, tag }) {
      // The tag comes first: what padding an unauthenticated ciphertext has is never examined (Vaudenay's oracle).
      if (!timingSafeEqual(tagOf(input, ciphertext), tag)) return undefined;
      const decipher = createDecipheriv(cipherName, encryptionKeyOf(input), input.iv);
      try {
        return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
