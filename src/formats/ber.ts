// A reader of BER (X.690), DER being the part of it that most files keep to. It walks only where it is asked to
// and copies nothing, so what it costs is bounded by what the caller looks for, not by what a file nests.
// Refused: nesting beyond 64, tag numbers beyond 30, lengths beyond the input, more children than the caller allows.

import { damagedKeystore } from './keystore-format.ts';

export const berTag = Object.freeze({
  integer: 0x02,
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
  set: 0x31,
});

export interface BerElement {
  /** Class and number without the bit for constructed (0x20), which is `constructed`. */
  readonly identifier: number;
  readonly constructed: boolean;
  readonly content: Buffer;
  /** Header, content and, of indefinite length, the end of it. */
  readonly encoded: Buffer;
}

const maxDepth = 64;
/** Writers cut OCTET STRINGs at 1,000 bytes and more: 10 MiB have at most some ten thousand pieces. */
const maxPieces = 65_536;
const maxScan = 2 * maxPieces;
const constructedBit = 0x20;
const endOfContents = 0;

function malformed(what: string): Error {
  return damagedKeystore(`BER: ${what}`);
}

interface Header {
  readonly first: number;
  /** Undefined: indefinite, up to an end-of-contents (X.690, 8.1.3.6). */
  readonly length: number | undefined;
  readonly start: number;
}

function readHeader(bytes: Buffer, offset: number): Header {
  const first = bytes[offset];
  const short = bytes[offset + 1];
  if (first === undefined || short === undefined) throw malformed('ends inside a header');
  if ((first & 0x1f) === 0x1f) throw malformed('tag number above 30');
  if (short < 0x80) return { first, length: short, start: offset + 2 };
  const count = short & 0x7f;
  if (count === 0) {
    if ((first & constructedBit) === 0) throw malformed('indefinite length of a primitive');
    return { first, length: undefined, start: offset + 2 };
  }
  // Six bytes hold every length that a number holds exactly; leading zeros are BER's right.
  if (count > 6 || offset + 2 + count > bytes.length) throw malformed('length of a length');
  return { first, length: bytes.readUIntBE(offset + 2, count), start: offset + 2 + count };
}

/**
 * Where the element at `offset` ends, its content found without keeping anything.
 * @param scan how many elements may be stepped over: of indefinite length, one is looked for the end of at every level
 */
function endOf(
  bytes: Buffer,
  offset: number,
  scan: { depth: number; left: number },
): { start: number; stop: number; next: number } {
  if (scan.depth > maxDepth) throw malformed('nested too deep');
  const { length, start } = readHeader(bytes, offset);
  if (length !== undefined) {
    if (length > bytes.length - start) throw malformed('length beyond the input');
    return { start, stop: start + length, next: start + length };
  }
  let at = start;
  scan.depth += 1;
  while (bytes[at] !== endOfContents) {
    scan.left -= 1;
    if (scan.left < 0) throw malformed('too many members');
    at = endOf(bytes, at, scan).next;
  }
  scan.depth -= 1;
  if (bytes[at + 1] !== 0) throw malformed('end-of-contents with a length');
  return { start, stop: at, next: at + 2 };
}

/** @throws {KeyplaneError} the one message for damaged files, as everything here does */
export function readElement(bytes: Buffer, offset = 0): BerElement {
  const { start, stop, next } = endOf(bytes, offset, { depth: 0, left: maxScan });
  const first = bytes[offset] ?? 0;
  return {
    identifier: first & ~constructedBit,
    constructed: (first & constructedBit) !== 0,
    content: bytes.subarray(start, stop),
    encoded: bytes.subarray(offset, next),
  };
}

/** @param limit how many the grammar allows here @param overLimit what to say to more */
export function childrenOf(
  element: BerElement,
  limit = 64,
  overLimit: () => Error = () => malformed('too many members'),
): BerElement[] {
  if (!element.constructed) throw malformed('a primitive where members belong');
  const children: BerElement[] = [];
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
  element: BerElement | undefined,
  limit?: number,
  overLimit?: () => Error,
): BerElement[] {
  return childrenOf(expectTag(element, berTag.sequence), limit, overLimit);
}

export function set(element: BerElement | undefined, limit?: number): BerElement[] {
  return childrenOf(expectTag(element, berTag.set), limit);
}

function expectTag(element: BerElement | undefined, tag: number): BerElement {
  if (element === undefined || element.identifier !== (tag & ~constructedBit)) {
    throw malformed(`expected tag ${tag}, found ${element?.identifier ?? 'nothing'}`);
  }
  return element;
}

export function isContext(element: BerElement | undefined, number: number): element is BerElement {
  return element !== undefined && element.identifier === (0x80 | number);
}

/** What an EXPLICIT [number] holds. */
export function explicit(element: BerElement | undefined, number: number): BerElement {
  if (!isContext(element, number)) throw malformed(`expected [${number}]`);
  const [inner] = childrenOf(element, 1);
  if (inner === undefined) throw malformed(`empty [${number}]`);
  return inner;
}

/** The bytes of an OCTET STRING, in one piece also where BER cut it up (X.690, 8.7.3). */
export function octets(element: BerElement | undefined): Buffer {
  return joinOctets(expectTag(element, berTag.octetString));
}

/** The same for an IMPLICIT tag in the place of the OCTET STRING's own. */
export function joinOctets(element: BerElement, depth = 0): Buffer {
  if (!element.constructed) return element.content;
  if (depth > maxDepth) throw malformed('nested too deep');
  const pieces = childrenOf(element, maxPieces);
  return Buffer.concat(pieces.map((piece) => joinOctets(expectTag(piece, berTag.octetString), depth + 1)));
}

/** A number from 0 to 2^48 - 1: versions and counts. */
export function integer(element: BerElement | undefined): number {
  const { content } = expectTag(element, berTag.integer);
  if (content.length === 0 || content.length > 64 || (content[0] ?? 0x80) >= 0x80) throw malformed('integer');
  // Whatever is larger is over every limit: it needs no exact value.
  const significant = content.subarray(content.findIndex((byte) => byte !== 0));
  return significant.length > 6 ? Number.MAX_SAFE_INTEGER : content.readUIntBE(...lowSix(content));
}

function lowSix(content: Buffer): [offset: number, length: number] {
  const length = Math.min(6, content.length);
  return [content.length - length, length];
}

/** In its dotted form. */
export function objectIdentifier(element: BerElement | undefined): string {
  const { content } = expectTag(element, berTag.objectIdentifier);
  if (content.length === 0 || content.length > 64) throw malformed('object identifier');
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [first = 0, ...rest] = arcs;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}

/** The text of any of ASN.1's string types, undefined for what is none. */
export function text(element: BerElement): string | undefined {
  const { content, identifier } = element;
  if (element.constructed) return undefined;
  if (identifier === 0x0c) return content.toString('utf8');
  if (identifier === 0x1e) return utf16BigEndian(content);
  // PrintableString, T61String, IA5String: one byte a character.
  return [0x13, 0x14, 0x16].includes(identifier) ? content.toString('latin1') : undefined;
}

function utf16BigEndian(content: Buffer): string {
  const even = Buffer.from(content.subarray(0, content.length & ~1));
  return even.swap16().toString('utf16le');
}
