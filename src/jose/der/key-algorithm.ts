// AlgorithmIdentifier of a key (RFC 5280 §4.1.1.2) to key type, curve and restriction.
// Refuses by name what is no JOSE key: DSA, DH, SM2, the post-quantum families, explicit curve parameters.

import type { KeyRestriction } from '../algorithms.ts';
import { ecCurves } from '../soundness/ec-curves.ts';
import { okpCurves } from '../soundness/soundness-okp.ts';
import {
  type DerElement,
  DerError,
  derTag,
  expectTag,
  readOid,
  readSequence,
  readUnsigned,
  UnsupportedKeyError,
} from './der.ts';

export type KeyAlgorithm =
  | { readonly kty: 'RSA'; readonly restriction?: KeyRestriction }
  | { readonly kty: 'EC' | 'OKP'; readonly crv: string };

const refusedByName: ReadonlyMap<string, string> = new Map([
  ['1.2.840.10040.4.1', 'a DSA key'],
  ['1.2.840.113549.1.3.1', 'a Diffie-Hellman key'],
  ['1.2.840.10046.2.1', 'a Diffie-Hellman key'],
  ['1.2.840.113549.1.1.7', 'an RSAES-OAEP key (RFC 4055 §4)'],
  ['1.3.132.1.12', 'an EC key for ECDH alone (id-ecDH)'],
  ['1.3.132.1.13', 'an EC key for ECMQV alone (id-ecMQV)'],
  ['1.2.840.10045.3.1.1', 'on curve P-192'],
  ['1.3.132.0.33', 'on curve P-224'],
  ['1.2.156.10197.1.301', 'an SM2 key'],
]);

/** Arcs whose members are all of one family. */
const refusedFamilies: readonly (readonly [string, string])[] = [
  ['2.16.840.1.101.3.4.3.', 'an ML-DSA or SLH-DSA key'],
  ['2.16.840.1.101.3.4.4.', 'an ML-KEM key'],
  ['1.3.36.3.3.2.8.1.1.', 'on a Brainpool curve'],
];

const supportedKeys = 'RSA, EC (P-256, P-384, P-521, secp256k1), Ed25519, Ed448, X25519 and X448';

function unsupported(oid: string): UnsupportedKeyError {
  const family = refusedFamilies.find(([arc]) => oid.startsWith(arc))?.[1];
  const name = refusedByName.get(oid) ?? family ?? `of the algorithm or curve ${oid}`;
  return new UnsupportedKeyError(`it is ${name}; supported are ${supportedKeys}`, {
    isOnKnownCurve: name.startsWith('on '),
  });
}

/** @throws DerError */
export function readKeyAlgorithm(element: DerElement | undefined): KeyAlgorithm {
  const [identifier, parameters] = readSequence(element, 'algorithm');
  const oid = readOid(identifier, 'algorithm');
  if (oid === '1.2.840.113549.1.1.1') return { kty: 'RSA' };
  if (oid === '1.2.840.113549.1.1.10') return { kty: 'RSA', restriction: readPssRestriction(parameters) };
  if (oid === '1.2.840.10045.2.1') return { kty: 'EC', crv: readNamedCurve(parameters) };
  for (const [crv, curve] of okpCurves) if (curve.oid === oid) return { kty: 'OKP', crv };
  throw unsupported(oid);
}

/** Its own class, because a file with such a key can be converted. */
export class ExplicitCurveError extends DerError {}

/** @throws DerError for explicit parameters: they can describe a forged twin of a known curve (CVE-2020-0601) */
export function readNamedCurve(parameters: DerElement | undefined): string {
  if (parameters?.tag === derTag.sequence) {
    throw new ExplicitCurveError(
      'its curve is given by explicit parameters, a named curve is required (RFC 5480 §2.1.1)',
    );
  }
  const oid = readOid(parameters, 'named curve');
  for (const [crv, curve] of ecCurves) if (curve.oid === oid) return crv;
  throw unsupported(oid);
}

const pssHashes: ReadonlyMap<string, { restriction: KeyRestriction; octets: number }> = new Map([
  ['2.16.840.1.101.3.4.2.1', { restriction: 'PS256', octets: 32 }],
  ['2.16.840.1.101.3.4.2.2', { restriction: 'PS384', octets: 48 }],
  ['2.16.840.1.101.3.4.2.3', { restriction: 'PS512', octets: 64 }],
]);

/** RFC 4055 §3.1; what the parameters leave out is SHA-1, which no JOSE algorithm uses (RFC 7518 §3.5). */
function readPssRestriction(parameters: DerElement | undefined): KeyRestriction {
  if (parameters === undefined || parameters.tag === derTag.null) return 'RSA-PSS';
  const fields = new Map(
    readSequence(parameters, 'RSASSA-PSS parameters').map((field) => [field.tag, field]),
  );
  const inner = (tag: number, what: string) => {
    const field = fields.get(tag);
    return field === undefined ? undefined : readSequence({ ...field, tag: derTag.sequence }, what)[0];
  };
  const hash = inner(0xa0, 'hash');
  const mask = inner(0xa1, 'mask generation');
  const known = hash && pssHashes.get(readOid(readSequence(hash, 'hash')[0], 'hash'));
  const maskHash =
    mask && readOid(readSequence(readSequence(mask, 'mask generation')[1], 'mask hash')[0], 'mask hash');
  const saltElement = inner(0xa2, 'salt length');
  const saltOctets =
    saltElement === undefined ? 20 : Number(`0x${readUnsigned(saltElement, 'salt length').toString('hex')}`);
  // RFC 7518 §3.5: MGF1 with the same hash, and a salt as long as the hash.
  if (known === undefined || pssHashes.get(maskHash ?? '') !== known || saltOctets > known.octets) {
    throw new UnsupportedKeyError(
      'its RSASSA-PSS parameters match none of PS256, PS384, PS512 (RFC 7518 §3.5)',
    );
  }
  return known.restriction;
}

/** The [0] EXPLICIT curve of an ECPrivateKey, or a bare one. */
export function readExplicitCurve(tagged: DerElement): string {
  const [curve] = readSequence({ ...tagged, tag: derTag.sequence }, 'curve');
  return readNamedCurve(curve);
}

export function expectOctets(element: DerElement | undefined, what: string): DerElement {
  return expectTag(element, derTag.octetString, what);
}
