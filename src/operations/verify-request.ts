// What a request to verify may ask for.

import { badRequest } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../jose/json.ts';
import { parseExactly } from './exact-json.ts';
import {
  notValid,
  optionalChoice,
  optionalContent,
  optionalDuration,
  optionalObject,
  optionalText,
  optionalTexts,
  pickMembers,
  type RequestBody,
} from './request-members.ts';
import type { Expectations } from './verify-jws.ts';

export interface VerifyRequest extends Omit<Expectations, 'now' | 'clockSkewMs'> {
  /** In compact serialisation, or the object of another one. */
  readonly jws: string | JsonObject;
  /** Milliseconds; undefined: the key's own. */
  readonly clockSkewMs: number | undefined;
}

const mostClockSkewMs = 10 * 60_000;
const accepted = [
  'jws',
  'payload',
  'payloadBase64',
  'algorithms',
  'as',
  'issuer',
  'audience',
  'audiences',
  'requiredClaims',
  'prohibitedClaims',
  'exactClaims',
  'clockSkew',
  'maxAge',
  'tokenType',
] as const;
const forJwtsOnly = accepted.slice(accepted.indexOf('issuer'));

/** @throws KeyplaneError `bad_request` */
export function readVerifyRequest(body: RequestBody): VerifyRequest {
  const members = pickMembers(body.members, accepted);
  const { exactClaims } = members;
  const isSignatureOnly = optionalChoice('as', members.as, ['JWS']) !== undefined;
  if (isSignatureOnly) {
    const name = forJwtsOnly.find((one) => members[one] !== undefined);
    if (name !== undefined) throw notValid(name, `${name} is for JWTs: give no "as": "JWS"!`);
  }
  return {
    jws: readJwsMember(members.jws),
    detached: optionalContent('payload', members.payload, members.payloadBase64),
    algorithms: optionalTexts('algorithms', members.algorithms),
    isSignatureOnly,
    issuer: optionalText('issuer', members.issuer),
    audiences: readAudiences(members.audience, members.audiences),
    requiredClaims: optionalTexts('requiredClaims', members.requiredClaims),
    prohibitedClaims: optionalTexts('prohibitedClaims', members.prohibitedClaims),
    exactClaims: optionalObject('exactClaims', exactClaims) && readExactClaims(body),
    clockSkewMs: readClockSkew(members.clockSkew),
    maxAgeMs: optionalDuration('maxAge', members.maxAge),
    tokenType: optionalText('tokenType', members.tokenType),
  };
}

function readJwsMember(jws: JsonValue | undefined): string | JsonObject {
  if (jws === undefined) throw badRequest('jws is required!', { reason: 'FIELD_REQUIRED', member: 'jws' });
  if (typeof jws === 'string' || isJsonObject(jws)) return jws;
  throw notValid('jws', 'jws must be a string or a JSON object!');
}

function readExactClaims(body: RequestBody): Readonly<Record<string, unknown>> {
  // Safe to cast: it was an object before.
  return parseExactly(JSON.stringify(body.exact().exactClaims)) as Readonly<Record<string, unknown>>;
}

function readClockSkew(given: JsonValue | undefined): number | undefined {
  const clockSkewMs = optionalDuration('clockSkew', given);
  if (clockSkewMs === undefined || clockSkewMs <= mostClockSkewMs) return clockSkewMs;
  throw notValid('clockSkew', 'clockSkew must be at most PT10M!');
}

function readAudiences(
  single: JsonValue | undefined,
  several: JsonValue | undefined,
): readonly string[] | undefined {
  const audience = optionalText('audience', single);
  if (audience === undefined) return optionalTexts('audiences', several);
  if (several !== undefined) throw notValid('audience', 'Give either audience or audiences!');
  return [audience];
}
