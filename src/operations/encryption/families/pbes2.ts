// Key encryption with a password (RFC 7518 §4.8). The derivation runs in the thread pool, with as many iterations as the
// header says: without a ceiling a short JWE would occupy it for hours (CVE-2023-50966).

import { Buffer } from 'node:buffer';
import { createSecretKey, type KeyObject, pbkdf2 } from 'node:crypto';
import type { JsonValue } from '../../../jose/json.ts';
import { decodeStrictly } from '../../compact-jws.ts';
import type { AesBits } from '../content/aes-gcm.ts';
import { contentEncryption, encNames } from '../content-encryptions.ts';
import type { KeyManagementAlgorithm } from '../key-management.ts';
import { unwrapKey, wrapKey } from './aes-key-wrap.ts';
import { secretOctets } from './secret-key.ts';

/** jose, for one, decrypts no more by default. */
const defaultIterationCount = 10_000;
const defaultMaxIterationCount = 100_000;
/** RFC 7518 §4.8.1.1. */
const leastSaltOctets = 8;
const mostSaltOctets = 1024;
const defaultSaltOctets = 16;

export function pbes2(digest: string, bits: AesBits): KeyManagementAlgorithm {
  return (alg, jwk, allowances) => {
    const password = secretOctets(jwk);
    const { maxIterationCount: most = defaultMaxIterationCount, saltOctets = defaultSaltOctets } = allowances;
    // What it encrypts it also decrypts.
    const iterationCount = Math.min(allowances.iterationCount ?? defaultIterationCount, most);

    function derive(salt: Buffer, iterations: number): Promise<KeyObject> {
      const saltInput = Buffer.concat([Buffer.from(alg), Buffer.of(0), salt]);
      return new Promise((resolve, reject) => {
        pbkdf2(password, saltInput, iterations, bits / 8, digest, (error, key) =>
          error ? reject(error) : resolve(createSecretKey(key)),
        );
      });
    }

    return {
      alg,
      runsInPool: true,
      onePerCaller: true,
      encs: encNames,
      async encrypt({ enc, randomness }) {
        const salt = randomness.octets(saltOctets);
        const cek = randomness.octets(contentEncryption(enc).keyOctets);
        const encryptedKey = wrapKey(bits, await derive(salt, iterationCount), cek);
        return { cek, header: { p2s: salt.toString('base64url'), p2c: iterationCount }, encryptedKey };
      },
      async decrypt({ enc, header: { p2s, p2c }, encryptedKey }) {
        const salt = typeof p2s === 'string' ? decodeStrictly(p2s) : undefined;
        if (salt === undefined || salt.length < leastSaltOctets || salt.length > mostSaltOctets)
          return undefined;
        if (!isCount(p2c) || p2c > most) return undefined;
        const key = await derive(salt, p2c);
        return unwrapKey(bits, key, { encryptedKey, octets: contentEncryption(enc).keyOctets });
      },
    };
  };
}

function isCount(value: JsonValue | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}
