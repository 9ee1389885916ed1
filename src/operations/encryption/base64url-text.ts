import { decodeStrictly } from '../compact-jws.ts';

/** base64url in its one spelling; the empty text is that of no octets. */
export function isBase64url(value: unknown): value is string {
  return typeof value === 'string' && decodeStrictly(value) !== undefined;
}
