// A writer of DER (X.690 §10), for certificates and keystores that keyplane makes. Each function returns one whole element.

import { Buffer } from 'node:buffer';
import { asn1Tag } from './element.ts';

function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOctets(content.length), content]);
}

/** The shortest form (X.690 §10.1). */
function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const octets: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256);
  return Buffer.from([0x80 | octets.length, ...octets]);
}

export function derSequence(...members: readonly Uint8Array[]): Buffer {
  return element(asn1Tag.sequence, ...members);
}

/** In the order of the encodings, as DER orders a SET OF (X.690 §11.6). */
export function derSet(...members: readonly Uint8Array[]): Buffer {
  return element(asn1Tag.set, ...members.map((member) => Buffer.from(member)).sort(Buffer.compare));
}

/** A magnitude, of which the empty one is 0. */
export function derUnsigned(magnitude: Uint8Array | number): Buffer {
  const octets =
    typeof magnitude === 'number' ? Buffer.from(evenHex(magnitude), 'hex') : Buffer.from(magnitude);
  const first = octets.findIndex((octet) => octet !== 0);
  if (first === -1) return element(asn1Tag.integer, Buffer.alloc(1));
  const shortest = octets.subarray(first);
  return element(asn1Tag.integer, Buffer.alloc((shortest[0] ?? 0) >> 7), shortest);
}

function evenHex(value: number): string {
  const hex = value.toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

export function derOid(dotted: string): Buffer {
  const [root = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  return element(asn1Tag.oid, Buffer.from([root * 40 + second, ...arcs].flatMap(base128)));
}

function base128(arc: number): number[] {
  const octets = [arc % 128];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
    octets.unshift(0x80 | (left % 128));
  return octets;
}

export function derOctets(content: Uint8Array): Buffer {
  return element(asn1Tag.octetString, content);
}

/** Whole octets. */
export function derBits(content: Uint8Array): Buffer {
  return element(asn1Tag.bitString, Buffer.alloc(1), content);
}

export function derNull(): Buffer {
  return element(asn1Tag.null);
}

export function derTrue(): Buffer {
  return element(asn1Tag.boolean, Buffer.from([0xff]));
}

export function derUtf8(text: string): Buffer {
  return element(0x0c, Buffer.from(text, 'utf8'));
}

/** UTF-16: a character beyond the first plane becomes two units, as Java and OpenSSL write it. */
export function derBmp(text: string): Buffer {
  return element(0x1e, Buffer.from(text, 'utf16le').swap16());
}

/** `YYMMDDhhmmssZ`, of the years 1950 to 2049. */
export function derUtcTime(text: string): Buffer {
  return element(0x17, Buffer.from(text, 'latin1'));
}

/** `YYYYMMDDhhmmssZ` */
export function derGeneralizedTime(text: string): Buffer {
  return element(0x18, Buffer.from(text, 'latin1'));
}

/** EXPLICIT [number]. */
export function derExplicit(number: number, inner: Uint8Array): Buffer {
  return element(0xa0 | number, inner);
}

/** IMPLICIT [number] in place of the tag of a primitive. */
export function derImplicit(number: number, content: Uint8Array): Buffer {
  return element(0x80 | number, content);
}
