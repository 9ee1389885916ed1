// What a request to verify may ask for.

import { badRequest } from '../errors.ts';
import type { JsonValue } from '../jose/json.ts';
import { notValid, optionalDuration, optionalText, readMembers } from './request-members.ts';

export interface VerifyRequest {
  readonly jws: string;
  readonly issuer: string | undefined;
  readonly audiences: readonly string[] | undefined;
  /** Milliseconds; undefined: the key's own. */
  readonly clockSkewMs: number | undefined;
}

const mostClockSkewMs = 10 * 60_000;
const mostAudiences = 100;

/** @throws KeyplaneError `bad_request` */
export function readVerifyRequest(bodyText: string): VerifyRequest {
  const members = readMembers(bodyText, ['jws', 'issuer', 'audience', 'audiences', 'clockSkew']);
  const jws = optionalText('jws', members.jws);
  if (jws === undefined) throw badRequest('jws is required!', { reason: 'FIELD_REQUIRED', member: 'jws' });
  const clockSkewMs = optionalDuration('clockSkew', members.clockSkew);
  if (clockSkewMs !== undefined && clockSkewMs > mostClockSkewMs) {
    throw notValid('clockSkew', 'clockSkew must be at most PT10M!');
  }
  return {
    jws,
    issuer: optionalText('issuer', members.issuer),
    audiences: readAudiences(members.audience, members.audiences),
    clockSkewMs,
  };
}

function readAudiences(
  single: JsonValue | undefined,
  several: JsonValue | undefined,
): readonly string[] | undefined {
  const audience = optionalText('audience', single);
  if (several === undefined) return audience === undefined ? undefined : [audience];
  if (audience !== undefined) throw notValid('audience', 'Give either audience or audiences!');
  if (!isTextList(several) || several.length === 0 || several.length > mostAudiences) {
    throw notValid('audiences', `audiences must be a list of 1 to ${mostAudiences} strings!`);
  }
  return several;
}

function isTextList(value: JsonValue): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
