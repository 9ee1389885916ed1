// ML-DSA keys (FIPS 204) as JWK type AKP (RFC 9964): the parameter set is `alg`, and a private key is its seed. Rejects
// wrong lengths, the expanded private key and foreign halves. Every octet string of the right length is a public key
// (FIPS 204 §7.2), so there are no further checks.

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { badRequest } from '../../errors.ts';
import { fairTurn } from '../../runtime/event-loop.ts';
import { bytes, decodeBase64url } from '../members/base64url.ts';

/** RFC 9964 §3; `alg`, which is required, is a member of any JWK. */
export interface AkpMembers {
  readonly pub: string;
  readonly priv?: string;
}

export interface AkpKey extends AkpMembers {
  readonly alg: string;
}

interface ParameterSet {
  /** RFC 9881 §2. */
  readonly oid: string;
  /** FIPS 204 §4, table 2. */
  readonly publicOctets: number;
  /** Of a private key that is expanded from its seed. */
  readonly expandedOctets: number;
}

/** By `alg`. */
export const parameterSets: ReadonlyMap<string, ParameterSet> = new Map([
  ['ML-DSA-44', { oid: '2.16.840.1.101.3.4.3.17', publicOctets: 1312, expandedOctets: 2560 }],
  ['ML-DSA-65', { oid: '2.16.840.1.101.3.4.3.18', publicOctets: 1952, expandedOctets: 4032 }],
  ['ML-DSA-87', { oid: '2.16.840.1.101.3.4.3.19', publicOctets: 2592, expandedOctets: 4896 }],
]);

export const seedOctets = 32;
/** Characters of the longest expanded key: it is rejected for what it is, and not for its length. */
export const longestAkpMember = 6528;

function refuse(reason: string, cause: 'KEY_MALFORMED' | 'KEY_NOT_SOUND'): never {
  throw badRequest(`AKP key is not sound: ${reason}`, { reason: cause });
}

/** @param seed of 32 octets */
function openSeed(alg: string, seed: Buffer): KeyObject {
  const priv = seed.toString('base64url');
  // Node computes the public key from the seed and takes `pub` on trust, so any will do.
  return createPrivateKey({ format: 'jwk', key: { kty: 'AKP', alg, pub: priv, priv } });
}

/** The public key, base64url, that a seed gives. */
export function akpPublicText(alg: string, seed: Buffer): string {
  return createPublicKey(openSeed(alg, seed)).export({ format: 'jwk' }).pub as string;
}

/** The private key that a seed expands to (FIPS 204 §6.1), which is the end of its PKCS#8 as OpenSSL writes it. */
export function expandedKeyOf(alg: string, seed: Buffer): Buffer {
  const der = openSeed(alg, seed).export({ format: 'der', type: 'pkcs8' });
  return der.subarray(-(parameterSets.get(alg)?.expandedOctets ?? 0));
}

/** A key of another parameter set, such as one of SLH-DSA, is as one of unknown type. */
export function isOfParameterSet({ alg, pub }: AkpKey): boolean {
  return decodeBase64url(pub).length === parameterSets.get(alg)?.publicOctets;
}

/** @throws KeyplaneError bad_request with the reason */
export async function checkAkpSoundness(jwk: AkpKey): Promise<void> {
  const { alg } = jwk;
  const set = parameterSets.get(alg);
  if (set === undefined)
    refuse(`its alg is none of ${[...parameterSets.keys()].join(', ')}`, 'KEY_MALFORMED');
  const pub = decodeBase64url(jwk.pub);
  if (pub.length !== set.publicOctets) {
    const text = `pub has ${bytes(pub.length)}, ${alg} needs exactly ${set.publicOctets} (RFC 9964 §5)`;
    refuse(text, 'KEY_MALFORMED');
  }
  if (jwk.priv === undefined) return;
  const seed = decodeBase64url(jwk.priv);
  if (seed.length !== seedOctets) {
    const kind = seed.length === set.expandedOctets ? ', which is the expanded private key' : '';
    refuse(
      `priv has ${bytes(seed.length)}${kind}, ${alg} needs the seed of exactly ${seedOctets} (RFC 9964 §4)`,
      'KEY_MALFORMED',
    );
  }
  // The key is computed from its seed, which takes a fraction of a millisecond.
  await fairTurn();
  if (akpPublicText(alg, seed) !== jwk.pub) {
    refuse('the halves do not agree: priv is not the seed of pub (RFC 9964 §7.4)', 'KEY_NOT_SOUND');
  }
}
