// Key encryption with AES-GCM (RFC 7518 §4.7).

import type { Buffer } from 'node:buffer';
import { decodeStrictly } from '../../compact-jws.ts';
import { type AesBits, decryptGcm, encryptGcm, gcmIvOctets, gcmTagOctets } from '../content/aes-gcm.ts';
import { contentEncryption, encNames } from '../content-encryptions.ts';
import type { KeyManagementAlgorithm } from '../key-management.ts';
import { secretKey } from './secret-key.ts';

export function aesGcmKeyWrap(bits: AesBits): KeyManagementAlgorithm {
  return (alg, jwk) => {
    const key = secretKey(jwk);
    return {
      alg,
      runsInPool: false,
      encs: encNames,
      // Each use is one of AES-GCM with the key itself, with any content encryption.
      boundedEncs: encNames,
      encrypt({ enc, randomness }) {
        const cek = randomness.octets(contentEncryption(enc).keyOctets);
        const iv = randomness.octets(gcmIvOctets);
        const { ciphertext, tag } = encryptGcm(bits, { key, iv }, cek);
        return {
          cek,
          header: { iv: iv.toString('base64url'), tag: tag.toString('base64url') },
          encryptedKey: ciphertext,
        };
      },
      decrypt({ enc, header, encryptedKey }) {
        const iv = octetsOf(header.iv, gcmIvOctets);
        const tag = octetsOf(header.tag, gcmTagOctets);
        if (iv === undefined || tag === undefined) return undefined;
        if (encryptedKey.length !== contentEncryption(enc).keyOctets) return undefined;
        return decryptGcm(bits, { key, iv }, { ciphertext: encryptedKey, tag });
      },
    };
  };
}

/** RFC 7518 §4.7.1.1 and §4.7.1.2: 96 and 128 bits. */
function octetsOf(value: unknown, length: number): Buffer | undefined {
  const octets = typeof value === 'string' ? decodeStrictly(value) : undefined;
  return octets?.length === length ? octets : undefined;
}
