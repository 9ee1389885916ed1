// What a piece of DER is, told by its outermost structure alone: the kinds of key files and certificates.

import type { Buffer } from 'node:buffer';
import { type DerElement, DerError, derTag, readDer, readSequence } from './der.ts';

export type DerKind =
  | 'CERTIFICATE'
  | 'PUBLIC KEY'
  | 'RSA PUBLIC KEY'
  | 'PRIVATE KEY'
  | 'RSA PRIVATE KEY'
  | 'EC PRIVATE KEY'
  | 'ENCRYPTED PRIVATE KEY';

export interface SniffedDer {
  /** The PEM label of RFC 7468 or of OpenSSL. */
  readonly label: DerKind;
  readonly isPrivate: boolean;
}

/** undefined when it is none of them or not DER at all. */
export function sniffDer(der: Buffer): SniffedDer | undefined {
  try {
    const label = labelOf(readSequence(readDer(der), 'content'));
    return label === undefined ? undefined : { label, isPrivate: label.endsWith('PRIVATE KEY') };
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function labelOf(elements: readonly DerElement[]): DerKind | undefined {
  const tags = elements.map(({ tag }) => tag);
  const [first, second, third] = tags;
  const { integer, sequence, octetString, bitString } = derTag;
  if (first === integer && second === sequence && third === octetString) return 'PRIVATE KEY';
  if (first === integer && second === octetString) return 'EC PRIVATE KEY';
  if (tags.every((tag) => tag === integer)) return tags.length === 2 ? 'RSA PUBLIC KEY' : rsaPrivate(tags);
  if (first !== sequence) return undefined;
  if (second === bitString && tags.length === 2) return 'PUBLIC KEY';
  if (second === octetString && tags.length === 2) return 'ENCRYPTED PRIVATE KEY';
  return second === sequence && third === bitString && tags.length === 3 ? 'CERTIFICATE' : undefined;
}

/** RFC 8017 A.1.2: version and eight integers; a DSA key has a version and five. */
function rsaPrivate(tags: readonly number[]): DerKind | undefined {
  return tags.length === 9 ? 'RSA PRIVATE KEY' : undefined;
}
