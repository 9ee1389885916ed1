// What a token profile says of tokens: how it is read from a request, and its bounds.

import { badRequest, type KeyplaneError } from '../errors.ts';
import { shownText } from '../names.ts';
import { claimsOfNoCaller, claimsOfProfile } from '../operations/token-profile/profile-claims.ts';
import { requireClaimsSchema } from '../operations/token-profile/schema/claims-schema.ts';
import { type DurationRequest, readDurations } from './profile-durations.ts';
import type { ProfileRing } from './profile-keys.ts';
import type {
  AudienceMode,
  ProfileClaims,
  ProfileRules,
  ProfileSubject,
  SubjectMode,
} from './token-profile.ts';

/** An object in it is taken as a whole; what is absent takes its default, or stays as it is. */
export interface RulesRequest extends DurationRequest {
  readonly issuer?: string | undefined;
  readonly audiences?: readonly string[] | undefined;
  readonly audienceMode?: AudienceMode | undefined;
  readonly tokenType?: string | undefined;
  readonly subject?: SubjectRequest | undefined;
  readonly claims?: ClaimsRequest | undefined;
}

export interface SubjectRequest {
  readonly mode: SubjectMode;
  readonly value?: string | undefined;
  readonly pattern?: string | undefined;
}

export interface ClaimsRequest {
  readonly fixed?: Readonly<Record<string, unknown>> | null | undefined;
  readonly allowed?: readonly string[] | null | undefined;
  readonly required?: readonly string[] | null | undefined;
  readonly schema?: Readonly<Record<string, unknown>> | null | undefined;
}

const longestText = 2_048;
const mostAudiences = 100;
const mostClaims = 100;
const mostFixedBytes = 16 * 1024;

/**
 * Compiles the schema of the claims. It is called before a transaction, which would wait for it.
 * @throws KeyplaneError `bad_request`
 */
export function requireRulesSchema({ claims }: RulesRequest): void {
  if (claims?.schema) requireClaimsSchema(claims.schema);
}

/**
 * The schema was checked before, by {@link requireRulesSchema}.
 * @param former of a profile that exists
 * @throws KeyplaneError `bad_request`
 */
export function readRules(
  request: RulesRequest,
  ring: Pick<ProfileRing, 'name' | 'policy'>,
  former?: ProfileRules,
): ProfileRules {
  return {
    issuer: requiredText('issuer', request.issuer ?? former?.issuer),
    audiences: readAudiences(request.audiences ?? former?.audiences),
    audienceMode: request.audienceMode ?? former?.audienceMode ?? 'FIXED',
    ...readDurations(request, ring, former),
    tokenType: readTokenType(request.tokenType ?? former?.tokenType ?? 'JWT'),
    subject: readSubject(request.subject, former?.subject),
    claims: request.claims === undefined && former ? former.claims : readClaims(request.claims ?? {}),
  };
}

function readAudiences(given: readonly string[] | undefined): readonly string[] {
  if (given === undefined || given.length === 0) throw empty('audiences');
  if (given.length > mostAudiences) {
    throw notValid('audiences', `audiences has more than ${mostAudiences} items!`);
  }
  for (const [index, audience] of given.entries()) {
    const member = `audiences[${index}]`;
    requiredText(member, audience);
    if (given.indexOf(audience) < index) {
      throw notValid(member, `Audience (${shownText(audience)}) is given twice!`);
    }
  }
  return given;
}

/** A media type, of which `application/` may be left out (RFC 7515 §4.1.9). */
const tokenTypePattern = /^(?:[\w!#$&^.+-]{1,127}\/)?[\w!#$&^.+-]{1,127}$/;

function readTokenType(given: string): string {
  if (!tokenTypePattern.test(given)) {
    throw notValid(
      'tokenType',
      `tokenType (${shownText(given)}) is not valid! It takes a media type such as JWT or at+jwt`,
    );
  }
  // Verifiers take such a token for the historical keys of the project.
  if (/^(application\/)?jwk-set\+jwt$/i.test(given)) {
    throw notValid('tokenType', `tokenType (${given}) is for historical keys only!`);
  }
  return given;
}

function readSubject(given: SubjectRequest | undefined, former: ProfileSubject | undefined): ProfileSubject {
  if (given === undefined) return former ?? { mode: 'FROM_CALLER', value: null, pattern: null };
  const { mode, value, pattern } = given;
  if (mode !== 'FIXED' && value !== undefined) {
    throw notValid('subject.value', 'subject.value is for mode FIXED only!');
  }
  if (mode !== 'GIVEN' && pattern !== undefined) {
    throw notValid('subject.pattern', 'subject.pattern is for mode GIVEN only!');
  }
  return {
    mode,
    value: mode === 'FIXED' ? requiredText('subject.value', value) : null,
    pattern: pattern === undefined ? null : requiredText('subject.pattern', pattern),
  };
}

function readClaims(given: ClaimsRequest): ProfileClaims {
  const fixed = readFixed(given.fixed ?? {});
  return {
    fixed,
    allowed: readNames('allowed', given.allowed ?? [], fixed),
    required: readNames('required', given.required ?? [], fixed),
    schema: given.schema ?? null,
  };
}

function readFixed(fixed: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const names = Object.keys(fixed);
  if (names.length > mostClaims) {
    throw notValid('claims.fixed', `claims.fixed has more than ${mostClaims} claims!`);
  }
  if (Buffer.byteLength(JSON.stringify(fixed)) > mostFixedBytes) {
    throw notValid('claims.fixed', `claims.fixed is larger than ${mostFixedBytes} bytes!`);
  }
  const own = names.find((name) => claimsOfProfile.includes(name));
  if (own === undefined) return fixed;
  throw notValid(`claims.fixed.${own}`, `Claim (${own}) is set by other members of the token profile!`);
}

function readNames(
  member: 'allowed' | 'required',
  names: readonly string[],
  fixed: Readonly<Record<string, unknown>>,
): readonly string[] {
  if (names.length > mostClaims) {
    throw notValid(`claims.${member}`, `claims.${member} has more than ${mostClaims} items!`);
  }
  for (const [index, name] of names.entries()) {
    const at = `claims.${member}[${index}]`;
    requiredText(at, name);
    if (claimsOfNoCaller.includes(name)) {
      throw notValid(at, `Claim (${name}) cannot be given by a caller!`);
    }
    if (Object.hasOwn(fixed, name)) {
      throw notValid(at, `Claim (${shownText(name)}) is fixed, so no caller can give it!`);
    }
    if (names.indexOf(name) < index) throw notValid(at, `Claim (${shownText(name)}) is given twice!`);
  }
  return names;
}

function requiredText(member: string, value: string | undefined): string {
  if (value === undefined || value === '') throw empty(member);
  if (value.length <= longestText) return value;
  throw notValid(member, `${member} is longer than ${longestText} characters!`);
}

function empty(member: string): KeyplaneError {
  return badRequest(`${member} can not be empty!`, { reason: 'FIELD_REQUIRED', member });
}

function notValid(member: string, text: string): KeyplaneError {
  return badRequest(text, { reason: 'FIELD_NOT_VALID', member });
}
