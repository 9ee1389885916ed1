import { importJwk } from '../../src/jose/import-jwk.ts';
import type { JsonObject } from '../../src/jose/json.ts';
import { type OperationKey, signingKey, verificationKey } from '../../src/operations/operation-key.ts';
import { createSigner, type Signer } from '../../src/operations/sign-jws.ts';
import type { KnownKey, VerificationKeys } from '../../src/operations/verify-jws.ts';
import { makeAkp, makeEc, makeOct, makeOkp, makeRsa, type RawJwk } from '../jose/made-keys.ts';

/** A new key for each algorithm of the table. */
export function rawKeyFor(algorithm: string): RawJwk {
  const made: Readonly<Record<string, () => RawJwk>> = {
    RS: () => makeRsa(),
    PS: () => makeRsa(),
    HS: () => makeOct(64),
    ES256: () => makeEc('P-256'),
    ES384: () => makeEc('P-384'),
    ES512: () => makeEc('P-521'),
    ES256K: () => makeEc('secp256k1'),
    EdDSA: () => makeOkp('Ed25519'),
    Ed25519: () => makeOkp('Ed25519'),
    Ed448: () => makeOkp('Ed448'),
    'ML-DSA-44': () => makeAkp('ML-DSA-44'),
    'ML-DSA-65': () => makeAkp('ML-DSA-65'),
    'ML-DSA-87': () => makeAkp('ML-DSA-87'),
  };
  const make = made[algorithm] ?? made[algorithm.slice(0, 2)];
  if (!make) throw new Error(`no key for ${algorithm}`);
  return { ...make(), alg: algorithm, kid: `k-${algorithm}`, use: 'sig' };
}

export async function signerOf(raw: RawJwk): Promise<Signer> {
  const key = signingKey(await importJwk(raw as JsonObject));
  if (!key) throw new Error('it cannot sign');
  return createSigner(key);
}

export async function verifierOf(raw: RawJwk): Promise<OperationKey> {
  const key = verificationKey(await importJwk(raw as JsonObject));
  if (!key) throw new Error('it cannot verify');
  return key;
}

export function keysOf(
  ...known: readonly (KnownKey & { readonly kid: string | undefined })[]
): VerificationKeys {
  return {
    algorithmNames: new Set(known.map(({ algorithmName }) => algorithmName ?? '')),
    find: (kid) => known.find((one) => one.kid === kid),
  };
}

/** The keys of these JWKs, all in use. */
export async function activeKeys(...raws: readonly RawJwk[]): Promise<VerificationKeys> {
  const keys = await Promise.all(raws.map(verifierOf));
  return keysOf(
    ...keys.map((key) => {
      const { kid, algorithmName } = key;
      return { kid, algorithmName, key, end: undefined, state: 'ACTIVE' };
    }),
  );
}
