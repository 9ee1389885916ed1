// RSASSA-PSS-params (RFC 4055 §3.1) to the JOSE algorithms that a key with them may serve.

import { readOid, readSequence, readUnsigned } from '../../asn1/der.ts';
import { type Asn1Element, asn1Tag } from '../../asn1/element.ts';
import { UnsupportedKeyError } from './unsupported-key-error.ts';

/** What the key's own encoding allows beyond its type: RSASSA-PSS, or with parameters one hash of it. */
export type KeyRestriction = 'RSA-PSS' | 'PS256' | 'PS384' | 'PS512';

const pssHashes: ReadonlyMap<string, { restriction: KeyRestriction; octets: number }> = new Map([
  ['2.16.840.1.101.3.4.2.1', { restriction: 'PS256', octets: 32 }],
  ['2.16.840.1.101.3.4.2.2', { restriction: 'PS384', octets: 48 }],
  ['2.16.840.1.101.3.4.2.3', { restriction: 'PS512', octets: 64 }],
]);

/** RFC 4055 §3.1; what the parameters leave out is SHA-1, which no JOSE algorithm uses (RFC 7518 §3.5). */
export function readPssRestriction(parameters: Asn1Element | undefined): KeyRestriction {
  if (parameters === undefined || parameters.tag === asn1Tag.null) return 'RSA-PSS';
  const fields = new Map(
    readSequence(parameters, 'RSASSA-PSS parameters').map((field) => [field.tag, field]),
  );
  const inner = (tag: number, what: string) => {
    const field = fields.get(tag);
    return field === undefined ? undefined : readSequence({ ...field, tag: asn1Tag.sequence }, what)[0];
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
