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

/** A refusal is a result; any other failure is thrown. */
export async function tryProfile(
  { rings }: Pick<ProfileKeyStores, 'rings'>,
  { profile, projectName, now }: { readonly profile: TokenProfile; projectName: string; now: Date },
  { caller = anyCaller, ...request }: TrialRequest,
): Promise<ProfileTrial> {
  const content = tokenProfileContent(profile, projectName);
  const [ring] = await rings.getMany([profile.keyRingId]);
  const members = await rings.members(profile.keyRingId);
  const active = members.find(({ member }) => member?.state === 'ACTIVE');
  try {
    const issued = readIssueRequest(parseBody(JSON.stringify(request)), issuingProfile(content), {
      subject: caller,
      maxTokenLifetimeMs: parseDuration(ring?.policy.maxTokenLifetime ?? '') ?? content.maxLifetimeMs,
    });
    const iat = Math.floor(now.getTime() / 1_000);
    const exp = iat + issued.lifetimeMs / 1_000;
    return {
      header: { alg: active?.algorithm ?? null, kid: active?.kid ?? null, typ: content.tokenType },
      claims: JSON.parse(issuedPayload(issued, content, { iat, exp, jti: randomUUID() })),
      expiresAt: new Date(exp * 1_000),
    };
  } catch (error) {
    if (error instanceof KeyplaneError && error.code === 'bad_request') return { refused: error };
    throw error;
  }
}
