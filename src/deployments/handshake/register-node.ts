// Lets a node in that has proven itself: registers its key, where it is not, and the node under its name. What the
// verdict stood on is looked up again in the transaction that writes, so of two nodes that join at once under one name,
// or with the last place of a token, one is rejected.

import type { AuditLog, AuditStore } from '../../audit/audit-log.ts';
import type {
  EnrollmentToken,
  Environment,
  NodeKey,
  RegisteredNode,
} from '../../environments/environment-store.ts';
import { newId } from '../../new-id.ts';
import type { Hello, Resume } from '../../protocol/messages.ts';
import type { UnitOfWork } from '../../unit-of-work.ts';
import type { DesiredStateStores, EnvironmentHead } from '../desired-state-store.ts';
import { type LineageStores, lineageOf } from '../history/lineage.ts';
import { decideJoin, type JoinDecision, type JoinRejection, refusal } from './decide-join.ts';
import type { ReadIdentity } from './installation-identity.ts';
import { type JoinStores, lookUpJoin } from './look-up-join.ts';
import { recordJoin } from './record-joins.ts';

export type RegistrationStores = JoinStores &
  DesiredStateStores &
  LineageStores & { readonly audit: AuditStore };

export interface Admission {
  readonly environment: Environment;
  readonly node: RegisteredNode;
  readonly key: NodeKey;
  /** Where the environment stands now. */
  readonly head: EnvironmentHead;
  /** Rows that a delta from the node's revision has, and that a snapshot has. */
  readonly rows: { readonly delta: number; readonly snapshot: number };
}

export interface RegisterOptions {
  readonly store: UnitOfWork<RegistrationStores>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
  readonly readIdentity: ReadIdentity;
}

export interface ProvenNode {
  readonly hello: Hello;
  readonly resume: Resume;
  readonly address: string | null;
  /** The token of the first release that it proved to have. */
  readonly firstReleaseToken: EnrollmentToken | undefined;
}

export async function registerNode(
  { store, audit, clock, readIdentity }: RegisterOptions,
  proven: ProvenNode,
): Promise<Admission | JoinRejection> {
  const { hello, resume } = proven;
  const look = async (stores: RegistrationStores) => {
    const facts = await lookUpJoin(stores, hello, { readIdentity, now: clock() });
    return { facts, decision: decideJoin(facts) };
  };
  const known = await store.read(async (stores) => {
    const { facts, decision } = await look(stores);
    const { environment } = facts;
    if (decision.join !== 'returning' || environment === undefined) return undefined;
    const node = await stores.nodes.find(environment.id, decision.key.name);
    const at = await headOf(stores, environment.id, resume.revision);
    return node && { environment, node, key: decision.key, ...at };
  });
  if (known) return known;
  return store.write(async (stores) => {
    const { facts, decision } = await look(stores);
    const { environment, name } = facts;
    if (decision.join === 'refused') return decision;
    if (environment === undefined) return refusal('there is no such environment');
    const token = await tokenOf(decision, proven, stores);
    if (decision.join !== 'returning' && token === undefined)
      return refusal('its enrollment token is missing or was revoked');
    const now = clock();
    const key =
      decision.join === 'returning' ? decision.key : newNodeKey({ hello, environment, name, token, now });
    const before = await stores.nodes.find(environment.id, name);
    if (decision.join !== 'returning') {
      await stores.nodeKeys.insert(key);
      if (token?.publicKey) await stores.enrollmentTokens.countRegistration(token.id);
    }
    if (before && decision.join === 'replacing') await stores.nodes.delete(before.id);
    const kept = decision.join === 'replacing' ? undefined : before;
    const node = kept ?? newNode({ environmentId: environment.id, key, version: hello.version, now });
    if (kept === undefined) await stores.nodes.insert(node);
    if (decision.join !== 'returning') {
      await recordJoin(audit, stores, {
        verb: decision.join === 'replacing' ? 'replace' : 'join',
        nodeId: node.id,
        environment: environment.name,
        name,
        address: proven.address,
        tokenId: key.tokenId,
        tokenName: key.tokenName,
      });
    }
    return { environment, node, key, ...(await headOf(stores, environment.id, resume.revision)) };
  });
}

async function tokenOf(
  decision: JoinDecision,
  { firstReleaseToken }: ProvenNode,
  { enrollmentTokens }: RegistrationStores,
): Promise<EnrollmentToken | undefined> {
  if (decision.join === 'upgraded') {
    if (firstReleaseToken === undefined) return undefined;
    // It may have been revoked since it was proven.
    const { id, environmentId } = firstReleaseToken;
    return (await enrollmentTokens.list(environmentId)).find((token) => token.id === id);
  }
  return decision.join === 'new' || decision.join === 'replacing' ? decision.token : undefined;
}

function newNodeKey(of: {
  readonly hello: Hello;
  readonly environment: Environment;
  readonly name: string;
  readonly token: EnrollmentToken | undefined;
  readonly now: Date;
}): NodeKey {
  const { hello, environment, name, token, now } = of;
  return {
    id: newId(now.getTime()),
    environmentId: environment.id,
    name,
    publicKey: Buffer.from(hello.nodeKey, 'base64url'),
    tokenId: token?.id ?? null,
    tokenName: token?.label ?? null,
    privateKeys: token?.privateKeys ?? false,
    registeredAt: now,
    barred: null,
  };
}

function newNode(of: {
  readonly environmentId: string;
  readonly key: NodeKey;
  readonly version: string;
  readonly now: Date;
}): RegisteredNode {
  const { environmentId, key, version, now } = of;
  return {
    id: newId(now.getTime()),
    environmentId,
    name: key.name,
    version,
    appliedRevision: 0,
    connected: false,
    lastSeenAt: now,
    createdAt: now,
    managerId: null,
    refusal: null,
    keyId: key.id,
    privateKeys: key.privateKeys,
    address: null,
    clockOffsetMs: null,
    appliedAt: null,
    serveLimitMs: null,
    ephemeral: false,
  };
}

const nearRevisions = 256;

async function headOf(
  stores: DesiredStateStores & LineageStores,
  environmentId: string,
  revision: number,
): Promise<Pick<Admission, 'head' | 'rows'>> {
  const { desired } = stores;
  // An environment that never had anything has no row beside which the lineage could be read.
  const head = { ...(await desired.head(environmentId)), lineage: await lineageOf(stores) };
  // A delta of one message is never worth counting.
  const isFar = head.revision - revision > nearRevisions;
  const rows = isFar
    ? {
        delta: await desired.countAfter(environmentId, revision),
        snapshot: await desired.countPresent(environmentId),
      }
    : { delta: 0, snapshot: 0 };
  return { head, rows };
}
