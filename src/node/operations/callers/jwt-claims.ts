// What a JWT that a caller presents says, before its signature is known to be right.

import type { JsonObject, JsonValue } from '../../../jose/json.ts';
import { readObject, utf8Of } from '../../../operations/compact-jws.ts';
import { type JwsSignature, readJws } from '../../../operations/read-jws.ts';

export interface PresentedJwt {
  readonly signature: JwsSignature;
  readonly claims: JsonObject;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly notBefore: number | undefined;
  readonly jti: string | undefined;
}

/** Undefined for what is no JWT with issuer, subject, audience and end (RFC 7519 §4.1). */
export function readPresentedJwt(text: string): PresentedJwt | undefined {
  const jws = readJws(text, undefined);
  const [signature] = jws?.signatures ?? [];
  // A JWT has no extension: `b64` is not for it (RFC 7797 §7), and no other is known here.
  if (jws === undefined || signature === undefined || signature.header.crit !== undefined) return undefined;
  const claims = readObject(utf8Of(jws.payload));
  if (claims === undefined) return undefined;
  const { iss, sub, aud, exp, nbf, jti } = claims;
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (!isText(iss) || !isText(sub) || !audiences.every(isText)) return undefined;
  const expires = millisecondsOf(exp);
  const notBefore = millisecondsOf(nbf);
  if (expires === undefined || (nbf !== undefined && notBefore === undefined)) return undefined;
  if (jti !== undefined && !isText(jti)) return undefined;
  return { signature, claims, issuer: iss, subject: sub, audiences, expires, notBefore, jti };
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

function millisecondsOf(value: JsonValue | undefined): number | undefined {
  const milliseconds = typeof value === 'number' ? value * 1_000 : Number.NaN;
  return Number.isFinite(milliseconds) ? milliseconds : undefined;
}
