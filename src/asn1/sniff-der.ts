// Recognises DER by its outermost structure: the kinds of key files and certificates.

import { readDer, readSequence } from './der.ts';
import { type Asn1Element, Asn1Error, asn1Tag } from './element.ts';

export type DerKind =
  | 'CERTIFICATE'
  | 'PUBLIC KEY'
  | 'RSA PUBLIC KEY'
  | 'PRIVATE KEY'
  | 'RSA PRIVATE KEY'
  | 'EC PRIVATE KEY'
  | 'ENCRYPTED PRIVATE KEY'
  | 'CERTIFICATE REQUEST'
  | 'X509 CRL'
  | 'PKCS7'
  | 'PKCS12';

export interface SniffedDer {
  /** The PEM label of RFC 7468 or of OpenSSL. */
  readonly label: DerKind;
  readonly isPrivate: boolean;
}

/** undefined when it is none of them or not DER at all. */
export function sniffDer(der: Uint8Array): SniffedDer | undefined {
  try {
    const label = labelOf(readSequence(readDer(der), 'content'));
    return label === undefined ? undefined : { label, isPrivate: label.endsWith('PRIVATE KEY') };
  } catch (error) {
    if (error instanceof Asn1Error) return undefined;
    throw error;
  }
}

function labelOf(elements: readonly Asn1Element<Uint8Array>[]): DerKind | undefined {
  const tags = elements.map(({ tag }) => tag);
  const [first, second, third] = tags;
  const { integer, sequence, octetString, bitString } = asn1Tag;
  // ContentInfo (RFC 2315 §7).
  if (first === asn1Tag.oid && second === 0xa0 && tags.length === 2) return 'PKCS7';
  if (first === integer && second === sequence && third === octetString) return 'PRIVATE KEY';
  if (first === integer && second === octetString) return 'EC PRIVATE KEY';
  // PFX (RFC 7292 §4): a version, a ContentInfo, and mostly a MAC.
  if (first === integer && second === sequence && (tags.length === 2 || third === sequence))
    return readSequence(elements[1], 'content')[0]?.tag === asn1Tag.oid ? 'PKCS12' : undefined;
  if (tags.every((tag) => tag === integer)) return tags.length === 2 ? 'RSA PUBLIC KEY' : rsaPrivate(tags);
  if (first !== sequence) return undefined;
  if (second === bitString && tags.length === 2) return 'PUBLIC KEY';
  if (second === octetString && tags.length === 2) return 'ENCRYPTED PRIVATE KEY';
  if (second !== sequence || third !== bitString || tags.length !== 3) return undefined;
  return signedLabel(readSequence(elements[0], 'signed part').map(({ tag }) => tag));
}

/** What is signed by an algorithm has one outer form: certificates, requests (RFC 2986 §4), revocation lists (RFC 5280 §5.1). */
function signedLabel(tags: readonly number[]): DerKind {
  const { integer, sequence } = asn1Tag;
  const [first, second, third, fourth] = tags;
  // Version, subject, public key and attributes, where a certificate has a serial number and at least five more.
  if (
    first === integer &&
    second === sequence &&
    third === sequence &&
    tags.length <= 4 &&
    (fourth ?? 0xa0) === 0xa0
  )
    return 'CERTIFICATE REQUEST';
  const issued = first === integer ? third : second;
  const time = first === integer ? fourth : third;
  return (first === integer || first === sequence) && issued === sequence && isTime(time)
    ? 'X509 CRL'
    : 'CERTIFICATE';
}

/** UTCTime or GeneralizedTime. */
function isTime(tag: number | undefined): boolean {
  return tag === 0x17 || tag === 0x18;
}

/** RFC 8017 A.1.2: version and eight integers; a DSA key has a version and five. */
function rsaPrivate(tags: readonly number[]): DerKind | undefined {
  return tags.length === 9 ? 'RSA PRIVATE KEY' : undefined;
}
