// A reader of DER (X.690 §10) for keys and certificates: one tag octet, definite minimal lengths, nothing left over.
// Refuses BER's other spellings, lengths beyond the data, and structures of absurd width.

import type { Buffer } from 'node:buffer';

export interface DerElement {
  /** The identifier octet, class and form included. */
  readonly tag: number;
  readonly content: Buffer;
  /** Identifier, length and content. */
  readonly encoded: Buffer;
}

export const derTag = Object.freeze({
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
});

const mostElements = 2000;

/** Never leaves the room: whoever reads a document turns it into a bad request that names the document. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** The structure is sound, but it holds a key of an algorithm or curve that no JOSE key has. */
export class UnsupportedKeyError extends DerError {
  /** It is a key on a curve that OpenSSL knows by name. */
  readonly isOnKnownCurve: boolean;

  constructor(message: string, { isOnKnownCurve = false } = {}) {
    super(message);
    this.isOnKnownCurve = isOnKnownCurve;
  }
}

/** An algorithm or curve that no key type reads. */
export class UnknownOidError extends DerError {
  readonly oid: string;

  constructor(oid: string) {
    super(`it is of the algorithm or curve ${oid}`);
    this.oid = oid;
  }
}

function readAt(data: Buffer, start: number): DerElement {
  const tag = data[start];
  const first = data[start + 1];
  if (tag === undefined || first === undefined) throw new DerError('it ends too early');
  if ((tag & 0x1f) === 0x1f) throw new DerError('it uses a tag of more than one octet');
  let length = first;
  let header = 2;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    if (octets === 0) throw new DerError('it uses an indefinite length, which is BER and not DER');
    if (octets > 4) throw new DerError('a length is absurd');
    if (start + 2 + octets > data.length) throw new DerError('it ends too early');
    length = data.readUIntBE(start + 2, octets);
    header += octets;
    if (length < 0x80 || length < 2 ** (8 * (octets - 1)))
      throw new DerError('a length is not in its shortest form');
  }
  const end = start + header + length;
  if (end > data.length) throw new DerError('it ends too early');
  return { tag, content: data.subarray(start + header, end), encoded: data.subarray(start, end) };
}

/** @throws DerError unless the data is exactly one element */
export function readDer(data: Buffer): DerElement {
  const element = readAt(data, 0);
  if (element.encoded.length !== data.length) throw new DerError('there are bytes behind its end');
  return element;
}

/** The elements inside a constructed one. */
export function readMany(content: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < content.length; ) {
    const element = readAt(content, at);
    elements.push(element);
    if (elements.length > mostElements) throw new DerError('it has too many elements');
    at += element.encoded.length;
  }
  return elements;
}

/** @throws DerError unless the element is there and has the tag */
export function expectTag(element: DerElement | undefined, tag: number, what: string): DerElement {
  if (element?.tag !== tag) throw new DerError(`its ${what} is missing or of another type`);
  return element;
}

export function readSequence(element: DerElement | undefined, what: string): DerElement[] {
  return readMany(expectTag(element, derTag.sequence, what).content);
}

/** Magnitude of a non-negative INTEGER, without the zero octet in front. */
export function readUnsigned(element: DerElement | undefined, what: string): Buffer {
  const { content } = expectTag(element, derTag.integer, what);
  const [first = 0x80, second = 0] = content;
  if (first >= 0x80) throw new DerError(`its ${what} is negative or empty`);
  if (first === 0 && content.length > 1 && second < 0x80)
    throw new DerError(`its ${what} is not in its shortest form`);
  return first === 0 && content.length > 1 ? content.subarray(1) : content;
}

/** Whole octets of a BIT STRING. */
export function readBits(element: DerElement | undefined, what: string): Buffer {
  const { content } = expectTag(element, derTag.bitString, what);
  if (content[0] !== 0) throw new DerError(`its ${what} is not made of whole octets`);
  return content.subarray(1);
}

/** An OBJECT IDENTIFIER in dotted form. */
export function readOid(element: DerElement | undefined, what: string): string {
  const { content } = expectTag(element, derTag.oid, what);
  if (content.length === 0 || content.length > 64 || (content.at(-1) ?? 0) >= 0x80)
    throw new DerError(`its ${what} is damaged`);
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const octet of content) {
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if (octet >= 0x80) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [first = 0n, ...rest] = arcs;
  const root = first < 80n ? first / 40n : 2n;
  return [root, first - root * 40n, ...rest].join('.');
}

export function expectOctets(element: DerElement | undefined, what: string): DerElement {
  return expectTag(element, derTag.octetString, what);
}
