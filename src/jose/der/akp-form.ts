// ML-DSA keys in DER (RFC 9881): the octets of the public key in SPKI; in PKCS#8 the seed, or the seed with the private key
// that is expanded from it. The seed cannot be computed from the expanded key, so that one alone is rejected.

import type { Buffer } from 'node:buffer';
import { expectOctets, readDer, readSequence } from '../../asn1/der.ts';
import { Asn1Error, asn1Tag } from '../../asn1/element.ts';
import { akpPublicText, expandedKeyOf, parameterSets, seedOctets } from '../soundness/soundness-akp.ts';
import type { DerForm } from './der-form.ts';

/** `[0] IMPLICIT OCTET STRING` (RFC 9881 §6). */
const seedTag = 0x80;

/** Its own class, because the key can be written in another form where its seed was kept. */
export class ExpandedKeyError extends Asn1Error {
  readonly alg: string;

  constructor(alg: string) {
    super('it holds the expanded private key alone, and not its seed (RFC 9964 §4)');
    this.alg = alg;
  }
}

export const akpForm: DerForm = {
  supported: [...parameterSets.keys()],
  readAlgorithm(oid, parameters) {
    for (const [alg, set] of parameterSets) {
      if (set.oid !== oid) continue;
      if (parameters !== undefined)
        throw new Asn1Error(`its algorithm has parameters, and ${alg} has none (RFC 9881 §2)`);
      return { alg };
    }
    return undefined;
  },
  readPublicKey(key, { alg = '' }) {
    return { alg, pub: publicText(key, alg) };
  },
  readPrivateKey(secret, { alg = '' }, publicKey) {
    const seed = readSeed(secret, alg);
    const pub = publicKey === undefined ? akpPublicText(alg, seed) : publicText(publicKey, alg);
    return { alg, pub, priv: seed.toString('base64url') };
  },
};

function publicText(key: Buffer, alg: string): string {
  const octets = parameterSets.get(alg)?.publicOctets;
  if (key.length !== octets)
    throw new Asn1Error(
      `its public key has ${key.length} bytes, ${alg} needs exactly ${octets} (RFC 9881 §4)`,
    );
  return key.toString('base64url');
}

function readSeed(secret: Buffer, alg: string): Buffer {
  if (secret.length === seedOctets)
    throw new Asn1Error('its private key is a seed without the tag that marks it as one (RFC 9881 §6)');
  const form = readDer(secret);
  if (form.tag === asn1Tag.octetString) throw new ExpandedKeyError(alg);
  if (form.tag === seedTag) return ofSeedLength(form.content, alg);
  const [seedElement, expandedElement, ...more] = readSequence(form, 'private key');
  if (more.length > 0)
    throw new Asn1Error('its private key has more members than a seed and an expanded key');
  const seed = ofSeedLength(expectOctets(seedElement, 'seed').content, alg);
  // Two programs would otherwise sign with two keys.
  if (!expandedKeyOf(alg, seed).equals(expectOctets(expandedElement, 'expanded private key').content))
    throw new Asn1Error('its seed and its expanded private key do not agree (RFC 9881 §6)');
  return seed;
}

function ofSeedLength(seed: Buffer, alg: string): Buffer {
  if (seed.length === seedOctets) return seed;
  throw new Asn1Error(`its seed has ${seed.length} bytes, ${alg} needs exactly ${seedOctets} (RFC 9881 §6)`);
}
