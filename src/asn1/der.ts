// A strict reader of DER (X.690 §10) for keys and certificates: one tag octet, definite minimal lengths, nothing left over.
// Refuses BER's other spellings, lengths beyond the data, and structures of absurd width.

import type { Buffer } from 'node:buffer';
import { type Asn1Element, Asn1Error, asn1Tag, oidText, readHeader } from './element.ts';

const mostElements = 2000;
const mostLengthOctets = 4;

function readAt<Bytes extends Uint8Array>(data: Bytes, offset: number): Asn1Element<Bytes> {
  const { tag, length, lengthOctets, start } = readHeader(data, offset);
  if (length === undefined) throw new Asn1Error('it uses an indefinite length, which is BER and not DER');
  if (lengthOctets > mostLengthOctets) throw new Asn1Error('a length is absurd');
  if (lengthOctets > 0 && (length < 0x80 || length < 2 ** (8 * (lengthOctets - 1))))
    throw new Asn1Error('a length is not in its shortest form');
  const end = start + length;
  if (end > data.length) throw new Asn1Error('it ends too early');
  return { tag, content: part(data, start, end), encoded: part(data, offset, end) };
}

/** The same memory, of the kind that it is a part of. */
function part<Bytes extends Uint8Array>(data: Bytes, start: number, end: number): Bytes {
  return data.subarray(start, end) as Bytes;
}

/** @throws Asn1Error unless the data is exactly one element */
export function readDer<Bytes extends Uint8Array>(data: Bytes): Asn1Element<Bytes> {
  const element = readAt(data, 0);
  if (element.encoded.length !== data.length) throw new Asn1Error('there are bytes behind its end');
  return element;
}

/** The elements inside a constructed one. */
export function readMany<Bytes extends Uint8Array>(content: Bytes): Asn1Element<Bytes>[] {
  const elements: Asn1Element<Bytes>[] = [];
  for (let at = 0; at < content.length; ) {
    const element = readAt(content, at);
    elements.push(element);
    if (elements.length > mostElements) throw new Asn1Error('it has too many elements');
    at += element.encoded.length;
  }
  return elements;
}

/** @throws Asn1Error unless the element is there and has the tag */
export function expectTag<Bytes extends Uint8Array>(
  element: Asn1Element<Bytes> | undefined,
  tag: number,
  what: string,
): Asn1Element<Bytes> {
  if (element?.tag !== tag) throw new Asn1Error(`its ${what} is missing or of another type`);
  return element;
}

export function readSequence<Bytes extends Uint8Array>(
  element: Asn1Element<Bytes> | undefined,
  what: string,
): Asn1Element<Bytes>[] {
  return readMany(expectTag(element, asn1Tag.sequence, what).content);
}

/** Magnitude of a non-negative INTEGER, without the zero octet in front. */
export function readUnsigned(element: Asn1Element | undefined, what: string): Buffer {
  const { content } = expectTag(element, asn1Tag.integer, what);
  const [first = 0x80, second = 0] = content;
  if (first >= 0x80) throw new Asn1Error(`its ${what} is negative or empty`);
  if (first === 0 && content.length > 1 && second < 0x80)
    throw new Asn1Error(`its ${what} is not in its shortest form`);
  return first === 0 && content.length > 1 ? content.subarray(1) : content;
}

/** Whole octets of a BIT STRING. */
export function readBits(element: Asn1Element | undefined, what: string): Buffer {
  const { content } = expectTag(element, asn1Tag.bitString, what);
  if (content[0] !== 0) throw new Asn1Error(`its ${what} is not made of whole octets`);
  return content.subarray(1);
}

/** An OBJECT IDENTIFIER in dotted form. */
export function readOid(element: Asn1Element | undefined, what: string): string {
  return oidText(expectTag(element, asn1Tag.oid, what).content, what);
}

export function expectOctets(element: Asn1Element | undefined, what: string): Asn1Element {
  return expectTag(element, asn1Tag.octetString, what);
}
