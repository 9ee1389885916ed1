// What a request to sign may ask for.

import { Buffer } from 'node:buffer';
import { badRequest, isKeyplaneError } from '../errors.ts';
import { durationInHours } from '../iso-duration.ts';
import type { JsonObject } from '../jose/json.ts';
import { checkHeader } from './header-parameters.ts';
import { encodesJsonObject, mayBeJsonObject } from './json-object-payload.ts';
import { type JwsForm, serializations } from './jws-form.ts';
import {
  notValid,
  optionalChoice,
  optionalContent,
  optionalDuration,
  optionalFlag,
  optionalObject,
  pickMembers,
  type RequestBody,
} from './request-members.ts';

export type SignRequest =
  | {
      readonly type: 'CLAIMS';
      readonly claims: JsonObject;
      /** Milliseconds. */
      readonly lifetimeMs: number;
      readonly form: JwsForm;
    }
  | {
      readonly type: 'PAYLOAD';
      readonly payload: Buffer;
      /** Parameters of the caller; undefined: none. */
      readonly header: JsonObject | undefined;
      readonly form: JwsForm;
    };

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
const accepted = [
  'claims',
  'lifetime',
  'payload',
  'payloadBase64',
  'header',
  'serialization',
  'detached',
  'b64',
] as const;

/** @throws KeyplaneError `bad_request` */
export function readSignRequest(body: RequestBody, limits: SignLimits): SignRequest {
  const members = pickMembers(body.members, accepted);
  const { claims, payload, payloadBase64 } = members;
  const hasPayload = payload !== undefined || payloadBase64 !== undefined;
  if ((claims !== undefined) === hasPayload) {
    throw badRequest('Give either claims or one of payload and payloadBase64!', {
      reason: hasPayload ? 'FIELD_NOT_VALID' : 'FIELD_REQUIRED',
      member: 'claims',
    });
  }
  const serialization = optionalChoice('serialization', members.serialization, serializations) ?? 'COMPACT';
  const isDetached = optionalFlag('detached', members.detached) ?? false;
  const isEncoded = optionalFlag('b64', members.b64) ?? true;
  if (!(isEncoded || isDetached)) throw notValid('b64', 'b64 may be false only with detached!');
  const form = { serialization, isDetached, isEncoded };
  if (claims !== undefined) {
    // The claims that the node sets are nowhere but in the payload.
    if (isDetached) throw notValid('detached', 'detached is for payloads only!');
    if (members.header !== undefined) throw notValid('header', 'header is for payloads only!');
    checkClaims(optionalObject('claims', claims) ?? {});
    // Safe to cast: it is the same JSON.
    const exact = body.exact().claims as JsonObject;
    return { type: 'CLAIMS', claims: exact, lifetimeMs: readLifetime(members.lifetime, limits), form };
  }
  if (members.lifetime !== undefined) throw notValid('lifetime', 'lifetime is for claims only!');
  const octets = optionalContent('payload', payload, payloadBase64) ?? Buffer.alloc(0);
  if (!limits.acceptsJsonPayload && isUnbounded(octets, isEncoded)) {
    const member = payload === undefined ? 'payloadBase64' : 'payload';
    throw notValid(member, 'Give claims to sign a JSON object!');
  }
  const header = optionalObject('header', members.header);
  if (header !== undefined) checkHeader(header);
  return {
    type: 'PAYLOAD',
    payload: octets,
    header: header && (body.exact().header as JsonObject),
    form,
  };
}

/** Whether only SIGN_RAW allows it on a key ring. A request whose payload cannot be read signs nothing. */
export function needsSignRaw({ members: { claims, payload, payloadBase64, b64 } }: RequestBody): boolean {
  if (claims !== undefined) return false;
  try {
    const octets = optionalContent('payload', payload, payloadBase64);
    return octets !== undefined && isUnbounded(octets, b64 !== false);
  } catch (error) {
    if (isKeyplaneError(error)) return false;
    throw error;
  }
}

/** A reader could take it for claims, whose expiry nothing bounds. */
function isUnbounded(payload: Buffer, isEncoded: boolean): boolean {
  return mayBeJsonObject(payload) || (!isEncoded && encodesJsonObject(payload));
}

/** The payload of a JWT. Times are whole seconds. `claims` has none of the other members: `checkClaims` rejects them. */
export function jwtPayload(
  claims: JsonObject,
  { iat, exp, jti }: { readonly iat: number; readonly exp: number; readonly jti: string },
): string {
  // Written behind the claims as they are: to copy them into another object takes as long as the whole rest.
  const given = JSON.stringify(claims).slice(1, -1);
  return `{${given}${given === '' ? '' : ','}"iat":${iat},"exp":${exp},"jti":${JSON.stringify(jti)}}`;
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

/** What the node sets cannot be given. A time that is no number would make a token that nothing accepts. */
function checkClaims(claims: JsonObject): void {
  for (const name of claimsOfTheNode) {
    if (Object.hasOwn(claims, name)) throw notValid(`claims.${name}`, `Claim (${name}) is set by the node!`);
  }
  if (Object.hasOwn(claims, 'nbf') && !Number.isFinite(claims.nbf)) {
    throw notValid('claims.nbf', 'Claim (nbf) must be a number!');
  }
}
