// A lenient reader of BER (X.690), for files of other programs; DER is the part of it that most of them keep to. It
// parses only the elements that the caller requests and copies nothing, so the caller's lookups bound its cost, not the
// nesting of the file. Refused: nesting beyond 64, tag numbers beyond 30, lengths beyond the input, more children than
// the caller allows.

import { Buffer } from 'node:buffer';
import { type Asn1Element, Asn1Error, asn1Tag, oidText, readHeader, stringText } from './element.ts';

const maxDepth = 64;
/** Writers cut OCTET STRINGs at 1,000 bytes and more: 10 MiB have at most some ten thousand pieces. */
const maxPieces = 65_536;
const maxScan = 2 * maxPieces;
const constructedBit = 0x20;
const endOfContents = 0;
const bmpString = 0x1e;

/**
 * Where the element at `offset` ends, its content found without keeping anything.
 * @param scan how many elements may be stepped over: of indefinite length, one is looked for the end of at every level
 */
function endOf(
  bytes: Buffer,
  offset: number,
  scan: { depth: number; left: number },
): { start: number; stop: number; next: number } {
  if (scan.depth > maxDepth) throw new Asn1Error('it is nested too deep');
  const { tag, length, start } = readHeader(bytes, offset);
  if (length !== undefined) {
    if (length > bytes.length - start) throw new Asn1Error('it ends too early');
    return { start, stop: start + length, next: start + length };
  }
  if ((tag & constructedBit) === 0) throw new Asn1Error('a primitive has an indefinite length');
  let at = start;
  scan.depth += 1;
  while (bytes[at] !== endOfContents) {
    scan.left -= 1;
    if (scan.left < 0) throw tooManyMembers();
    at = endOf(bytes, at, scan).next;
  }
  scan.depth -= 1;
  if (bytes[at + 1] !== 0) throw new Asn1Error('an end-of-contents has a length');
  return { start, stop: at, next: at + 2 };
}

/** Bytes behind the element are passed over. @throws Asn1Error */
export function readElement(bytes: Buffer, offset = 0): Asn1Element {
  const { start, stop, next } = endOf(bytes, offset, { depth: 0, left: maxScan });
  return {
    tag: bytes[offset] ?? 0,
    content: bytes.subarray(start, stop),
    encoded: bytes.subarray(offset, next),
  };
}

function tooManyMembers(): Error {
  return new Asn1Error('it has too many members');
}

/** @param limit how many the grammar allows here @param overLimit what to say to more */
export function childrenOf(
  element: Asn1Element,
  limit = 64,
  overLimit: () => Error = tooManyMembers,
): Asn1Element[] {
  if (!isConstructed(element)) throw new Asn1Error('a primitive stands where members belong');
  const children: Asn1Element[] = [];
  for (let offset = 0; offset < element.content.length; ) {
    if (children.length === limit) throw overLimit();
    const child = readElement(element.content, offset);
    children.push(child);
    offset += child.encoded.length;
  }
  return children;
}

/** The members of a SEQUENCE. */
export function sequence(
  element: Asn1Element | undefined,
  limit?: number,
  overLimit?: () => Error,
): Asn1Element[] {
  return childrenOf(expectTag(element, asn1Tag.sequence), limit, overLimit);
}

export function set(element: Asn1Element | undefined, limit?: number): Asn1Element[] {
  return childrenOf(expectTag(element, asn1Tag.set), limit);
}

export function isConstructed({ tag }: Asn1Element): boolean {
  return (tag & constructedBit) !== 0;
}

/** BER leaves it to the writer whether a string is constructed. */
function hasTag({ tag }: Asn1Element, expected: number): boolean {
  return (tag & ~constructedBit) === (expected & ~constructedBit);
}

function expectTag(element: Asn1Element | undefined, tag: number): Asn1Element {
  if (element === undefined || !hasTag(element, tag)) {
    throw new Asn1Error(`tag ${tag} is expected, found is ${element?.tag ?? 'nothing'}`);
  }
  return element;
}

export function isContext(element: Asn1Element | undefined, number: number): element is Asn1Element {
  return element !== undefined && hasTag(element, 0x80 | number);
}

/** What an EXPLICIT [number] holds. */
export function explicit(element: Asn1Element | undefined, number: number): Asn1Element {
  if (!isContext(element, number)) throw new Asn1Error(`[${number}] is expected`);
  const [inner] = childrenOf(element, 1);
  if (inner === undefined) throw new Asn1Error(`[${number}] is empty`);
  return inner;
}

/** The bytes of an OCTET STRING, in one piece also where BER cut it up (X.690, 8.7.3). */
export function octets(element: Asn1Element | undefined): Buffer {
  return joinOctets(expectTag(element, asn1Tag.octetString));
}

/** The same for an IMPLICIT tag in the place of the OCTET STRING's own. */
export function joinOctets(element: Asn1Element, depth = 0): Buffer {
  if (!isConstructed(element)) return element.content;
  if (depth > maxDepth) throw new Asn1Error('it is nested too deep');
  const pieces = childrenOf(element, maxPieces);
  return Buffer.concat(pieces.map((piece) => joinOctets(expectTag(piece, asn1Tag.octetString), depth + 1)));
}

/** A number from 0 to 2^48 - 1: versions and counts. */
export function integer(element: Asn1Element | undefined): number {
  const { content } = expectTag(element, asn1Tag.integer);
  if (content.length === 0 || content.length > 64 || (content[0] ?? 0x80) >= 0x80)
    throw new Asn1Error('an integer is damaged');
  // A larger value exceeds every limit, so its exact value is not needed.
  const significant = content.subarray(content.findIndex((byte) => byte !== 0));
  return significant.length > 6 ? Number.MAX_SAFE_INTEGER : content.readUIntBE(...lowSix(content));
}

function lowSix(content: Buffer): [offset: number, length: number] {
  const length = Math.min(6, content.length);
  return [content.length - length, length];
}

/** In its dotted form. */
export function objectIdentifier(element: Asn1Element | undefined): string {
  return oidText(expectTag(element, asn1Tag.oid).content, 'object identifier');
}

/** The text of any of ASN.1's string types, undefined for what is none. Half a character at the end is left out. */
export function text({ tag, content }: Asn1Element): string | undefined {
  const whole = tag === bmpString ? content.subarray(0, content.length & ~1) : content;
  return stringText({ tag, content: whole });
}
