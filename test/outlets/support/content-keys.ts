// Keys as a source of an outlet has them.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { PrivateJwk } from '../../../src/jose/jwk.ts';
import type { ContentInput, ContentKey } from '../../../src/outlets/content/content-input.ts';

const pairs = {
  RSA: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  secp256k1: () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  Ed25519: () => generateKeyPairSync('ed25519'),
  Ed448: () => generateKeyPairSync('ed448'),
  X25519: () => generateKeyPairSync('x25519'),
  X448: () => generateKeyPairSync('x448'),
  'ML-DSA-44': () => generateKeyPairSync('ml-dsa-44'),
  'ML-DSA-87': () => generateKeyPairSync('ml-dsa-87'),
};
export type PairName = keyof typeof pairs;
export const pairNames = Object.keys(pairs) as PairName[];

export function privateJwk(pair: PairName, members: object = {}): PrivateJwk {
  const { privateKey } = pairs[pair]();
  return { ...privateKey.export({ format: 'jwk' }), ...members } as unknown as PrivateJwk;
}

export function secretJwk(members: object = {}): PrivateJwk {
  const k = randomBytes(32).toString('base64url');
  return { kty: 'oct', k, alg: 'HS256', ...members } as unknown as PrivateJwk;
}

export function contentKey(jwk: PrivateJwk, key: Partial<ContentKey> = {}): ContentKey {
  return { jwk, name: 'key', isCurrent: false, ...key };
}

export function contentInput(keys: readonly ContentKey[], more: Partial<ContentInput> = {}): ContentInput {
  return { keys, random: randomBytes, ...more };
}
