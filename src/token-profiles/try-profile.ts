// A trial of a token profile: what a node would write into a token, by the same rules. Nothing is signed.

import { randomUUID } from 'node:crypto';
import { KeyplaneError } from '../errors.ts';
import { parseDuration } from '../iso-duration.ts';
import type { JsonObject } from '../jose/json.ts';
import { parseBody } from '../operations/request-members.ts';
import {
  issuedPayload,
  issuingProfile,
  readIssueRequest,
} from '../operations/token-profile/issue-request.ts';
import type { ClaimsChecks } from '../operations/token-profile/schema/claims-checks.ts';
import type { ProfileKeyStores } from './profile-keys.ts';
import type { TokenProfile } from './token-profile.ts';
import { tokenProfileContent } from './token-profile-content.ts';

export interface TrialRequest {
  readonly claims?: unknown;
  readonly audience?: unknown;
  readonly subject?: unknown;
  readonly lifetime?: unknown;
  /** Who would call: the name of an application, or the subject of its credential. */
  readonly caller?: string | undefined;
}

export type ProfileTrial =
  | { readonly header: JsonObject; readonly claims: JsonObject; readonly expiresAt: Date }
  | { readonly refused: KeyplaneError };

const anyCaller = 'application';

/** What a trial reads of the key ring. */
export interface TrialSigner {
  readonly algorithm: string | null;
  readonly kid: string | null;
  readonly maxTokenLifetimeMs: number | undefined;
}

export async function signerOf(
  { rings }: Pick<ProfileKeyStores, 'rings'>,
  { keyRingId }: Pick<TokenProfile, 'keyRingId'>,
): Promise<TrialSigner> {
  const [ring] = await rings.getMany([keyRingId]);
  const members = await rings.members(keyRingId);
  const active = members.find(({ member }) => member?.state === 'ACTIVE');
  return {
    algorithm: active?.algorithm ?? null,
    kid: active?.kid ?? null,
    maxTokenLifetimeMs: parseDuration(ring?.policy.maxTokenLifetime ?? ''),
  };
}

export interface TriedProfile {
  readonly profile: TokenProfile;
  readonly signer: TrialSigner;
  readonly projectName: string;
  readonly now: Date;
  readonly claimsChecks: ClaimsChecks;
}

/** A refusal is a result; any other failure is thrown. */
export function tryProfile(
  { profile, signer, projectName, now, claimsChecks }: TriedProfile,
  { caller = anyCaller, ...request }: TrialRequest,
): ProfileTrial {
  const content = tokenProfileContent(profile, projectName);
  const issuing = issuingProfile(content, (schema) => claimsChecks.of(schema));
  try {
    const issued = readIssueRequest(parseBody(JSON.stringify(request)), issuing, {
      subject: caller,
      maxTokenLifetimeMs: signer.maxTokenLifetimeMs ?? content.maxLifetimeMs,
    });
    const iat = Math.floor(now.getTime() / 1_000);
    const exp = iat + issued.lifetimeMs / 1_000;
    return {
      header: { alg: signer.algorithm, kid: signer.kid, typ: content.tokenType },
      claims: JSON.parse(issuedPayload(issued, content, { iat, exp, jti: randomUUID() })),
      expiresAt: new Date(exp * 1_000),
    };
  } catch (error) {
    if (error instanceof KeyplaneError && error.code === 'bad_request') return { refused: error };
    throw error;
  }
}
