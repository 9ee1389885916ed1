// The part of the protobuf wire format that the messages of the external signer use: varints, and fields of octets.

import { Buffer } from 'node:buffer';

const varintType = 0;
const octetsType = 2;
const fixed64Type = 1;
const fixed32Type = 5;
const mostVarintOctets = 10;

export function varintField(field: number, value: number): Buffer {
  // proto3 leaves out what has its default.
  return value === 0 ? Buffer.alloc(0) : Buffer.concat([varint(field * 8 + varintType), varint(value)]);
}

export function octetsField(field: number, octets: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + octetsType), varint(octets.length), octets]);
}

export function textField(field: number, text: string): Buffer {
  return octetsField(field, Buffer.from(text));
}

/** @param value a whole number from 0 to 2^53 */
function varint(value: number): Buffer {
  const octets: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) octets.push((rest % 0x80) | 0x80);
  octets.push(rest);
  return Buffer.from(octets);
}

/**
 * The last value of a field of octets; other fields are skipped. Undefined for a message that is malformed.
 * @returns empty where it is absent
 */
export function readOctetsField(message: Buffer, field: number): Buffer | undefined {
  let found: Buffer = Buffer.alloc(0);
  let at = 0;
  while (at < message.length) {
    const tag = readVarint(message, at);
    if (tag === undefined) return undefined;
    at = tag.end;
    const type = tag.value % 8;
    let end: number;
    if (type === octetsType) {
      const length = readVarint(message, at);
      if (length === undefined) return undefined;
      at = length.end;
      end = at + length.value;
      if (Math.floor(tag.value / 8) === field) found = message.subarray(at, end);
    } else if (type === varintType) end = readVarint(message, at)?.end ?? Number.POSITIVE_INFINITY;
    else if (type === fixed64Type) end = at + 8;
    else if (type === fixed32Type) end = at + 4;
    else return undefined;
    if (end > message.length) return undefined;
    at = end;
  }
  return found;
}

function readVarint(
  message: Buffer,
  start: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let at = start; at < message.length && at < start + mostVarintOctets; at += 1) {
    const octet = message[at] ?? 0;
    value += (octet % 0x80) * 0x80 ** (at - start);
    if (octet < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}
