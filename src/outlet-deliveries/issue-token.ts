// A token of a token profile for the manager itself, which signs in with it elsewhere. It is signed with the ACTIVE key of the
// profile's ring, whose private half the manager has.

import { randomUUID } from 'node:crypto';
import type { ApplicationStores } from '../applications/application-store.ts';
import { badRequest } from '../errors.ts';
import { parseDuration } from '../iso-duration.ts';
import type { JwkStores } from '../jwks/jwk-store.ts';
import { openPrivateJwk } from '../jwks/sealed-members.ts';
import { signingKey } from '../operations/operation-key.ts';
import { parseBody } from '../operations/request-members.ts';
import { createSigner, signJws, tokenHeader } from '../operations/sign-jws.ts';
import {
  issuedPayload,
  issuingProfile,
  readIssueRequest,
} from '../operations/token-profile/issue-request.ts';
import { ClaimsChecks } from '../operations/token-profile/schema/claims-checks.ts';
import type { RingStores } from '../rings/ring-store.ts';
import type { Sealer } from '../sealing/sealed.ts';
import { tokenProfileContent } from '../token-profiles/token-profile-content.ts';
import type { TokenProfileStores } from '../token-profiles/token-profile-store.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

export type IssuingStores = TokenProfileStores & RingStores & JwkStores & ApplicationStores;

export interface IssuedFor {
  readonly projectId: string;
  readonly projectName: string;
  readonly outletId: string;
  /** The `sub` of a profile whose subject is its caller. */
  readonly caller: string;
}

/** Long enough to sign in. */
const lifetime = 'PT1M';
const minuteMs = 60_000;

/** @throws KeyplaneError `bad_request`, with a text for the operator */
export async function issueManagerToken(
  {
    store,
    sealer,
    now,
  }: { readonly store: UnitOfWork<IssuingStores>; readonly sealer: Sealer; readonly now: Date },
  profileName: string,
  { projectId, projectName, outletId, caller }: IssuedFor,
): Promise<string> {
  const { profile, ring, members } = await store.read(async (stores) => {
    const found = await stores.tokenProfiles.find(projectId, profileName);
    if (!found) {
      throw badRequest(`Token profile (name: ${profileName}) is not found!`, { reason: 'NOT_FOUND' });
    }
    const [ringOfIt] = await stores.rings.getMany([found.keyRingId]);
    return { profile: found, ring: ringOfIt, members: await stores.rings.members(found.keyRingId) };
  });
  const active = members.find(({ member }) => member.state === 'ACTIVE');
  const key = active && signingKey(openPrivateJwk(sealer, active));
  if (active === undefined || key === undefined) {
    throw badRequest(`Key ring (name: ${ring?.name ?? ''}) has no ACTIVE key yet!`, {
      reason: 'KEY_STATE_NOT_VALID',
    });
  }
  if (profile.encryptTo !== null) {
    throw badRequest(
      `Token profile (name: ${profileName}) encrypts its tokens, and no server signs in with those!`,
      {
        reason: 'FIELD_NOT_VALID',
      },
    );
  }
  const content = tokenProfileContent(profile, projectName);
  const checks = new ClaimsChecks();
  const maxTokenLifetimeMs = parseDuration(ring?.policy.maxTokenLifetime ?? '') ?? content.maxLifetimeMs;
  const longestMs = Math.min(content.maxLifetimeMs, maxTokenLifetimeMs);
  const request = longestMs < (parseDuration(lifetime) ?? 0) ? {} : { lifetime };
  const issued = readIssueRequest(
    parseBody(JSON.stringify(request)),
    issuingProfile(content, (schema) => checks.of(schema)),
    { subject: caller, maxTokenLifetimeMs },
  );
  const iat = Math.floor(now.getTime() / 1_000);
  const times = { iat, exp: iat + issued.lifetimeMs / 1_000, jti: randomUUID() };
  const signer = createSigner(key);
  const token = await signJws(
    signer,
    tokenHeader(signer, content.tokenType),
    issuedPayload(issued, content, times),
  );
  await store.write(({ applications }) =>
    applications.addUsage([
      {
        applicationId: outletId,
        jwkId: active.id,
        operation: 'ISSUE',
        outcome: 'SUCCEEDED',
        count: 1,
        lastUsedAt: new Date(Math.floor(now.getTime() / minuteMs) * minuteMs),
      },
    ]),
  );
  return token;
}
