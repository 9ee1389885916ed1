// What a verifier may expect of a JWT (RFC 7519 §4, RFC 8725 §3).

import type { JsonObject, JsonValue } from '../jose/json.ts';
import { isSameJson, parseExactly } from './exact-json.ts';
import { isMediaType } from './header-parameters.ts';

export interface JwtExpectations {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly clockSkewMs: number;
  readonly issuer?: string | undefined;
  /** One of them is enough. */
  readonly audiences?: readonly string[] | undefined;
  /** The `typ` of the protected header. */
  readonly tokenType?: string | undefined;
  readonly requiredClaims?: readonly string[] | undefined;
  readonly prohibitedClaims?: readonly string[] | undefined;
  /** By name, as `parseExactly` reads them. */
  readonly exactClaims?: Readonly<Record<string, unknown>> | undefined;
  /** Milliseconds since `iat`. */
  readonly maxAgeMs?: number | undefined;
}

export type JwtClaimsFault =
  | { readonly reason: 'TYPE' | 'NOT_YET' | 'EXPIRED' | 'ISSUER' | 'AUDIENCE' }
  | { readonly reason: 'CLAIM'; readonly claim: string };

export interface ReadClaims {
  readonly claims: JsonObject;
  /** As they were signed. */
  readonly claimsText: string;
  /** As `parseExactly` reads them: once, for all signatures of a payload. */
  exact(): Readonly<Record<string, unknown>>;
}

/** @param read undefined for a payload that is no JWT: it has no claims. @returns the first fault in the order of the reasons */
export function claimsFault(
  header: JsonObject,
  read: ReadClaims | undefined,
  expected: JwtExpectations,
): JwtClaimsFault | undefined {
  const { tokenType, issuer, audiences } = expected;
  if (tokenType !== undefined && !isMediaType(header.typ, tokenType)) return { reason: 'TYPE' };
  const { claims } = read ?? noClaims;
  const timeFault = timesFault(claims, expected);
  if (timeFault !== undefined) return { reason: timeFault };
  if (issuer !== undefined && claims.iss !== issuer) return { reason: 'ISSUER' };
  if (audiences !== undefined && !namesOne(claims.aud, audiences)) return { reason: 'AUDIENCE' };
  const claim = wrongClaim(read ?? noClaims, expected);
  return claim === undefined ? undefined : { reason: 'CLAIM', claim };
}

const none = Object.freeze({});
const noClaims: ReadClaims = Object.freeze({ claims: none, claimsText: '{}', exact: () => none });

function timesFault(
  { exp, nbf, iat }: JsonObject,
  { now, clockSkewMs, maxAgeMs }: JwtExpectations,
): 'NOT_YET' | 'EXPIRED' | undefined {
  if (typeof nbf === 'number' && nbf * 1000 > now + clockSkewMs) return 'NOT_YET';
  const hasAge = maxAgeMs !== undefined && typeof iat === 'number';
  // An age that is negative says nothing: the token could be kept until it is young enough.
  if (hasAge && iat * 1000 > now + clockSkewMs) return 'NOT_YET';
  // RFC 7519 §4.1.4: not accepted on its expiration time, nor after it.
  if (typeof exp === 'number' && exp * 1000 <= now - clockSkewMs) return 'EXPIRED';
  if (hasAge && iat * 1000 + maxAgeMs < now - clockSkewMs) return 'EXPIRED';
  return undefined;
}

function namesOne(aud: JsonValue | undefined, audiences: readonly string[]): boolean {
  const named: readonly (JsonValue | undefined)[] = Array.isArray(aud) ? aud : [aud];
  return audiences.some((audience) => named.includes(audience));
}

/** Reads the text when its claims are first compared. */
export function readClaims(claims: JsonObject, claimsText: string): ReadClaims {
  let read: Readonly<Record<string, unknown>> | undefined;
  return {
    claims,
    claimsText,
    exact() {
      // Safe to cast: `claims` is the same object.
      read ??= parseExactly(claimsText) as Readonly<Record<string, unknown>>;
      return read;
    },
  };
}

/** The name of the first claim that is not as it must be. */
function wrongClaim({ claims, exact }: ReadClaims, expected: JwtExpectations): string | undefined {
  const { requiredClaims = [], prohibitedClaims = [], exactClaims, maxAgeMs } = expected;
  const has = (name: string) => Object.hasOwn(claims, name);
  const missing = requiredClaims.find((name) => !has(name)) ?? prohibitedClaims.find(has);
  if (missing !== undefined) return missing;
  for (const [name, value] of Object.entries(exactClaims ?? {})) {
    if (!(has(name) && isSameJson(exact()[name], value))) return name;
  }
  return maxAgeMs !== undefined && typeof claims.iat !== 'number' ? 'iat' : undefined;
}
