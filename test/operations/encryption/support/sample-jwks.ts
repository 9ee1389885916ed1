import { generateKeyPairSync, type JsonWebKey, randomBytes } from 'node:crypto';
import type { PrivateJwk } from '../../../../src/jose/jwk.ts';

export const agreementCurves = ['P-256', 'P-384', 'P-521', 'X25519', 'X448'] as const;
export type SampleCurve = (typeof agreementCurves)[number];

const modulus = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

function exported(jwk: JsonWebKey, alg: string): PrivateJwk {
  return { ...jwk, alg, kid: `key of ${alg}` } as unknown as PrivateJwk;
}

export function rsaJwk(alg: string): PrivateJwk {
  return exported(modulus, alg);
}

export function octJwk(alg: string, octets: number): PrivateJwk {
  return exported({ kty: 'oct', k: randomBytes(octets).toString('base64url') }, alg);
}

export function curveJwk(alg: string, curve: SampleCurve): PrivateJwk {
  const pair =
    curve === 'X25519'
      ? generateKeyPairSync('x25519')
      : curve === 'X448'
        ? generateKeyPairSync('x448')
        : generateKeyPairSync('ec', { namedCurve: curve });
  return exported(pair.privateKey.export({ format: 'jwk' }), alg);
}

const contentOctets: Readonly<Record<string, number>> = {
  A128GCM: 16,
  A192GCM: 24,
  A256GCM: 32,
  'A128CBC-HS256': 32,
  'A192CBC-HS384': 48,
  'A256CBC-HS512': 64,
};

/** Keys of each kind that the algorithm takes. */
export function sampleJwks(alg: string): PrivateJwk[] {
  if (alg.startsWith('RSA')) return [rsaJwk(alg)];
  if (alg.startsWith('ECDH')) return agreementCurves.map((curve) => curveJwk(alg, curve));
  if (alg.startsWith('PBES2')) return [octJwk(alg, 11)];
  if (alg === 'dir') return [16, 24, 32, 48, 64].map((octets) => octJwk(alg, octets));
  const octets = contentOctets[alg] ?? Number(alg.slice(1, 4)) / 8;
  return [octJwk(alg, octets)];
}
