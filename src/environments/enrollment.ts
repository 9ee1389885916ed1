// The tokens with which nodes join an environment. A token is the seed of an Ed25519 key of which the public half is
// stored, and names the installation's identity. Revoking one bars the nodes that joined with it, at every manager; what
// they hold they go on serving.

import { hash, randomBytes } from 'node:crypto';
import type { Caller } from '../access/caller.ts';
import { futureInstant } from '../access/future-instant.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { badRequest } from '../errors.ts';
import { checkName, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import { enrollmentTokenText } from '../protocol/enrollment-token.ts';
import { signingKeyOf } from '../protocol/signing-keys.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { DeploymentPort } from './deployment-port.ts';
import { type EnrollmentToken, quickstartLabel } from './environment-store.ts';
import { type EnvironmentRuleStores, requireEnvironment } from './environments.ts';

export interface EnrollmentRequest {
  readonly environmentName: string;
  /** Helps users to distinguish tokens; several may have the same one. */
  readonly name?: string | undefined;
  /** No node joins with it from then on. */
  readonly expiresAt?: string | undefined;
  /** Keys of nodes that may ever be registered with it. */
  readonly maxNodes?: number | undefined;
  /** Whether its nodes are given private keys; false where it is left out. */
  readonly privateKeys?: boolean | undefined;
}

export interface Enrollment {
  createToken(caller: Pick<Caller, 'username'>, request: EnrollmentRequest): Promise<NewEnrollmentToken>;
  /** The token of `npm start`: with that of an earlier start no other node joins. */
  replaceQuickstartToken(
    caller: Pick<Caller, 'username'>,
    environmentName: string,
  ): Promise<NewEnrollmentToken>;
  /** The oldest first. */
  list(environmentName: string): Promise<readonly EnrollmentToken[]>;
  /** Nodes that joined with it are barred, and those that are connected lose their streams. */
  revoke(caller: Pick<Caller, 'username'>, environmentName: string, tokenId: string): Promise<void>;
}

export interface NewEnrollmentToken {
  /** Shown once. */
  readonly secretToken: string;
}

const seedBytes = 32;

export interface EnrollmentOptions<Stores extends EnvironmentRuleStores> {
  readonly store: UnitOfWork<Stores>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
  readonly deployments: Pick<DeploymentPort<Stores>, 'wake'>;
  /** In the caller's transaction: the identity whose fingerprint goes into a token. */
  readonly readIdentity: (stores: Stores) => Promise<{ readonly id: string; readonly fingerprint: string }>;
}

export function createEnrollment<Stores extends EnvironmentRuleStores>(
  options: EnrollmentOptions<Stores>,
): Enrollment {
  const { store, audit, clock, deployments, readIdentity } = options;
  const record = (stores: Stores, actor: string, facts: TokenFacts) =>
    audit.append(stores, tokenEvent(actor, facts));

  async function make(actor: string, environmentName: string, wanted: WantedToken) {
    const createdAt = clock();
    const id = newId(createdAt.getTime());
    const seed = randomBytes(seedBytes);
    const { publicKey } = signingKeyOf(seed);
    return store.write(async (stores) => {
      const { id: environmentId, name: environment } = await requireEnvironment(stores, environmentName);
      const identity = await readIdentity(stores);
      const { label } = wanted;
      if (label === quickstartLabel) await stores.enrollmentTokens.deleteLabelled(environmentId, label);
      await stores.enrollmentTokens.insert({
        ...wanted,
        id,
        environmentId,
        publicKey,
        hash: hash('sha256', publicKey, 'buffer'),
        createdAt,
        registered: 0,
        identityId: identity.id,
      });
      await record(stores, actor, { verb: 'create', id, environment, ...wanted });
      return { secretToken: enrollmentTokenText(seed, identity.fingerprint) };
    });
  }

  return {
    async createToken(caller, request) {
      const { environmentName, name, maxNodes = null, privateKeys = false } = request;
      const label = name === undefined ? null : checkName(name, 'Enrollment token name');
      if (label === quickstartLabel) {
        throw badRequest(`Enrollment token name (${label}) is that of the tokens that npm start replaces!`, {
          member: 'name',
        });
      }
      const expiresAt = request.expiresAt === undefined ? null : futureInstant(request.expiresAt, clock());
      return make(caller.username, environmentName, { label, expiresAt, maxNodes, privateKeys });
    },
    replaceQuickstartToken: (caller, environmentName) =>
      make(caller.username, environmentName, {
        label: quickstartLabel,
        expiresAt: null,
        maxNodes: null,
        privateKeys: true,
      }),

    list: (environmentName) =>
      store.read(async (stores) => {
        const { id } = await requireEnvironment(stores, environmentName);
        return stores.enrollmentTokens.list(id);
      }),

    async revoke(caller, environmentName, tokenId) {
      await store.write(async (stores) => {
        const { id: environmentId, name: environment } = await requireEnvironment(stores, environmentName);
        const tokens = await stores.enrollmentTokens.list(environmentId);
        const token = tokens.find(({ id }) => id === tokenId);
        if (!token)
          throw badRequest(`Enrollment token (id: ${shownText(tokenId)}) is not found!`, {
            reason: 'NOT_FOUND',
          });
        const { id } = token;
        const barred = await stores.nodeKeys.barJoinedWith(id);
        await stores.enrollmentTokens.delete(id);
        await record(stores, caller.username, { verb: 'revoke', environment, ...token, barred });
      });
      deployments.wake();
    },
  };
}

type WantedToken = Pick<EnrollmentToken, 'label' | 'expiresAt' | 'maxNodes' | 'privateKeys'>;

interface TokenFacts extends WantedToken {
  readonly verb: 'create' | 'revoke';
  readonly id: string;
  readonly environment: string;
  /** How many nodes were barred with it. */
  readonly barred?: number;
}

function tokenEvent(actor: string, facts: TokenFacts) {
  const { verb, id, environment, label, expiresAt, maxNodes, privateKeys, barred } = facts;
  return auditEvent({
    actor,
    action: `enrollmentToken.${verb}`,
    objectType: 'enrollmentToken',
    objectId: id,
    objectName: environment,
    details: {
      label,
      expiresAt: expiresAt?.toISOString() ?? null,
      maxNodes,
      privateKeys,
      ...(barred !== undefined && { barred }),
    },
  });
}
