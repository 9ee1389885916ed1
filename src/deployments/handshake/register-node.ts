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
import type { DesiredStateNouns, EnvironmentStanding } from '../desired-state-store.ts';
import { type LineageNouns, lineageOf } from '../history/lineage.ts';
import type { ReadIdentity } from './installation-identity.ts';
import { type JoinVerdict, judgeJoin, type Refusal, refusal } from './judge-join.ts';
import { type JoinNouns, lookUpJoin } from './look-up-join.ts';
import { recordJoin } from './record-joins.ts';

export type RegistrationNouns = JoinNouns & DesiredStateNouns & LineageNouns & { readonly audit: AuditStore };

export interface Admission {
  readonly environment: Environment;
  readonly node: RegisteredNode;
  readonly key: NodeKey;
  /** Where the environment stands now. */
  readonly standing: EnvironmentStanding;
  /** Rows that a delta from the node's revision has, and that a snapshot has. */
  readonly rows: { readonly difference: number; readonly snapshot: number };
}

export interface RegisterOptions {
  readonly store: UnitOfWork<RegistrationNouns>;
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
): Promise<Admission | Refusal> {
  const { hello, resume } = proven;
  const look = async (nouns: RegistrationNouns) => {
    const facts = await lookUpJoin(nouns, hello, { readIdentity, now: clock() });
    return { facts, verdict: judgeJoin(facts) };
  };
  const known = await store.read(async (nouns) => {
    const { facts, verdict } = await look(nouns);
    const { environment } = facts;
    if (verdict.join !== 'returning' || environment === undefined) return undefined;
    const node = await nouns.nodes.find(environment.id, verdict.key.name);
    const at = await standingOf(nouns, environment.id, resume.revision);
    return node && { environment, node, key: verdict.key, ...at };
  });
  if (known) return known;
  return store.write(async (nouns) => {
    const { facts, verdict } = await look(nouns);
    const { environment, name } = facts;
    if (verdict.join === 'refused') return verdict;
    if (environment === undefined) return refusal('there is no such environment');
    const token = await tokenOf(verdict, proven, nouns);
    if (verdict.join !== 'returning' && token === undefined)
      return refusal('its enrollment token is missing or was revoked');
    const now = clock();
    const key =
      verdict.join === 'returning' ? verdict.key : newNodeKey({ hello, environment, name, token, now });
    const before = await nouns.nodes.find(environment.id, name);
    if (verdict.join !== 'returning') {
      await nouns.nodeKeys.insert(key);
      if (token?.publicKey) await nouns.enrollmentTokens.countRegistration(token.id);
    }
    if (before && verdict.join === 'replacing') await nouns.nodes.delete(before.id);
    const kept = verdict.join === 'replacing' ? undefined : before;
    const node = kept ?? newNode({ environmentId: environment.id, key, version: hello.version, now });
    if (kept === undefined) await nouns.nodes.insert(node);
    if (verdict.join !== 'returning') {
      await recordJoin(audit, nouns, {
        verb: verdict.join === 'replacing' ? 'replace' : 'join',
        nodeId: node.id,
        environment: environment.name,
        name,
        address: proven.address,
        tokenId: key.tokenId,
        tokenName: key.tokenName,
      });
    }
    return { environment, node, key, ...(await standingOf(nouns, environment.id, resume.revision)) };
  });
}

async function tokenOf(
  verdict: JoinVerdict,
  { firstReleaseToken }: ProvenNode,
  { enrollmentTokens }: RegistrationNouns,
): Promise<EnrollmentToken | undefined> {
  if (verdict.join === 'upgraded') {
    if (firstReleaseToken === undefined) return undefined;
    // It may have been revoked since it was proven.
    const { id, environmentId } = firstReleaseToken;
    return (await enrollmentTokens.list(environmentId)).find((token) => token.id === id);
  }
  return verdict.join === 'new' || verdict.join === 'replacing' ? verdict.token : undefined;
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
  };
}

const nearRevisions = 256;

async function standingOf(
  nouns: DesiredStateNouns & LineageNouns,
  environmentId: string,
  revision: number,
): Promise<Pick<Admission, 'standing' | 'rows'>> {
  const { desired } = nouns;
  // An environment that never had anything has no row beside which the lineage could be read.
  const standing = { ...(await desired.standing(environmentId)), lineage: await lineageOf(nouns) };
  // A delta of one message is never worth counting.
  const isFar = standing.revision - revision > nearRevisions;
  const rows = isFar
    ? {
        difference: await desired.countAfter(environmentId, revision),
        snapshot: await desired.countPresent(environmentId),
      }
    : { difference: 0, snapshot: 0 };
  return { standing, rows };
}
