// What a JWT that a caller presents says, before its signature is known to be right.

import { isJsonObject, type JsonObject, type JsonValue } from '../../../jose/json.ts';
import { type CompactJws, parseCompactJws, readObject, utf8Of } from '../../../operations/compact-jws.ts';

export interface PresentedJwt {
  readonly jws: CompactJws;
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
  const jws = parseCompactJws(text);
  const claims = jws && readObject(utf8Of(jws.payload));
  if (jws === undefined || claims === undefined) return undefined;
  const { iss, sub, aud, exp, nbf, jti } = claims;
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (!isText(iss) || !isText(sub) || !audiences.every(isText)) return undefined;
  const expires = millisecondsOf(exp);
  const notBefore = millisecondsOf(nbf);
  if (expires === undefined || (nbf !== undefined && notBefore === undefined)) return undefined;
  if (jti !== undefined && !isText(jti)) return undefined;
  return { jws, claims, issuer: iss, subject: sub, audiences, expires, notBefore, jti };
}

/** Whether two JSON values are the same, whatever the order of members. */
export function isSameJson(one: unknown, other: JsonValue | undefined): boolean {
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((value, index) => isSameJson(value, other[index]))
    );
  }
  if (typeof one === 'object' && one !== null) {
    if (!isJsonObject(other)) return false;
    const names = Object.keys(one);
    return (
      names.length === Object.keys(other).length &&
      names.every((name) => Object.hasOwn(other, name) && isSameJson(Reflect.get(one, name), other[name]))
    );
  }
  return one === other;
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

function millisecondsOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value * 1_000 : undefined;
}
