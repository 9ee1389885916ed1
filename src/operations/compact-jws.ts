// JWS compact serialisation (RFC 7515 §7.1).

import { Buffer } from 'node:buffer';
import { isJsonObject, type JsonObject, parseJson } from '../jose/json.ts';

export interface CompactJws {
  readonly header: JsonObject;
  readonly alg: string;
  readonly kid: string | undefined;
  readonly payload: Buffer;
  readonly signature: Buffer;
  /** What the signature is of. */
  readonly signingInput: string;
}

/**
 * Undefined for every text that is not one, and for one that asks for an extension: none is implemented, and one that is
 * critical must be rejected (RFC 7515 §4.1.11). That includes `b64` (RFC 7797).
 */
export function parseCompactJws(text: string): CompactJws | undefined {
  const headerEnd = text.indexOf('.');
  const payloadEnd = text.indexOf('.', headerEnd + 1);
  if (headerEnd < 0 || payloadEnd < 0) return undefined;
  const headerOctets = decodeStrictly(text.slice(0, headerEnd));
  const payload = decodeStrictly(text.slice(headerEnd + 1, payloadEnd));
  const signature = decodeStrictly(text.slice(payloadEnd + 1));
  if (headerOctets === undefined || payload === undefined || signature === undefined) return undefined;
  const header = readObject(utf8Of(headerOctets));
  if (header === undefined) return undefined;
  const { alg, kid, crit, b64 = true } = header;
  if (typeof alg !== 'string' || alg === '' || crit !== undefined || b64 !== true) return undefined;
  if (kid !== undefined && typeof kid !== 'string') return undefined;
  return { header, alg, kid, payload, signature, signingInput: text.slice(0, payloadEnd) };
}

/** The part of a header or payload that is in a JWS. */
export function encodePart(part: string | Buffer): string {
  return Buffer.from(part as string).toString('base64url');
}

/** base64url in its one spelling: a second spelling of a token would not be the token that was revoked or remembered. */
function decodeStrictly(text: string): Buffer | undefined {
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
