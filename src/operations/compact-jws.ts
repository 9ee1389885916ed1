// The parts of which a JWS consists (RFC 7515 §3).

import { Buffer } from 'node:buffer';
import { isJsonObject, type JsonObject, parseJson } from '../jose/json.ts';

/** The part of a header or payload that is in a JWS. */
export function encodePart(part: string | Buffer): string {
  return Buffer.from(part as string).toString('base64url');
}

/** base64url in its one spelling: a second spelling of a token would not be the token that was revoked or remembered. */
export function decodeStrictly(text: string): Buffer | undefined {
  const octets = Buffer.from(text, 'base64url');
  return octets.toString('base64url') === text ? octets : undefined;
}

/** Undefined for octets that are not UTF-8. */
export function utf8Of(octets: Buffer): string | undefined {
  try {
    return strictUtf8.decode(octets);
  } catch {
    return undefined;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined for any text but a JSON object without doubled members, of bounded depth and size. */
export function readObject(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const value = parseJson(text, 'It');
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
