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
  const known = await applications.knownBesideTokens(projectId);
  const taken = byGroup(known.filter((other) => other.id !== id));
  for (const [index, credential] of credentials.entries()) {
    const other = taken
      .get(groupOf(credential))
      ?.find((its) => credentialsOverlap(credential, its.credential));
    if (other === undefined) continue;
    throw badRequest(
      `credentials[${index}] overlaps with a credential of application (name: ${other.application.name})!`,
      {
        reason: 'CREDENTIAL_TAKEN',
        member: `credentials[${index}]`,
      },
    );
  }
}

interface KnownCredential {
  readonly application: Application;
  readonly credential: Credential;
}

function byGroup(applications: readonly Application[]): ReadonlyMap<string, readonly KnownCredential[]> {
  const known = applications.flatMap((application) =>
    application.credentials.map((credential): KnownCredential => ({ application, credential })),
  );
  return Map.groupBy(known, ({ credential }) => groupOf(credential));
}

/** Credentials of two groups never overlap. */
function groupOf(credential: Credential): string {
  switch (credential.type) {
    case 'TOKEN':
      return '';
    // That one certificate has the URI of one credential and the key of another cannot be seen from here.
    case 'MTLS':
      return JSON.stringify([credential.type, credential.uriSan, credential.spkiSha256]);
    case 'JWT':
      return JSON.stringify([credential.type, credential.issuer, credential.audience]);
    default:
      return credential satisfies never;
  }
}

/** Whether a caller could present something that fits both, which are of one group. */
function credentialsOverlap(one: Credential, other: Credential): boolean {
  switch (one.type) {
    case 'TOKEN':
      return false;
    case 'MTLS':
      return true;
    case 'JWT':
      return (
        other.type === 'JWT' &&
        subjectsOverlap(one.subject, other.subject) &&
        !excludeEachOther(one.claims, other.claims)
      );
    default:
      return one satisfies never;
  }
}

/** Whether a claim is required with two different values. */
function excludeEachOther(one: JwtCredential['claims'], other: JwtCredential['claims']): boolean {
  return Object.entries(one).some(
    ([name, value]) => Object.hasOwn(other, name) && !isDeepStrictEqual(value, other[name]),
  );
}
