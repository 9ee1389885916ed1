// Keys that tests paste. Private ones are printed in RFCs or made at each run.

import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Item } from './project-api.ts';

/** RFC 7517 A.1. */
export const p256Public = Object.freeze({
  kty: 'EC',
  crv: 'P-256',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
});
export const p256Thumbprint = 'cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s';
/** RFC 7517 A.2: the private half of the same key. */
export const p256Private = Object.freeze({ ...p256Public, d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE' });

export const curves = Object.freeze({
  EC: ['P-256', 'P-384', 'P-521', 'secp256k1'],
  OKP: ['Ed25519', 'Ed448', 'X25519', 'X448'],
} as const);
type Curve = (typeof curves)['EC' | 'OKP'][number];

/** A private JWK, made now. */
export function makeCurveKey(curve: Curve): Item {
  return keyPair(curve).privateKey.export({ format: 'jwk' });
}

function keyPair(curve: Curve) {
  switch (curve) {
    case 'Ed25519':
      return generateKeyPairSync('ed25519');
    case 'Ed448':
      return generateKeyPairSync('ed448');
    case 'X25519':
      return generateKeyPairSync('x25519');
    case 'X448':
      return generateKeyPairSync('x448');
    default:
      return generateKeyPairSync('ec', { namedCurve: curve });
  }
}

export function makeRsaKey(modulusLength = 2048): Item {
  return generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ format: 'jwk' });
}

export function octKey(octets: number): Item {
  return { kty: 'oct', k: Buffer.alloc(octets, 0x5a).toString('base64url') };
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

export function publicHalf(jwk: Item): Item {
  return Object.fromEntries(Object.entries(jwk).filter(([member]) => !privateMembers.includes(member)));
}

/** A file that openssl wrote, of test/jose/fixtures. */
export function pemFixture(name: string): string {
  return readFileSync(new URL(`../../jose/fixtures/${name}`, import.meta.url), 'utf8');
}

/** A keystore that keytool or openssl wrote, of test/formats/fixtures, in base64. */
export function keystoreFixture(path: string): string {
  return readFileSync(new URL(`../../formats/fixtures/${path}`, import.meta.url)).toString('base64');
}

export function keystorePem(name: string): string {
  return readFileSync(new URL(`../../formats/fixtures/keys/${name}`, import.meta.url), 'utf8');
}

/** The public JWK of a PEM, as node:crypto reads it. */
export function jwkOfPem(pem: string): Item {
  return createPublicKey(pem).export({ format: 'jwk' });
}
