// What a request to sign may ask for.

import { Buffer } from 'node:buffer';
import { badRequest } from '../errors.ts';
import { durationInHours } from '../iso-duration.ts';
import type { JsonObject } from '../jose/json.ts';
import { decodeBase64 } from '../jose/members/base64url.ts';
import { mayBeJsonObject } from './json-object-payload.ts';
import { notValid, optionalDuration, optionalObject, optionalText, readMembers } from './request-members.ts';

export type SignRequest =
  | {
      readonly type: 'CLAIMS';
      readonly claims: JsonObject;
      /** Milliseconds. */
      readonly lifetimeMs: number;
    }
  | { readonly type: 'PAYLOAD'; readonly payload: Buffer };

/** What bounds the tokens of a key. */
export interface SignLimits {
  /** The longest time from signature to expiry, in milliseconds. */
  readonly maxTokenLifetimeMs: number;
  /** As texts name the key: `key ring (name: r)`. */
  readonly keyTitle: string;
  /** Whether a payload may be a JSON object, whose expiry nothing bounds. */
  readonly acceptsJsonPayload: boolean;
}

const defaultLifetimeMs = 5 * 60_000;
/** A token expires in whole seconds. */
const leastLifetimeMs = 1_000;
const claimsOfTheNode = ['iat', 'exp', 'jti'] as const;

/** @throws KeyplaneError `bad_request` */
export function readSignRequest(bodyText: string, limits: SignLimits): SignRequest {
  const members = readMembers(bodyText, ['claims', 'lifetime', 'payloadBase64']);
  const { claims, payloadBase64 } = members;
  if ((claims === undefined) === (payloadBase64 === undefined)) {
    throw badRequest('Give either claims or payloadBase64!', {
      reason: claims === undefined ? 'FIELD_REQUIRED' : 'FIELD_NOT_VALID',
      member: 'claims',
    });
  }
  if (claims === undefined) {
    if (members.lifetime !== undefined) throw notValid('lifetime', 'lifetime is for claims only!');
    return { type: 'PAYLOAD', payload: readPayload(payloadBase64, limits) };
  }
  return {
    type: 'CLAIMS',
    claims: checkClaims(optionalObject('claims', claims) ?? {}, bodyText),
    lifetimeMs: readLifetime(members.lifetime, limits),
  };
}

/** The payload of a JWT. Times are whole seconds. */
export function jwtPayload(
  claims: JsonObject,
  { iat, exp, jti }: { readonly iat: number; readonly exp: number; readonly jti: string },
): string {
  return JSON.stringify({ ...claims, iat, exp, jti });
}

function readLifetime(given: Parameters<typeof optionalDuration>[1], limits: SignLimits): number {
  const { maxTokenLifetimeMs, keyTitle } = limits;
  const lifetimeMs = optionalDuration('lifetime', given) ?? Math.min(defaultLifetimeMs, maxTokenLifetimeMs);
  if (lifetimeMs < leastLifetimeMs) throw notValid('lifetime', 'lifetime must be at least PT1S!');
  if (lifetimeMs <= maxTokenLifetimeMs) return lifetimeMs;
  throw notValid(
    'lifetime',
    `lifetime (${durationInHours(lifetimeMs)}) is longer than maxTokenLifetime (${durationInHours(maxTokenLifetimeMs)}) of ${keyTitle}!`,
  );
}

function readPayload(given: Parameters<typeof optionalText>[1], limits: SignLimits): Buffer {
  const text = optionalText('payloadBase64', given) ?? '';
  const payload = text === '' ? Buffer.alloc(0) : decodeBase64(text);
  if (payload === undefined) {
    throw notValid('payloadBase64', 'payloadBase64 is not base64 with padding (RFC 4648 §4)!');
  }
  if (!limits.acceptsJsonPayload && mayBeJsonObject(payload)) {
    throw notValid('payloadBase64', 'Give claims to sign a JSON object!');
  }
  return payload;
}

/** What the node sets cannot be given. A time that is no number would make a token that nothing accepts. */
function checkClaims(claims: JsonObject, bodyText: string): JsonObject {
  for (const name of claimsOfTheNode) {
    if (Object.hasOwn(claims, name)) throw notValid(`claims.${name}`, `Claim (${name}) is set by the node!`);
  }
  if (Object.hasOwn(claims, 'nbf') && !Number.isFinite(claims.nbf)) {
    throw notValid('claims.nbf', 'Claim (nbf) must be a number!');
  }
  return hasLongNumber(bodyText) ? exactClaims(bodyText) : claims;
}

function hasLongNumber(bodyText: string): boolean {
  return /\d{16}|\d[eE]/.test(bodyText);
}

/**
 * The claims with each number in the digits in which it was given. JavaScript numbers have 53 bits, so an identifier of 64
 * bits would be another one when it is signed.
 */
function exactClaims(bodyText: string): JsonObject {
  const keepDigits = (_name: string, value: unknown, { source }: { readonly source?: string } = {}) =>
    typeof value === 'number' && source !== undefined ? rawJson(source) : value;
  const body: { readonly claims: JsonObject } = JSON.parse(bodyText.replace(/^\u{feff}/u, ''), keepDigits);
  return body.claims;
}

/** ECMAScript "JSON.parse source text access", which the types of TypeScript do not have yet. */
const { rawJSON: rawJson } = JSON as unknown as { readonly rawJSON: (source: string) => unknown };
