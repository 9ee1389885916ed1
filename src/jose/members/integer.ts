// Base64urlUInt (RFC 7518 §2) to bigint and back.

import { Buffer } from 'node:buffer';
import { badRequest } from '../../errors.ts';
import { decodeBase64url } from './base64url.ts';

export function integerFromOctets(octets: Uint8Array): bigint {
  return octets.length === 0 ? 0n : BigInt(`0x${Buffer.from(octets).toString('hex')}`);
}

/** Unsigned big-endian, padded on the left to `length` octets when that is given. */
export function octetsFromInteger(value: bigint, length = 0): Buffer {
  const hex = value.toString(16);
  const digits = Math.max(length * 2, hex.length + (hex.length % 2));
  return Buffer.from(hex.padStart(digits, '0'), 'hex');
}

export function encodeInteger(value: bigint): string {
  return octetsFromInteger(value).toString('base64url');
}

export function bitLength(value: bigint): number {
  const hex = value.toString(16);
  const top = hex.charCodeAt(0) <= 0x39 ? hex.charCodeAt(0) - 0x30 : hex.charCodeAt(0) - 0x57;
  return value === 0n ? 0 : (hex.length - 1) * 4 + (32 - Math.clz32(top));
}

/**
 * Checks one Base64urlUInt member that is base64url already. RFC 7518 §2 requires the fewest octets: a zero octet in
 * front would give the same key a second thumbprint, and would make a short modulus look long.
 */
export function checkIntegerText(text: string, member: string): void {
  if (text.length > 2 && decodeBase64url(text)[0] === 0) {
    throw badRequest(
      `${member} begins with a zero octet; an integer is written in the fewest octets (RFC 7518 §2)`,
      { reason: 'KEY_MALFORMED' },
    );
  }
}

/** For text that checkIntegerText has passed. */
export function decodeInteger(text: string): bigint {
  return integerFromOctets(decodeBase64url(text));
}
