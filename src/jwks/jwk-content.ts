import type { AccessStores } from '../access/access-store.ts';
import {
  type ContentReader,
  type ObjectDigest,
  type OnUnreadable,
  readableDigests,
} from '../deployments/content-reader.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { badRequest } from '../errors.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import type { DeployedJwk, DeployedMembership } from '../protocol/content.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { JwkStores, StoredJwk } from './jwk-store.ts';
import { findKidConflict, kidTakenText } from './published-kid.ts';
import { type MemberRingStores, type MemberState, type RingKind, ringKindOf } from './ring-member.ts';
import { openPrivateJwk, openPublicMembers } from './sealed-members.ts';

const pageSize = 512;
/** To open a JWK and take its digest costs 50 µs and more. */
const openedAtOnce = 64;

/** Whether nodes are sent a JWK in the state that it is in: a member of a ring that is RETIRED or REVOKED stays away. */
export function isDeployed({ member }: Pick<StoredJwk, 'member'>): boolean {
  return member === undefined || isLive(member.state);
}

/** What nodes get of a stored JWK as it is now; undefined: nothing. @throws KeyplaneError where the row was altered */
export function storedJwkContent(
  stored: StoredJwk,
  projectName: string,
  sealer: Sealer,
): DeployedJwk | undefined {
  const { member } = stored;
  if (member === undefined) return jwkContent(stored, projectName, openPrivateJwk(sealer, stored));
  const { ringId, version, state } = member;
  if (!isLive(state)) return undefined;
  const kind = ringKindOf(stored);
  const retireAt = state === 'RETIRING' ? (member.retireAt?.getTime() ?? null) : null;
  const withPrivatePart = kind !== 'SIGNATURE' || state === 'ACTIVE';
  const jwk = withPrivatePart ? openPrivateJwk(sealer, stored) : openPublicMembers(stored);
  return {
    ...jwkContent(stored, projectName, jwk),
    expires: kind === 'SIGNATURE' ? retireAt : null,
    ring: { ringId, version, state, published: isPublished(kind, state), retireAt },
  };
}

type LiveState = DeployedMembership['state'];

function isLive(state: MemberState): state is LiveState {
  return state !== 'RETIRED' && state !== 'REVOKED';
}

function isPublished(kind: RingKind, state: LiveState): boolean {
  switch (kind) {
    case 'SIGNATURE':
      return true;
    case 'ENCRYPTION':
      return state === 'ACTIVE';
    case 'OCT':
      return false;
    default:
      return kind satisfies never;
  }
}

/** What nodes get of a JWK outside a ring: the same in every environment. */
export function jwkContent(stored: StoredJwk, projectName: string, jwk: PrivateJwk): DeployedJwk {
  return {
    kind: 'jwk',
    id: stored.id,
    project: projectName,
    name: stored.name,
    jwk: { ...jwk },
    notBefore: stored.notBeforeTime?.getTime() ?? null,
    expires: stored.expirationTime?.getTime() ?? null,
    ...(stored.kidSince && { kidSince: stored.kidSince.getTime() }),
    ...(stored.operations && { operations: stored.operations }),
  };
}

export function createJwkContentReader(
  sealer: Sealer,
  onUnreadable: OnUnreadable,
): ContentReader<
  JwkStores &
    MemberRingStores &
    DesiredStateStores &
    Pick<AccessStores, 'projects'> &
    Pick<EnvironmentStores, 'environments'>
> {
  return {
    kind: 'jwk',
    async read(stores, _environmentId, ids) {
      const stored = await stores.jwks.getMany(ids);
      const names = new Map<string, string>();
      for (const projectId of new Set(stored.map((jwk) => jwk.projectId))) {
        const project = await stores.projects.get(projectId);
        if (project) names.set(projectId, project.name);
      }
      return stored.flatMap((jwk) => storedJwkContent(jwk, names.get(jwk.projectId) ?? '', sealer) ?? []);
    },
    async refuseGain(stores, environmentId, projectId) {
      const shared = await findKidConflict(stores, projectId);
      if (!shared) return;
      const project = await stores.projects.get(projectId);
      const environment = await stores.environments.get(environmentId);
      const [first, second] = shared.names;
      throw badRequest(
        `Project (${project?.name}) can not reach environment (${environment?.name}), for JWK (name: ${second}): ${kidTakenText(shared.kid, first)}`,
        { reason: 'KID_TAKEN', member: 'projects' },
      );
    },
    async *digestsOfProject(stores, environmentId, projectId) {
      const project = await stores.projects.get(projectId);
      if (!project) return;
      const read = (jwk: StoredJwk) => storedJwkContent(jwk, project.name, sealer);
      const elsewhere = await membersElsewhere(stores, environmentId, projectId);
      for (let after = ''; ; ) {
        const page = await stores.jwks.idsOfProject(projectId, after, pageSize);
        const ids = page.filter((id) => !elsewhere.has(id));
        // It is the same in every environment, so any environment that has it knows its digest.
        const known = await stores.desired.digestsAnywhere('jwk', ids);
        const unknown = ids.filter((id) => !known.has(id));
        const opened: ObjectDigest[] = [];
        for (let from = 0; from < unknown.length; from += openedAtOnce) {
          const stored = await stores.jwks.getMany(unknown.slice(from, from + openedAtOnce));
          opened.push(...readableDigests(stored, 'jwk', { read, onUnreadable }));
        }
        yield [...known, ...opened];
        const last = page.at(-1);
        if (!last || page.length < pageSize) return;
        after = last;
      }
    },
  };
}

/** Members of rings that leave this environment out. */
async function membersElsewhere(
  { rings }: MemberRingStores,
  environmentId: string,
  projectId: string,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let after = ''; ; ) {
    const ids = await rings.idsOfProject(projectId, after, pageSize);
    for (const { id, policy } of await rings.getMany(ids)) {
      if (policy.environmentIds === null || policy.environmentIds.includes(environmentId)) continue;
      for (const jwkId of await rings.memberIds(id)) found.add(jwkId);
    }
    const last = ids.at(-1);
    if (!last || ids.length < pageSize) return found;
    after = last;
  }
}
