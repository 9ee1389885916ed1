// Within a project a credential identifies one application: what a caller presents must never fit two of them.

import { isDeepStrictEqual } from 'node:util';
import { badRequest } from '../errors.ts';
import { subjectsOverlap } from '../protocol/subject-pattern.ts';
import type { Application, Credential, JwtCredential } from './application.ts';
import type { ApplicationStores } from './application-store.ts';

/** @throws KeyplaneError `bad_request` that names the other application */
export async function requireOwnCredentials(
  { applications }: ApplicationStores,
  { id, projectId, credentials }: Pick<Application, 'id' | 'projectId' | 'credentials'>,
): Promise<void> {
  // A token is random.
  if (credentials.every(({ type }) => type === 'TOKEN')) return;
  const others = (await applications.knownBesideTokens(projectId)).filter((other) => other.id !== id);
  for (const [index, credential] of credentials.entries()) {
    const other = others.find((one) => one.credentials.some((its) => credentialsOverlap(credential, its)));
    if (other === undefined) continue;
    throw badRequest(
      `credentials[${index}] overlaps with a credential of application (name: ${other.name})!`,
      {
        reason: 'CREDENTIAL_TAKEN',
        member: `credentials[${index}]`,
      },
    );
  }
}

/** Whether a caller could present something that fits both. */
function credentialsOverlap(one: Credential, other: Credential): boolean {
  switch (one.type) {
    case 'TOKEN':
      return false;
    case 'MTLS':
      // That one certificate has the URI of one credential and the key of another cannot be seen from here.
      return (
        other.type === 'MTLS' &&
        ((one.uriSan !== null && one.uriSan === other.uriSan) ||
          (one.spkiSha256 !== null && one.spkiSha256 === other.spkiSha256))
      );
    case 'JWT':
      return other.type === 'JWT' && jwtsOverlap(one, other);
    default:
      return one satisfies never;
  }
}

function jwtsOverlap(one: JwtCredential, other: JwtCredential): boolean {
  return (
    one.issuer === other.issuer &&
    one.audience === other.audience &&
    !excludeEachOther(one.claims, other.claims) &&
    subjectsOverlap(one.subject, other.subject)
  );
}

/** Whether a claim is required with two different values. */
function excludeEachOther(one: JwtCredential['claims'], other: JwtCredential['claims']): boolean {
  return Object.entries(one).some(
    ([name, value]) => Object.hasOwn(other, name) && !isDeepStrictEqual(value, other[name]),
  );
}
