// Tokens of token profiles: signed with the profile's key ring, and encrypted where the profile says so.

import { randomUUID } from 'node:crypto';
import { KeyplaneError } from '../../errors.ts';
import { chooseEnc } from '../../operations/encryption/encrypt-request.ts';
import { parseBody } from '../../operations/request-members.ts';
import { signJws, tokenHeader } from '../../operations/sign-jws.ts';
import { issuedPayload, readIssueRequest } from '../../operations/token-profile/issue-request.ts';
import type { CallingApplication } from './callers/calling-application.ts';
import { encryptInTurn } from './encrypt-in-turn.ts';
import type { GcmUses } from './gcm-uses.ts';
import { requireLease, whenLeased } from './leased.ts';
import { type OperationContext, secondsText } from './operation-call.ts';
import type { OperationIndex, ProfileTarget } from './operation-index.ts';
import type { OperationTarget } from './operation-target.ts';
import { signInTurn } from './sign-in-turn.ts';
import type { TokenIssuer } from './token-issuer.ts';

export interface IssueContext extends OperationContext {
  readonly index: Pick<OperationIndex, 'profileId' | 'profile' | 'current'>;
  readonly gcmUses: GcmUses;
}

export function createTokenIssuer(context: IssueContext): TokenIssuer {
  const { index, now, count } = context;

  /** A JWE whose plaintext is the signed token (RFC 7519 §5.2, §11.2). */
  async function encrypted(
    token: string,
    target: OperationTarget,
    { enc, application }: { readonly enc: string; readonly application: CallingApplication },
  ): Promise<string> {
    const encryption = target.encryption(now());
    const { jwkId, isLeased } = encryption;
    const counted = (outcome: 'SUCCEEDED' | 'REFUSED') =>
      count({ applicationId: application.id, jwkId, operation: 'ISSUE', outcome });
    try {
      if (isLeased) requireLease(context, target);
      const jwe = await encryptInTurn(
        context,
        { application, target, encryption },
        {
          plaintext: Buffer.from(token),
          enc: chooseEnc(encryption.key, enc),
          serialization: 'COMPACT',
          cty: 'JWT',
        },
      );
      counted('SUCCEEDED');
      return jwe as string;
    } catch (error) {
      counted('REFUSED');
      throw error;
    }
  }

  return {
    profileId: (project, name) => index.profileId(project, name),

    async issue({ application, profileId, bodyText }) {
      const { issuing, ring, encryption } = requireProfile(index.profile(profileId));
      const { profile } = issuing;
      const leased = whenLeased(context, ring);
      if (leased !== undefined) await leased;
      const at = now();
      const { signer: first, jwkId: firstJwkId } = ring.signer(at);
      let jwkId = firstJwkId;
      const counted = (outcome: 'SUCCEEDED' | 'REFUSED') =>
        count({ applicationId: application.id, jwkId, operation: 'ISSUE', outcome });
      try {
        requireLease(context, ring);
        const { maxTokenLifetimeMs } = ring.limits;
        const { subject } = application;
        // Everything may be left to the profile.
        const body = parseBody(bodyText === '' ? '{}' : bodyText);
        const issued = readIssueRequest(body, issuing, { subject, maxTokenLifetimeMs });
        const iat = Math.floor(at / 1000);
        const exp = iat + issued.lifetimeMs / 1000;
        const payload = issuedPayload(issued, profile, { iat, exp, jti: randomUUID() });
        const call = { application, target: ring, signer: first };
        const { jws, signer } = await signInTurn(context, call, async (active) => {
          jwkId = active.jwkId;
          const { signer } = active;
          return { signer, jws: await signJws(signer, tokenHeader(signer, profile.tokenType), payload) };
        });
        const token =
          encryption === undefined
            ? jws
            : await encrypted(jws, encryption, { enc: profile.encryptTo?.enc ?? '', application });
        counted('SUCCEEDED');
        const kid = JSON.stringify(signer.kid ?? null);
        return `{"success":true,"token":"${token}","kid":${kid},"expiresAt":"${secondsText(exp)}"}`;
      } catch (error) {
        counted('REFUSED');
        throw error;
      }
    },
  };
}

type UsableProfile = ProfileTarget & { readonly ring: OperationTarget };

/** A key ring may be in fewer environments than the profile. @throws KeyplaneError `unavailable` */
function requireProfile(found: ProfileTarget | undefined): UsableProfile {
  const name = found?.issuing.profile.name ?? '';
  const isComplete = found?.issuing.profile.encryptTo === null || found?.encryption !== undefined;
  if (found?.ring !== undefined && isComplete) return { ...found, ring: found.ring };
  const key = found?.ring === undefined ? 'the key ring' : 'the encryption key';
  throw new KeyplaneError('unavailable', `This node does not have ${key} of token profile (name: ${name})!`, {
    reason: 'NO_ACTIVE_KEY',
  });
}
