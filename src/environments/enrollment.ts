// The tokens that let nodes into an environment. Any number of nodes join with one; only its hash is kept. Revoking one
// ends the streams that it opened, at every manager, and what its nodes hold they go on serving.

import type { Caller } from '../access/caller.ts';
import { newSecretToken } from '../access/secret-token.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { badRequest } from '../errors.ts';
import { checkName, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { DeploymentPort } from './deployment-port.ts';
import { type EnrollmentToken, quickstartLabel } from './environment-store.ts';
import { type EnvironmentRuleNouns, foundEnvironment } from './environments.ts';

export interface EnrollmentRequest {
  readonly environmentName: string;
  /** For people to tell tokens apart; several may have the same one. */
  readonly name?: string | undefined;
}

export interface Enrollment {
  createToken(caller: Pick<Caller, 'username'>, request: EnrollmentRequest): Promise<NewEnrollmentToken>;
  /** The token of `npm start`: that of an earlier start ends. */
  replaceQuickstartToken(
    caller: Pick<Caller, 'username'>,
    environmentName: string,
  ): Promise<NewEnrollmentToken>;
  /** The oldest first. */
  list(environmentName: string): Promise<readonly EnrollmentToken[]>;
  /** Its nodes are no longer let in, and those that are connected lose their streams. */
  revoke(caller: Pick<Caller, 'username'>, environmentName: string, tokenId: string): Promise<void>;
}

export interface NewEnrollmentToken {
  /** Shown once. */
  readonly secretToken: string;
}

export interface EnrollmentOptions<Nouns extends EnvironmentRuleNouns> {
  readonly store: UnitOfWork<Nouns>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
  readonly deployments: Pick<DeploymentPort<Nouns>, 'wake'>;
}

export function createEnrollment<Nouns extends EnvironmentRuleNouns>(
  options: EnrollmentOptions<Nouns>,
): Enrollment {
  const { store, audit, clock, deployments } = options;
  const record = (nouns: Nouns, actor: string, facts: TokenFacts) =>
    audit.append(nouns, tokenEvent(actor, facts));

  async function make(actor: string, environmentName: string, label: string | null) {
    const { secretToken, hash } = newSecretToken('kpn_');
    const createdAt = clock();
    const id = newId(createdAt.getTime());
    await store.write(async (nouns) => {
      const { id: environmentId, name: environment } = await foundEnvironment(nouns, environmentName);
      if (label === quickstartLabel) await nouns.enrollmentTokens.deleteLabelled(environmentId, label);
      await nouns.enrollmentTokens.insert({ id, environmentId, hash, label, createdAt });
      await record(nouns, actor, { verb: 'create', id, environment, label });
    });
    return { secretToken };
  }

  return {
    async createToken(caller, { environmentName, name }) {
      const label = name === undefined ? null : checkName(name, 'Enrollment token name');
      if (label === quickstartLabel) {
        throw badRequest(`Enrollment token name (${label}) is that of the tokens that npm start replaces!`);
      }
      return make(caller.username, environmentName, label);
    },
    replaceQuickstartToken: (caller, environmentName) =>
      make(caller.username, environmentName, quickstartLabel),

    list: (environmentName) =>
      store.read(async (nouns) => {
        const { id } = await foundEnvironment(nouns, environmentName);
        return nouns.enrollmentTokens.list(id);
      }),

    async revoke(caller, environmentName, tokenId) {
      await store.write(async (nouns) => {
        const { id: environmentId, name: environment } = await foundEnvironment(nouns, environmentName);
        const tokens = await nouns.enrollmentTokens.list(environmentId);
        const token = tokens.find(({ id }) => id === tokenId);
        if (!token) throw badRequest(`Enrollment token (id: ${shownText(tokenId)}) is not found!`);
        const { id, label } = token;
        await nouns.enrollmentTokens.delete(id);
        await record(nouns, caller.username, { verb: 'revoke', id, environment, label });
      });
      deployments.wake();
    },
  };
}

interface TokenFacts {
  readonly verb: 'create' | 'revoke';
  readonly id: string;
  readonly environment: string;
  readonly label: string | null;
}

function tokenEvent(actor: string, { verb, id, environment, label }: TokenFacts) {
  return {
    actor,
    action: `enrollmentToken.${verb}`,
    objectType: 'enrollmentToken',
    objectId: id,
    objectName: environment,
    projectName: null,
    outcome: 'SUCCESS' as const,
    details: { label },
  };
}
