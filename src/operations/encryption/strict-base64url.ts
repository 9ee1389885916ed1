import { Buffer } from 'node:buffer';

/** base64url in its one spelling (RFC 7515 §2); the empty text is that of no octets. */
export function isBase64url(value: unknown): value is string {
  return typeof value === 'string' && decodeStrictly(value) !== undefined;
}

/** Undefined for anything but base64url in its one spelling. */
export function decodeStrictly(text: string): Buffer | undefined {
  const octets = Buffer.from(text, 'base64url');
  return octets.toString('base64url') === text ? octets : undefined;
}
