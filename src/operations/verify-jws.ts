// Verification of a JWS and of the claims of a JWT. The checks run in a fixed order and the first that fails is the
// answer. The algorithm is the key's own: the header of a token can agree with it, and decides nothing (RFC 8725 §3.1).

import type { JsonObject, JsonValue } from '../jose/json.ts';
import { type CompactJws, parseCompactJws, readObject, utf8Of } from './compact-jws.ts';
import { mayBeJsonObject } from './json-object-payload.ts';
import type { OperationKey } from './operation-key.ts';

/** In the order in which they are looked for. */
export const invalidReasons = Object.freeze([
  'FORMAT',
  'ALGORITHM',
  'UNKNOWN_KEY',
  'SIGNATURE',
  'KEY_REVOKED',
  'KEY_RETIRED',
  'NOT_YET',
  'EXPIRED',
  'ISSUER',
  'AUDIENCE',
] as const);
export type InvalidReason = (typeof invalidReasons)[number];

/** What a signature may have been made with. */
export interface VerificationKeys {
  /** Those of all its keys, also of keys that no longer count. */
  readonly algorithmNames: ReadonlySet<string>;
  /** Undefined where the name is of none of its keys; what a missing kid names is theirs to say. */
  find(kid: string | undefined): KnownKey | undefined;
  /** Runs the verification itself, at once or in its turn; at once where it is absent. */
  inTurn?(key: OperationKey, run: () => boolean | Promise<boolean>): boolean | Promise<boolean>;
}

export interface KnownKey {
  /** Undefined where it is no longer known. */
  readonly algorithmName: string | undefined;
  /** Undefined for a secret key that no longer counts: it was erased. */
  readonly key: OperationKey | undefined;
  readonly end: 'REVOKED' | 'RETIRED' | undefined;
  /** As the answer states it. */
  readonly state: string | null;
}

export interface Expectations {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly clockSkewMs: number;
  readonly issuer?: string | undefined;
  /** One of them is enough. */
  readonly audiences?: readonly string[] | undefined;
}

export type Verdict =
  | { readonly valid: false; readonly reason: InvalidReason }
  | {
      readonly valid: true;
      readonly kid: string | undefined;
      readonly keyState: string | null;
      readonly header: JsonObject;
      /** The JSON of the claims, as it was signed; undefined for a payload that is no JSON object. */
      readonly claimsText: string | undefined;
      readonly payload: Buffer;
    };

export async function verifyJws(
  text: string,
  keys: VerificationKeys,
  expectations: Expectations,
): Promise<Verdict> {
  const jws = parseCompactJws(text);
  const payload = jws && readPayload(jws.payload);
  if (jws === undefined || payload === undefined) return invalid('FORMAT');
  if (!keys.algorithmNames.has(jws.alg)) return invalid('ALGORITHM');
  const known = keys.find(jws.kid);
  if (known === undefined) return invalid('UNKNOWN_KEY');
  if (known.algorithmName !== undefined && known.algorithmName !== jws.alg) return invalid('ALGORITHM');
  const { key } = known;
  if (key !== undefined) {
    const run = () => isSignedWith(key, jws);
    if (!(await (keys.inTurn?.(key, run) ?? run()))) return invalid('SIGNATURE');
  }
  if (known.end === 'REVOKED') return invalid('KEY_REVOKED');
  if (known.end === 'RETIRED' || known.key === undefined) return invalid('KEY_RETIRED');
  const reason = payload.claims && claimsFault(payload.claims, expectations);
  if (reason !== undefined) return invalid(reason);
  // A payload without claims has no issuer and no audience.
  if (payload.claims === undefined) {
    if (expectations.issuer !== undefined) return invalid('ISSUER');
    if (expectations.audiences !== undefined) return invalid('AUDIENCE');
  }
  const { header, kid } = jws;
  return {
    valid: true,
    kid,
    keyState: known.state,
    header,
    claimsText: payload.claimsText,
    payload: jws.payload,
  };
}

function invalid(reason: InvalidReason): Verdict {
  return { valid: false, reason };
}

function isSignedWith({ algorithm, key }: OperationKey, jws: CompactJws): boolean | Promise<boolean> {
  return algorithm.verify(key, jws.signingInput, jws.signature);
}

interface ReadPayload {
  readonly claims: JsonObject | undefined;
  readonly claimsText: string | undefined;
}

const otherPayload: ReadPayload = Object.freeze({ claims: undefined, claimsText: undefined });

/**
 * Undefined for claims that two readers would understand differently: with members given twice, or with a time that is no
 * number.
 */
function readPayload(payload: Buffer): ReadPayload | undefined {
  if (!mayBeJsonObject(payload)) return otherPayload;
  const text = utf8Of(payload)?.replace(/^\u{feff}/u, '');
  const claims = readObject(text);
  if (claims === undefined) return text !== undefined && isJson(text) ? undefined : otherPayload;
  const hasTimes = ['exp', 'nbf', 'iat'].every((name) => isTime(claims[name]));
  return hasTimes ? { claims, claimsText: text } : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** NumericDate (RFC 7519 §2); `1e999` is read as infinity. */
function isTime(value: JsonValue | undefined): boolean {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value));
}

function claimsFault(
  { exp, nbf, iss, aud }: JsonObject,
  { now, clockSkewMs, issuer, audiences }: Expectations,
): InvalidReason | undefined {
  if (typeof nbf === 'number' && nbf * 1000 > now + clockSkewMs) return 'NOT_YET';
  // RFC 7519 §4.1.4: not accepted on its expiration time, nor after it.
  if (typeof exp === 'number' && exp * 1000 <= now - clockSkewMs) return 'EXPIRED';
  if (issuer !== undefined && iss !== issuer) return 'ISSUER';
  const named: readonly (JsonValue | undefined)[] = Array.isArray(aud) ? aud : [aud];
  if (audiences !== undefined && !audiences.some((audience) => named.includes(audience))) return 'AUDIENCE';
  return undefined;
}
