// What a token of a token profile says: what the profile dictates, and what a request adds where the profile leaves it open.
// A member or claim that the profile decides is rejected by name, and never overwritten.

import { badRequest, type KeyplaneError } from '../../errors.ts';
import { durationInHours } from '../../iso-duration.ts';
import type { JsonObject, JsonValue } from '../../jose/json.ts';
import { shownText } from '../../names.ts';
import type { DeployedTokenProfile } from '../../protocol/content.ts';
import { matchesSubject } from '../../protocol/subject-pattern.ts';
import {
  notValid,
  optionalDuration,
  optionalObject,
  optionalText,
  pickMembers,
  type RequestBody,
} from '../request-members.ts';
import { hasInexactNumber } from './exact-numbers.ts';
import { claimsOfNoCaller } from './profile-claims.ts';
import { type ClaimsCheck, type ClaimsFault, compileClaimsSchema } from './schema/claims-schema.ts';
import type { SchemaObject } from './schema/schema-bounds.ts';

/** A token profile that is ready for use: its schema is compiled once. */
export interface IssuingProfile {
  readonly profile: DeployedTokenProfile;
  readonly checkClaims: ClaimsCheck | undefined;
  readonly allowed: ReadonlySet<string>;
}

export function issuingProfile(
  profile: DeployedTokenProfile,
  compile: (schema: SchemaObject) => ClaimsCheck = compileClaimsSchema,
): IssuingProfile {
  const { allowed, required, schema } = profile.claims;
  return {
    profile,
    checkClaims: schema === null ? undefined : compile(schema),
    allowed: new Set([...allowed, ...required]),
  };
}

export interface IssuedToken {
  /** All claims but those of the moment, in the order in which they are written. */
  readonly claims: JsonObject;
  /** Milliseconds, in whole seconds. */
  readonly lifetimeMs: number;
}

export interface IssueLimits {
  /** Who calls. */
  readonly subject: string;
  /** Of the key ring, in milliseconds: it may be shorter for a moment than when the profile was stored. */
  readonly maxTokenLifetimeMs: number;
}

/** A check by a schema takes a time in proportion to the size of the claims. */
const mostCheckedBytes = 16 * 1024;
const longestSubject = 2_048;
const leastLifetimeMs = 1_000;

const accepted = ['claims', 'audience', 'subject', 'lifetime'] as const;

/** @throws KeyplaneError `bad_request` */
export function readIssueRequest(
  body: RequestBody,
  issuing: IssuingProfile,
  limits: IssueLimits,
): IssuedToken {
  const members = pickMembers(body.members, accepted);
  const { profile } = issuing;
  const lifetimeMs = readLifetime(members.lifetime, profile, limits);
  const sub = readSubject(members.subject, profile, limits);
  const aud = readAudience(members.audience, profile);
  const given = optionalObject('claims', members.claims);
  checkClaims(given ?? {}, issuing);
  // Safe to cast: it is the same JSON.
  const exact = given === undefined ? {} : (body.exact().claims as JsonObject);
  if (issuing.checkClaims !== undefined) requireExactNumbers(exact, profile);
  const fixed = profile.claims.fixed as JsonObject;
  return { claims: { iss: profile.issuer, sub, aud, ...fixed, ...exact }, lifetimeMs };
}

/** The payload of the JWT. Times are whole seconds. */
export function issuedPayload(
  { claims }: IssuedToken,
  { notBeforeOffsetMs }: Pick<DeployedTokenProfile, 'notBeforeOffsetMs'>,
  { iat, exp, jti }: { readonly iat: number; readonly exp: number; readonly jti: string },
): string {
  const nbf = notBeforeOffsetMs === null ? {} : { nbf: iat + notBeforeOffsetMs / 1000 };
  return JSON.stringify({ ...claims, iat, ...nbf, exp, jti });
}

function readLifetime(
  given: Parameters<typeof optionalDuration>[1],
  { lifetimeMs: ownMs, maxLifetimeMs, notBeforeOffsetMs }: DeployedTokenProfile,
  { maxTokenLifetimeMs }: IssueLimits,
): number {
  const lifetimeMs = optionalDuration('lifetime', given) ?? Math.min(ownMs, maxTokenLifetimeMs);
  if (lifetimeMs < leastLifetimeMs) throw notValid('lifetime', 'lifetime must be at least PT1S!');
  const mostMs = Math.min(maxLifetimeMs, maxTokenLifetimeMs);
  const shown = `lifetime (${durationInHours(lifetimeMs)})`;
  if (lifetimeMs > mostMs) {
    throw notValid('lifetime', `${shown} is longer than maxLifetime (${durationInHours(mostMs)})!`);
  }
  if (notBeforeOffsetMs !== null && notBeforeOffsetMs >= lifetimeMs) {
    throw notValid(
      'lifetime',
      `${shown} must be longer than notBeforeOffset (${durationInHours(notBeforeOffsetMs)})!`,
    );
  }
  return lifetimeMs;
}

function readSubject(
  value: JsonValue | undefined,
  { name, subject }: DeployedTokenProfile,
  { subject: caller }: IssueLimits,
): string {
  const given = optionalText('subject', value);
  if (subject.mode !== 'GIVEN') {
    if (given !== undefined) throw notValid('subject', `subject is set by ${titleOf(name)}!`);
    return subject.mode === 'FIXED' ? (subject.value ?? '') : caller;
  }
  if (given === undefined) throw required('subject', `subject is required by ${titleOf(name)}!`);
  const isAllowed =
    given !== '' &&
    given.length <= longestSubject &&
    (subject.pattern === null || matchesSubject(subject.pattern, given));
  if (isAllowed) return given;
  throw notValid('subject', `subject (${shownText(given)}) is not allowed by ${titleOf(name)}!`);
}

function readAudience(
  value: JsonValue | undefined,
  { name, audiences, audienceMode }: DeployedTokenProfile,
): string | string[] {
  const given = optionalText('audience', value);
  const [first = ''] = audiences;
  if (audienceMode === 'FIXED') {
    if (given !== undefined) throw notValid('audience', `audience is set by ${titleOf(name)}!`);
    return audiences.length === 1 ? first : [...audiences];
  }
  if (given === undefined && audiences.length === 1) return first;
  if (given === undefined) throw required('audience', `audience is required by ${titleOf(name)}!`);
  if (audiences.includes(given)) return given;
  throw notValid('audience', `audience (${shownText(given)}) is not allowed by ${titleOf(name)}!`);
}

function checkClaims(claims: JsonObject, { profile, allowed, checkClaims: check }: IssuingProfile): void {
  const { name, claims: rules } = profile;
  for (const claim of Object.keys(claims)) {
    if (claimsOfNoCaller.includes(claim) || Object.hasOwn(rules.fixed, claim)) {
      throw claimFault(claim, `is set by ${titleOf(name)}!`);
    }
    if (!allowed.has(claim)) throw claimFault(claim, `is not allowed by ${titleOf(name)}!`);
  }
  const missing = rules.required.find((claim) => (claims[claim] ?? null) === null);
  if (missing !== undefined) throw requiredClaim(missing, name);
  if (check === undefined) return;
  if (Buffer.byteLength(JSON.stringify(claims)) > mostCheckedBytes) {
    throw notValid('claims', `claims are larger than ${mostCheckedBytes} bytes!`);
  }
  const fault = check(claims);
  if (fault !== undefined) throw schemaFault(fault, name);
}

/** The schema judged JavaScript numbers, and what is signed are the digits that were given. */
function requireExactNumbers(exact: JsonObject, { name }: DeployedTokenProfile): void {
  for (const [claim, value] of Object.entries(exact)) {
    if (hasInexactNumber(value)) {
      const advice = 'a number has more digits than it can be checked with. Give it as a text';
      throw claimFault(claim, `is not valid by the schema of ${titleOf(name)}: ${advice}!`);
    }
  }
}

function schemaFault({ path, problem, text }: ClaimsFault, name: string): KeyplaneError {
  if (problem === 'MISSING') return requiredClaim(path, name);
  if (problem === 'NOT_ALLOWED') return claimFault(path, `is not allowed by ${titleOf(name)}!`);
  const rule = `by the schema of ${titleOf(name)}: it ${text}!`;
  return path === ''
    ? notValid('claims', `claims are not valid ${rule}`)
    : claimFault(path, `is not valid ${rule}`);
}

function requiredClaim(claim: string, name: string): KeyplaneError {
  return required(
    `claims.${shownText(claim)}`,
    `Claim (${shownText(claim)}) is required by ${titleOf(name)}!`,
  );
}

function claimFault(claim: string, text: string): KeyplaneError {
  return notValid(`claims.${shownText(claim)}`, `Claim (${shownText(claim)}) ${text}`);
}

function required(member: string, text: string): KeyplaneError {
  return badRequest(text, { reason: 'FIELD_REQUIRED', member });
}

function titleOf(name: string): string {
  return `token profile (name: ${name})`;
}
