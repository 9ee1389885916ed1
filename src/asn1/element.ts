// What DER and BER have in common (X.690): an element is an identifier octet, a length and a content. Everything here works
// on any Uint8Array, so that the console can use it as well, and keeps the kind it was given.

import type { Buffer } from 'node:buffer';

export interface Asn1Element<Bytes extends Uint8Array = Buffer> {
  /** The identifier octet, class and form included. */
  readonly tag: number;
  readonly content: Bytes;
  /** Identifier, length and content, and the end of an indefinite length. */
  readonly encoded: Bytes;
}

export const asn1Tag = Object.freeze({
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
});

/** Never leaves the manager: the reader of a document turns it into a bad request that names the document. */
export class Asn1Error extends Error {
  override readonly name: string = 'Asn1Error';
}

export interface Asn1Header {
  readonly tag: number;
  /** Undefined: indefinite, up to an end-of-contents (X.690 §8.1.3.6). */
  readonly length: number | undefined;
  /** How many octets the length has behind its first one. */
  readonly lengthOctets: number;
  /** Where the content begins. */
  readonly start: number;
}

/** Six octets hold every length that a number holds exactly. */
const mostLengthOctets = 6;

/** @throws Asn1Error */
export function readHeader(data: Uint8Array, offset: number): Asn1Header {
  const tag = data[offset];
  const first = data[offset + 1];
  if (tag === undefined || first === undefined) throw new Asn1Error('it ends too early');
  if ((tag & 0x1f) === 0x1f) throw new Asn1Error('it uses a tag of more than one octet');
  const start = offset + 2;
  if (first < 0x80) return { tag, length: first, lengthOctets: 0, start };
  const lengthOctets = first & 0x7f;
  if (lengthOctets === 0) return { tag, length: undefined, lengthOctets, start };
  if (lengthOctets > mostLengthOctets) throw new Asn1Error('a length is absurd');
  if (start + lengthOctets > data.length) throw new Asn1Error('it ends too early');
  let length = 0;
  for (const octet of data.subarray(start, start + lengthOctets)) length = length * 256 + octet;
  return { tag, length, lengthOctets, start: start + lengthOctets };
}

/** Where the content of the innermost of nested elements begins; undefined where the data opens otherwise. */
export function nestedContent(data: Uint8Array, tags: readonly number[]): number | undefined {
  let offset = 0;
  for (const tag of tags) {
    if (data[offset] !== tag || offset + 2 > data.length) return undefined;
    const first = data[offset + 1] ?? 0;
    offset += first > 0x80 ? 2 + (first & 0x7f) : 2;
  }
  return offset;
}

/** An OBJECT IDENTIFIER in dotted form. @throws Asn1Error */
export function oidText(content: Uint8Array, what: string): string {
  if (content.length === 0 || content.length > 64 || (content.at(-1) ?? 0) >= 0x80)
    throw new Asn1Error(`its ${what} is damaged`);
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

/** The text of any of ASN.1's string types; undefined for what is none. */
export function stringText({ tag, content }: Pick<Asn1Element, 'tag' | 'content'>): string | undefined {
  switch (tag) {
    case 0x0c: // UTF8String
      return content.toString('utf8');
    case 0x12: // NumericString
    case 0x13: // PrintableString
    case 0x14: // TeletexString, Latin-1 in practice
    case 0x16: // IA5String
      return content.toString('latin1');
    case 0x1e: // BMPString
      return content.length % 2 === 0 ? utf16BigEndian(content) : undefined;
    default:
      return undefined;
  }
}

function utf16BigEndian(content: Buffer): string {
  const copy = content.subarray() as Buffer;
  return (copy.map((_octet, index) => content[index ^ 1] ?? 0) as Buffer).toString('utf16le');
}
