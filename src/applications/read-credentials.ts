// What a request says an application is known by, checked. Names of JWKs become ids, and tokens are made for TOKEN credentials
// that have none.

import { futureInstant } from '../access/future-instant.ts';
import { newSecretToken } from '../access/secret-token.ts';
import { badRequest, type KeyplaneError } from '../errors.ts';
import { checkName, lookupName, requireNoMember, shownText } from '../names.ts';
import {
  type Credential,
  defaultCredentialName,
  isTokenCredential,
  type JwtCredential,
  type MtlsCredential,
  type TokenCredential,
} from './application.ts';
import type { GrantedKeyStores } from './grants.ts';

export interface CredentialRequest {
  readonly type: Credential['type'];
  readonly name?: string | undefined;
  readonly expiresAt?: string | null | undefined;
  readonly uriSan?: string | undefined;
  readonly spkiSha256?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly subject?: string | undefined;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  readonly singleUse?: boolean | undefined;
  readonly jwksUri?: string | undefined;
  readonly jwkName?: string | undefined;
}

/** A token that only its response shows. */
export interface ShownToken {
  readonly name: string;
  readonly token: string;
}

export interface ReadCredentials {
  readonly credentials: readonly Credential[];
  readonly shown: readonly ShownToken[];
}

type MemberName = Exclude<keyof CredentialRequest, 'type'>;

const membersOf: Readonly<Record<Credential['type'], readonly MemberName[]>> = {
  TOKEN: ['name', 'expiresAt'],
  MTLS: ['uriSan', 'spkiSha256'],
  JWT: ['issuer', 'audience', 'subject', 'claims', 'singleUse', 'jwksUri', 'jwkName'],
};

/** Claims that a JWT credential has members for, or that a node judges by the time. */
const reservedClaims: readonly string[] = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'];
const longestClaims = 16 * 1024;
const mostWildcards = 16;

/**
 * The whole list, in its order. A TOKEN credential that `before` has by its name keeps its tokens; another one gets a token. An
 * empty list is one TOKEN credential named `default`.
 * @throws KeyplaneError `bad_request`
 */
export async function readCredentials(
  stores: Pick<GrantedKeyStores, 'jwks' | 'rings'>,
  requests: readonly CredentialRequest[],
  {
    projectId,
    before,
    now,
  }: { readonly projectId: string; readonly before: readonly Credential[]; readonly now: Date },
): Promise<ReadCredentials> {
  const credentials: Credential[] = [];
  const shown: ShownToken[] = [];
  const kept = new Map(before.filter(isTokenCredential).map((one) => [one.name, one]));
  const given: readonly CredentialRequest[] =
    requests.length > 0 ? requests : [{ type: 'TOKEN', name: defaultCredentialName }];
  for (const [index, request] of given.entries()) {
    const at = `credentials[${index}]`;
    requireFitting(request, at);
    switch (request.type) {
      case 'TOKEN': {
        const name = checkName(request.name, 'Credential name', `${at}.name`);
        if (credentials.some((one) => one.type === 'TOKEN' && one.name === name)) {
          throw badRequest(`Credential (name: ${name}) is given twice in credentials!`, {
            reason: 'FIELD_NOT_VALID',
            member: `${at}.name`,
          });
        }
        const former = kept.get(name);
        const expiresAt = expiryOf(request.expiresAt, former, now, `${at}.expiresAt`);
        if (former) credentials.push({ ...former, expiresAt });
        else {
          const made = newToken(name, expiresAt);
          credentials.push(made.credential);
          shown.push(made.shown);
        }
        break;
      }
      case 'MTLS':
        credentials.push(mtlsCredential(request, at));
        break;
      case 'JWT':
        credentials.push(await jwtCredential(stores, { projectId, request, at }));
        break;
      default:
        throw request.type satisfies never;
    }
  }
  return { credentials, shown };
}

function newToken(
  name: string,
  expiresAt: Date | null,
): { readonly credential: TokenCredential; readonly shown: ShownToken } {
  const { secretToken, hash } = newSecretToken('kpa_');
  const tokens = [{ hash: hash.toString('hex'), validUntil: null }];
  return { credential: { type: 'TOKEN', name, expiresAt, tokens }, shown: { name, token: secretToken } };
}

/** @throws KeyplaneError `bad_request` for a member of another type of credential */
function requireFitting(request: CredentialRequest, at: string): void {
  const own = membersOf[request.type];
  const others = Object.values(membersOf).flat();
  const strange = others.find((member) => request[member] !== undefined && !own.includes(member));
  if (strange === undefined) return;
  throw badRequest(`A ${request.type} credential has no ${strange} (${at})!`, {
    reason: 'FIELD_NOT_VALID',
    member: `${at}.${strange}`,
  });
}

/** Absent: as before. What a GET has shown may be sent again, also once it has passed. */
function expiryOf(
  given: string | null | undefined,
  former: TokenCredential | undefined,
  now: Date,
  member: string,
): Date | null {
  if (given === undefined) return former?.expiresAt ?? null;
  if (given === null) return null;
  if (former?.expiresAt && Date.parse(given) === former.expiresAt.getTime()) return former.expiresAt;
  return futureInstant(given, now, member);
}

function mtlsCredential({ uriSan, spkiSha256 }: CredentialRequest, at: string): MtlsCredential {
  if ((uriSan === undefined) === (spkiSha256 === undefined)) {
    throw badRequest(`Give either uriSan or spkiSha256 in ${at}!`, {
      reason: uriSan === undefined ? 'FIELD_REQUIRED' : 'FIELD_NOT_VALID',
      member: at,
    });
  }
  if (uriSan !== undefined && !/^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$/.test(uriSan)) {
    throw notValid(`${at}.uriSan`, uriSan, 'It takes a URI, such as spiffe://example.org/checkout');
  }
  if (spkiSha256 !== undefined && !isSha256(spkiSha256)) {
    throw notValid(
      `${at}.spkiSha256`,
      spkiSha256,
      'It takes the SHA-256 of a SubjectPublicKeyInfo in base64url: 43 characters without padding',
    );
  }
  return { type: 'MTLS', uriSan: uriSan ?? null, spkiSha256: spkiSha256 ?? null };
}

/** Only the one spelling of 32 bytes: a node compares texts. */
function isSha256(text: string): boolean {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === 32 && bytes.toString('base64url') === text;
}

async function jwtCredential(
  stores: Pick<GrantedKeyStores, 'jwks' | 'rings'>,
  {
    projectId,
    request,
    at,
  }: { readonly projectId: string; readonly request: CredentialRequest; readonly at: string },
): Promise<JwtCredential> {
  const { jwksUri, jwkName } = request;
  const claims = request.claims ?? {};
  const [issuer, audience, subject] = (['issuer', 'audience', 'subject'] as const).map((member) => {
    const value = request[member];
    if (value !== undefined && value.trim() !== '') return value;
    throw badRequest(`${member} is required in ${at}!`, {
      reason: 'FIELD_REQUIRED',
      member: `${at}.${member}`,
    });
  }) as [string, string, string];
  if (subject.split('*').length - 1 > mostWildcards) {
    throw notValid(`${at}.subject`, subject, `It takes at most ${mostWildcards} "*"`);
  }
  if (subject.includes('**')) {
    throw notValid(`${at}.subject`, subject, 'A "*" stands for one or more characters already');
  }
  requireClaims(claims, at);
  if ((jwksUri === undefined) === (jwkName === undefined)) {
    throw badRequest(`Give either jwksUri or jwkName in ${at}!`, {
      reason: jwksUri === undefined ? 'FIELD_REQUIRED' : 'FIELD_NOT_VALID',
      member: at,
    });
  }
  const singleUse = request.singleUse ?? false;
  const common = { type: 'JWT' as const, issuer, audience, subject, claims, singleUse };
  if (jwksUri !== undefined) return { ...common, jwksUri: jwksUri.trim(), jwkId: null };
  const jwkId = await verifyingJwk(stores, projectId, { name: jwkName ?? '', member: `${at}.jwkName` });
  return { ...common, jwksUri: null, jwkId };
}

function requireClaims(claims: Readonly<Record<string, unknown>>, at: string): void {
  const reserved = reservedClaims.find((name) => Object.hasOwn(claims, name));
  if (reserved !== undefined) {
    throw badRequest(`claims (${reserved}) is not valid in ${at}! The node checks this claim itself`, {
      reason: 'FIELD_NOT_VALID',
      member: `${at}.claims`,
    });
  }
  const inexact = Object.entries(claims).find(([, value]) => hasInexactNumber(value));
  if (inexact !== undefined) {
    const [name] = inexact;
    throw badRequest(
      `claims (${shownText(name)}) is not valid in ${at}! A number beyond 53 bits loses digits: give it as a text`,
      { reason: 'FIELD_NOT_VALID', member: `${at}.claims.${shownText(name)}` },
    );
  }
  const nullMember = nullWithin(claims, `${at}.claims`);
  if (nullMember !== undefined) {
    throw badRequest(`${shownText(nullMember)} cannot be null! No claim is compared with null`, {
      reason: 'FIELD_NOT_VALID',
      member: nullMember,
    });
  }
  if (JSON.stringify(claims).length > longestClaims) {
    throw badRequest(`claims in ${at} cannot be longer than ${longestClaims} characters!`, {
      reason: 'FIELD_NOT_VALID',
      member: `${at}.claims`,
    });
  }
}

/** An integer that may have been another one in the request, or infinity. */
function hasInexactNumber(value: unknown): boolean {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasInexactNumber);
}

/** The first null. The nesting is as deep as that of a request body. */
function nullWithin(value: unknown, at: string): string | undefined {
  if (value === null) return at;
  if (typeof value !== 'object') return undefined;
  const isArray = Array.isArray(value);
  for (const [name, member] of Object.entries(value)) {
    const found = nullWithin(member, isArray ? `${at}[${name}]` : `${at}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @returns its id @throws KeyplaneError `bad_request` for a JWK that cannot verify what another party has signed */
async function verifyingJwk(
  stores: Pick<GrantedKeyStores, 'jwks' | 'rings'>,
  projectId: string,
  { name, member }: { readonly name: string; readonly member: string },
): Promise<string> {
  const jwk = await stores.jwks.find(projectId, lookupName(name));
  if (!jwk) {
    throw badRequest(`JWK (name: ${shownText(name)}) is not found!`, { reason: 'NOT_FOUND', member });
  }
  await requireNoMember(stores, jwk, member);
  if (jwk.type === 'OCT') {
    throw badRequest(`JWK (name: ${jwk.name}) has no public part!`, { reason: 'FIELD_NOT_VALID', member });
  }
  if (jwk.use === 'enc') {
    throw badRequest(`JWK (name: ${jwk.name}) is for ENCRYPTION!`, { reason: 'FIELD_NOT_VALID', member });
  }
  return jwk.id;
}

function notValid(member: string, value: string, accepted: string): KeyplaneError {
  return badRequest(`${member} (${shownText(value)}) is not valid! ${accepted}`, {
    reason: 'FIELD_NOT_VALID',
    member,
  });
}
