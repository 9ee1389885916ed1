// AES Key Wrap (RFC 3394) with its default initial value (RFC 7518 §4.4).

import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import type { AesBits } from '../content/aes-gcm.ts';
import { contentEncryption, encNames } from '../content-encryptions.ts';
import type { KeyManagementAlgorithm } from '../key-management.ts';
import { secretKey } from './secret-key.ts';

/** RFC 3394 §2.2.3.1. */
const initialValue = Buffer.alloc(8, 0xa6);

export function wrapKey(bits: AesBits, key: KeyObject, cek: Buffer): Buffer {
  const cipher = createCipheriv(`id-aes${bits}-wrap`, key, initialValue);
  return Buffer.concat([cipher.update(cek), cipher.final()]);
}

/** Undefined for what was not wrapped with this key, and for a key of another size. */
export function unwrapKey(
  bits: AesBits,
  key: KeyObject,
  { encryptedKey, octets }: { readonly encryptedKey: Buffer; readonly octets: number },
): Buffer | undefined {
  if (encryptedKey.length !== octets + initialValue.length) return undefined;
  try {
    const decipher = createDecipheriv(`id-aes${bits}-wrap`, key, initialValue);
    return Buffer.concat([decipher.update(encryptedKey), decipher.final()]);
  } catch {
    return undefined;
  }
}

export function aesKeyWrap(bits: AesBits): KeyManagementAlgorithm {
  return (alg, jwk) => {
    const key = secretKey(jwk);
    return {
      alg,
      runsInPool: false,
      encs: encNames,
      encrypt({ enc, randomness }) {
        const cek = randomness.octets(contentEncryption(enc).keyOctets);
        return { cek, header: {}, encryptedKey: wrapKey(bits, key, cek) };
      },
      decrypt: ({ enc, encryptedKey }) =>
        unwrapKey(bits, key, { encryptedKey, octets: contentEncryption(enc).keyOctets }),
    };
  };
}
