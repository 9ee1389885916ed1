import type { Caller } from '../access/caller.ts';
import { newSecretToken } from '../access/secret-token.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { newId } from '../new-id.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { type EnvironmentRuleNouns, foundEnvironment } from './environments.ts';

export interface EnrollmentRequest {
  readonly environmentName: string;
  /** Tokens made earlier under the same label end; without one, all others stay. */
  readonly label?: string;
}

/** Lets nodes into an environment. */
export interface Enrollment {
  /** Any number of nodes join with it. */
  createToken(caller: Pick<Caller, 'username'>, request: EnrollmentRequest): Promise<NewEnrollmentToken>;
}

export interface NewEnrollmentToken {
  /** Shown once. */
  readonly secretToken: string;
}

export interface EnrollmentOptions {
  readonly store: UnitOfWork<EnvironmentRuleNouns>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
}

export function createEnrollment({ store, audit, clock }: EnrollmentOptions): Enrollment {
  return {
    async createToken(caller, { environmentName, label = null }) {
      const { secretToken, hash } = newSecretToken('kpn_');
      const createdAt = clock();
      const id = newId(createdAt.getTime());
      await store.write(async (nouns) => {
        const { id: environmentId, name } = await foundEnvironment(nouns, environmentName);
        if (label !== null) await nouns.enrollmentTokens.deleteLabelled(environmentId, label);
        await nouns.enrollmentTokens.insert({ id, environmentId, hash, label, createdAt });
        await audit.append(nouns, {
          actor: caller.username,
          action: 'enrollmentToken.create',
          objectType: 'enrollmentToken',
          objectId: id,
          objectName: name,
          projectName: null,
          outcome: 'SUCCESS',
          details: { label },
        });
      });
      return { secretToken };
    },
  };
}
