import { generateKeyPair, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import {
  type AgreementCurve,
  agreementCurve,
} from '../../operations/encryption/families/agreement-curves.ts';
import type { Randomness } from '../../operations/encryption/randomness.ts';

/** The random octets and keys of operations, from the generator of OpenSSL. */
export const secureRandomness: Randomness = Object.freeze({ octets: randomBytes, ephemeralKey });

function ephemeralKey(curve: AgreementCurve): KeyObject | Promise<KeyObject> {
  switch (curve) {
    case 'X25519':
      return generateKeyPairSync('x25519').privateKey;
    case 'X448':
      return generateKeyPairSync('x448').privateKey;
    case 'P-256':
    case 'P-384':
    case 'P-521':
      return agreementCurve(curve).isFast
        ? generateKeyPairSync('ec', { namedCurve: curve }).privateKey
        : generateInPool(curve);
    default:
      return curve satisfies never;
  }
}

function generateInPool(namedCurve: string): Promise<KeyObject> {
  return new Promise((resolve, reject) => {
    generateKeyPair('ec', { namedCurve }, (error, _publicKey, privateKey) =>
      error ? reject(error) : resolve(privateKey),
    );
  });
}
