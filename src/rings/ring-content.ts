// What nodes get of a key ring, and how a ring with its members becomes desired state.

import type { AccessStores, Project } from '../access/access-store.ts';
import { requireIntactProject } from '../altered-settings.ts';
import { type ContentReader, type OnUnreadable, readableDigests } from '../deployments/content-reader.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import {
  type DeploymentTarget,
  type DesiredChange,
  desiredContent,
  putDesiredState,
} from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { alteredInDatabase, badRequest } from '../errors.ts';
import { parseDuration } from '../iso-duration.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import { publicJwk } from '../jose/public-part.ts';
import { isDeployed, storedJwkContent } from '../jwks/jwk-content.ts';
import type { JwkStores } from '../jwks/jwk-store.ts';
import { shownText } from '../names.ts';
import type { DeployedJwk, DeployedKeyRing, FormerMember } from '../protocol/content.ts';
import type { Sealer } from '../sealing/sealed.ts';
import { recordJoinedEnvironments } from './joined-environment.ts';
import type { KeyRing } from './ring.ts';
import { environmentsOfRing } from './ring-environments.ts';
import type { MemberJwk, RingStores } from './ring-store.ts';

/** Stores that a ring's desired state is made from and written to. */
export type RingContentStores = RingStores &
  JwkStores &
  DesiredStateStores &
  Pick<AccessStores, 'projects'> &
  Pick<EnvironmentStores, 'environments'>;

/** RETIRED members that nodes are sent, besides all REVOKED ones. */
const mostRetiredSent = 100;
const pageSize = 512;

export interface RingWithMembers {
  readonly ring: KeyRing;
  /** All of them, ascending by version. */
  readonly members: readonly MemberJwk[];
}

/** The same in every environment. @throws KeyplaneError where the row was altered */
function ringContent(
  { ring, members }: RingWithMembers,
  { projectName, signsHistoricalKeys }: { projectName: string; signsHistoricalKeys: boolean },
): DeployedKeyRing {
  if (ring.altered) throw alteredInDatabase(`Key ring (name: ${ring.name})`);
  const { maxTokenLifetime, clockSkew, signingLease } = ring.policy;
  return {
    kind: 'key-ring',
    id: ring.id,
    project: projectName,
    name: ring.name,
    use: ring.use,
    maxTokenLifetimeMs: parseDuration(maxTokenLifetime) ?? 0,
    clockSkewMs: parseDuration(clockSkew) ?? 0,
    signingLeaseMs: signingLease === null ? null : (parseDuration(signingLease) ?? 0),
    signsHistoricalKeys,
    former: formerMembers(members),
  };
}

function formerMembers(members: readonly MemberJwk[]): readonly FormerMember[] {
  const retired = members.filter(({ member }) => member.state === 'RETIRED').slice(-mostRetiredSent);
  const told = new Set<MemberJwk>(retired);
  return members.filter((jwk) => told.has(jwk) || jwk.member.state === 'REVOKED').map(formerMember);
}

function formerMember(stored: MemberJwk): FormerMember {
  if (stored.altered) throw alteredInDatabase(`JWK (name: ${stored.name})`);
  const { version, state, retiredAt, revokedAt, revokedReason } = stored.member;
  const isRevoked = state === 'REVOKED';
  const jwk = publicJwk(JSON.parse(stored.publicMembers) as PrivateJwk);
  return {
    version,
    kid: stored.kid,
    jwk: jwk ? { ...jwk } : null,
    retiredAt: isRevoked ? null : (retiredAt?.getTime() ?? 0),
    revokedAt: isRevoked ? (revokedAt?.getTime() ?? 0) : null,
    revokedReason: isRevoked ? revokedReason : null,
  };
}

/** The id of the ring that signs the historical keys of a project: the one that it names, else its only one that can. */
async function historicalSigner(
  { rings }: RingStores,
  { id, historicalKeyRingName }: Pick<Project, 'id' | 'historicalKeyRingName'>,
): Promise<string | undefined> {
  if (historicalKeyRingName !== null) return (await rings.find(id, historicalKeyRingName))?.id;
  const [only, another] = await rings.signatureRings(id, 2);
  return another ? undefined : only?.id;
}

/**
 * Desires a ring and all its members as they are now, in the caller's transaction, after their rows were written. What is
 * as before gets no revision. The ring comes first, then the ACTIVE member, so that nodes have one to sign with wherever
 * a delta is cut.
 * @returns the revision of each environment with which nodes have all of it
 */
export async function putDesiredRing(
  stores: RingContentStores,
  { ring, members, projectName, sealer }: RingWithMembers & { projectName: string; sealer: Sealer },
): Promise<readonly DeploymentTarget[]> {
  const wanted = (await environmentsOfRing(stores, ring)).map(({ id }) => id);
  const contents = [...members]
    .sort((a, b) => Number(b.member.state === 'ACTIVE') - Number(a.member.state === 'ACTIVE'))
    .flatMap((jwk) => storedJwkContent(jwk, projectName, sealer) ?? []);
  const { projectId } = ring;
  const changes: DesiredChange[] = [];
  const put = (content: DeployedJwk | DeployedKeyRing) => {
    const { kind, id: objectId } = content;
    const desired = desiredContent(content);
    for (const environmentId of wanted)
      changes.push({ environmentId, kind, objectId, projectId, ...desired });
  };
  const signers = await ringsToCompare(stores, ring);
  put(await contentOf(stores, { ring, members }, projectName));
  for (const content of contents) put(content);
  changes.push(...(await withdrawals(stores, ring, { wanted, members })));
  for (const other of signers) changes.push(...(await ringChanges(stores, other, projectName)));
  return putDesiredState(stores, changes);
}

/**
 * Takes a ring and all its members from every environment, in the caller's transaction, after their rows were deleted. A project
 * that named it for its historical keys names none.
 * @returns the revision of each environment with which nodes have nothing of it
 */
export async function withdrawRing(
  stores: RingContentStores,
  { ring, members, projectName }: RingWithMembers & { projectName: string },
): Promise<readonly DeploymentTarget[]> {
  const project = await stores.projects.get(ring.projectId);
  if (project?.historicalKeyRingName === ring.name) {
    await stores.projects.update({ ...project, historicalKeyRingName: null });
  }
  const changes = await withdrawals(stores, ring, { wanted: [], members });
  for (const other of await ringsToCompare(stores, ring)) {
    changes.push(...(await ringChanges(stores, other, projectName)));
  }
  return putDesiredState(stores, changes);
}

/**
 * After a project was stored with another ring for its historical keys: desires both rings as they are now.
 * @param former undefined: not known, so every ring may have been it
 * @throws KeyplaneError `bad_request` where it has no such ring, or no verifier could know its keys
 */
export async function putDesiredSigner(
  stores: RingContentStores,
  project: Project,
  former: string | null | undefined,
): Promise<readonly DeploymentTarget[]> {
  const { id, name: projectName, historicalKeyRingName: name } = project;
  const chosen = name === null ? undefined : await stores.rings.find(id, name);
  const member = 'historicalKeyRingName';
  if (name !== null && !chosen) {
    throw badRequest(`Key ring (name: ${shownText(name)}) is not found!`, { reason: 'NOT_FOUND', member });
  }
  if (chosen && !isVerifiable(chosen)) {
    throw badRequest(
      `Key ring (name: ${name}) can not sign historical keys: it has no public keys for SIGNATURE!`,
      {
        reason: 'FIELD_NOT_VALID',
        member,
      },
    );
  }
  const changes: DesiredChange[] = [];
  for (const ring of await signersOf(stores, { projectId: id, chosen, former })) {
    changes.push(...(await ringChanges(stores, ring, projectName)));
  }
  return putDesiredState(stores, changes);
}

/** Rings that sign the historical keys from now on, or did. */
async function signersOf(
  { rings }: RingStores,
  {
    projectId,
    chosen,
    former,
  }: { projectId: string; chosen: KeyRing | undefined; former: string | null | undefined },
): Promise<readonly KeyRing[]> {
  if (former === undefined) return rings.signatureRings(projectId, Number.MAX_SAFE_INTEGER);
  const before = former === null ? undefined : await rings.find(projectId, former);
  const found = [chosen, before, ...(await rings.signatureRings(projectId, 1))].filter(
    (ring) => ring !== undefined,
  );
  return [...new Map(found.map((ring) => [ring.id, ring])).values()];
}

function isVerifiable({ type, use }: Pick<KeyRing, 'type' | 'use'>): boolean {
  return use === 'sig' && type !== 'OCT';
}

/** A second ring that can sign ends the default of the first; the last one that is left has it again. */
async function ringsToCompare(stores: RingContentStores, ring: KeyRing): Promise<readonly KeyRing[]> {
  if (!isVerifiable(ring)) return [];
  const signing = await stores.rings.signatureRings(ring.projectId, 3);
  const others = signing.filter(({ id }) => id !== ring.id);
  return others.length === 1 ? others : [];
}

async function ringChanges(
  stores: RingContentStores,
  ring: KeyRing,
  projectName: string,
): Promise<readonly DesiredChange[]> {
  const members = await stores.rings.members(ring.id);
  const desired = desiredContent(await contentOf(stores, { ring, members }, projectName));
  const { projectId } = ring;
  return (await environmentsOfRing(stores, ring)).map(({ id: environmentId }) => {
    return { environmentId, kind: 'key-ring', objectId: ring.id, projectId, ...desired };
  });
}

async function contentOf(
  stores: RingContentStores,
  { ring, members }: RingWithMembers,
  projectName: string,
): Promise<DeployedKeyRing> {
  const project = await stores.projects.get(ring.projectId);
  if (project) requireIntactProject(project);
  const signsHistoricalKeys = project !== undefined && (await historicalSigner(stores, project)) === ring.id;
  return ringContent({ ring, members }, { projectName, signsHistoricalKeys });
}

/** Of the ring and its members where they are and must not be: in other environments, and retired or revoked ones. */
async function withdrawals(
  { desired }: DesiredStateStores,
  { id, projectId }: KeyRing,
  { wanted, members }: { wanted: readonly string[]; members: readonly MemberJwk[] },
): Promise<DesiredChange[]> {
  const live = wanted.length === 0 ? [] : members.filter(isDeployed).map((jwk) => jwk.id);
  const ended = members.map((jwk) => jwk.id).filter((jwkId) => !live.includes(jwkId));
  // A ring has many members that retired long ago, of which no environment has any.
  const present = await desired.digestsAnywhere('jwk', ended);
  const changes: DesiredChange[] = [];
  const withdraw = async (kind: 'key-ring' | 'jwk', objectId: string, kept: readonly string[]) => {
    for (const environmentId of await desired.environmentsOf(kind, objectId)) {
      if (kept.includes(environmentId)) continue;
      changes.push({ environmentId, kind, objectId, projectId, digest: null });
    }
  };
  await withdraw('key-ring', id, wanted);
  for (const jwkId of live) await withdraw('jwk', jwkId, wanted);
  for (const jwkId of present.keys()) await withdraw('jwk', jwkId, []);
  return changes;
}

export function createRingContentReader(onUnreadable: OnUnreadable): ContentReader<RingContentStores> {
  return {
    kind: 'key-ring',
    async read(stores, _environmentId, ids) {
      const contents: DeployedKeyRing[] = [];
      for (const ring of await stores.rings.getMany(ids)) {
        const members = await stores.rings.members(ring.id);
        const project = await stores.projects.get(ring.projectId);
        const signsHistoricalKeys =
          project !== undefined && (await historicalSigner(stores, project)) === ring.id;
        const projectName = project?.name ?? '';
        const content = ringContent({ ring, members }, { projectName, signsHistoricalKeys });
        // The desired row decides, also where the row of the project, which names the ring, was altered.
        contents.push(content, { ...content, signsHistoricalKeys: !signsHistoricalKeys });
      }
      return contents;
    },
    async *digestsOfProject(stores, environmentId, projectId) {
      const project = await stores.projects.get(projectId);
      if (!project) return;
      const signer = await historicalSigner(stores, project);
      for (let after = ''; ; ) {
        const ids = await stores.rings.idsOfProject(projectId, after, pageSize);
        for (const ring of await stores.rings.getMany(ids)) {
          const { environmentIds } = ring.policy;
          if (environmentIds !== null && !environmentIds.includes(environmentId)) continue;
          const members = await stores.rings.members(ring.id);
          const read = () =>
            ringContent(
              { ring, members },
              { projectName: project.name, signsHistoricalKeys: ring.id === signer },
            );
          yield readableDigests([ring], 'key-ring', { read, onUnreadable });
        }
        const last = ids.at(-1);
        if (!last || ids.length < pageSize) return;
        after = last;
      }
    },
    async gained(stores, environmentId, projectId) {
      const { revision } = await stores.desired.state(environmentId);
      for (let after = ''; ; ) {
        const ids = await stores.rings.idsOfProject(projectId, after, pageSize);
        for (const { id, policy } of await stores.rings.getMany(ids)) {
          if (policy.environmentIds?.includes(environmentId) === false) continue;
          await recordJoinedEnvironments(stores, id, { [environmentId]: revision });
        }
        const last = ids.at(-1);
        if (!last || ids.length < pageSize) return;
        after = last;
      }
    },
  };
}
