// How everything stands, for one caller: what they may see of projects, environments with their nodes, keys that
// are about to expire and sources that fail. It counts in the database and lists only the first few.

import type { AccessStores, Membership } from '../access/access-store.ts';
import type { Caller } from '../access/caller.ts';
import { holdsRole, membershipsOf } from '../access/narrowing.ts';
import type { AuditRecord, AuditStore } from '../audit/audit-log.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import { cachingOf } from '../deployments/environment-settings.ts';
import type { LineageStores } from '../deployments/history/lineage.ts';
import type { Environment, EnvironmentStores, RegisteredNode } from '../environments/environment-store.ts';
import { listSharedKids, type SharedKid, type SharedKidStores } from '../jwks/shared-kids.ts';
import { type Caching, projectKinds } from '../protocol/content.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type {
  ExpiringJwk,
  FailingSource,
  JwkCount,
  OverviewStores,
  Top,
  UnsteadyRing,
} from './overview-store.ts';

type Stores = AccessStores &
  EnvironmentStores &
  DesiredStateStores &
  OverviewStores &
  LineageStores &
  SharedKidStores & { readonly audit: AuditStore };

export interface OverviewOptions {
  readonly store: UnitOfWork<Stores>;
  /** So that the newest changes are among the last ones. */
  readonly closeAuditRecords: () => Promise<void>;
  readonly clock: () => Date;
  /** By id of the environment. */
  readonly nodesOf: (
    environmentIds: readonly string[],
  ) => Promise<ReadonlyMap<string, readonly RegisteredNode[]>>;
}

export type OverviewNodeState = 'CURRENT' | 'LAGGING' | 'REFUSED' | 'DISCONNECTED';

export interface EnvironmentOverview {
  readonly environment: Environment;
  readonly revision: number;
  readonly nodes: readonly { readonly node: RegisteredNode; readonly state: OverviewNodeState }[];
}

export interface Overview {
  readonly projects: readonly { readonly name: string; readonly jwks: number }[];
  readonly environments: readonly EnvironmentOverview[];
  readonly counts: readonly JwkCount[];
  readonly expiring: Top<ExpiringJwk>;
  readonly failing: Top<FailingSource>;
  readonly sharedKids: Top<SharedKid>;
  readonly rings: Top<UnsteadyRing>;
  readonly caching: Caching;
  /** Newest first. */
  readonly lastChanges: readonly AuditRecord[];
}

export type ReadOverview = (caller: Caller) => Promise<Overview>;

const expiringWithinMs = 30 * 24 * 3600 * 1000;
const shownItems = 20;
const shownChanges = 10;

export function createOverview({ store, clock, nodesOf, closeAuditRecords }: OverviewOptions): ReadOverview {
  return async (caller) => {
    // Closing them waits for the disk; only the newest changes are read after it.
    const [{ environments, readable, ...found }] = await Promise.all([
      store.read((stores) => look(stores, caller, clock())),
      closeAuditRecords(),
    ]);
    const [nodes, lastChanges] = await Promise.all([
      nodesOf(environments.map(({ environment }) => environment.id)),
      store.read((stores) => readLastChanges(stores, readable)),
    ]);
    const withNodes = environments.map(({ environment, revision }) => {
      const own = nodes.get(environment.id) ?? [];
      const states = own.map((node) => ({ node, state: stateOf(node, revision) }));
      return { environment, revision, nodes: states };
    });
    return { ...found, environments: withNodes, lastChanges };
  };
}

/** Reads that do not depend on each other are sent at once: on PostgreSQL they are one round trip. */
async function look(stores: Stores, caller: Caller, now: Date) {
  const memberships = caller.admin ? undefined : await membershipsOf(stores, caller);
  const readable = memberships?.filter(mayReadJwks).map(({ project }) => project);
  const visible = readable?.map(({ id }) => id) ?? null;
  const before = new Date(now.getTime() + expiringWithinMs);
  const [projects, counts, expiring, failing, shared, rings, caching, environments] = await Promise.all([
    readable ?? stores.projects.list(),
    stores.overview.jwkCounts(visible),
    stores.overview.expiring(visible, { before, limit: shownItems }),
    stores.overview.failingSources(visible, shownItems),
    listSharedKids(stores, now),
    stores.overview.unsteadyRings(visible, shownItems),
    cachingOf(stores),
    environmentsOf(stores, memberships),
  ]);
  return {
    projects: projects.map(({ id, name }) => ({ name, jwks: sum(counts, id) })),
    counts,
    expiring,
    failing,
    sharedKids: topOf(sharedKidsShownTo(projects, shared)),
    rings,
    caching,
    environments,
    /** Names of the projects whose JWKs the caller may read; undefined: all. */
    readable: readable?.map(({ name }) => name),
  };
}

/** The first few; of the JWKs of each, too. */
function topOf(shared: readonly SharedKid[]): Top<SharedKid> {
  const items = shared.slice(0, shownItems).map(({ published, leftOut, ...one }) => ({
    ...one,
    published: published.slice(0, shownItems),
    leftOut: leftOut.slice(0, shownItems),
  }));
  return { items, total: shared.length };
}

/** Names only JWKs of these projects: a user sees which of their own JWKs an environment's set leaves out. */
function sharedKidsShownTo(
  projects: readonly { readonly name: string }[],
  shared: readonly SharedKid[],
): readonly SharedKid[] {
  const names = new Set(projects.map(({ name }) => name));
  const shown = (jwks: SharedKid['published']) => jwks.filter(({ projectName }) => names.has(projectName));
  return shared
    .map((one) => ({ ...one, published: shown(one.published), leftOut: shown(one.leftOut) }))
    .filter((one) => (one.environmentName === null ? one.published : one.leftOut).length > 0);
}

function mayReadJwks({ roles }: Membership): boolean {
  return holdsRole(roles, 'ROLE_API_SECURITY');
}

function sum(counts: readonly JwkCount[], projectId: string): number {
  return counts.reduce((total, one) => total + (one.projectId === projectId ? one.count : 0), 0);
}

/** Those that the caller's projects reach, each once, by name. */
async function environmentsOf(stores: Stores, memberships: readonly Membership[] | undefined) {
  const [states, environments] = await Promise.all([stores.desired.states(), stores.environments.list()]);
  const revisions = new Map(states.map((one) => [one.environmentId, one.revision]));
  const own = memberships && new Set(memberships.map(({ project }) => project.id));
  return environments
    .filter(({ projectIds }) => {
      if (own === undefined) return true;
      return projectIds === null ? own.size > 0 : projectIds.some((id) => own.has(id));
    })
    .map((environment) => ({ environment, revision: revisions.get(environment.id) ?? 0 }));
}

const changingVerb = /\.(create|update|delete|refresh)$/;
const shownTypes: ReadonlySet<string> = new Set(projectKinds);

/** Of the newest records, those of changes of deployed objects. */
async function readLastChanges(stores: Stores, projectNames: readonly string[] | undefined) {
  const newest = { offset: 0, limit: 100, untilFull: true } as const;
  const { records } = await stores.audit.search({ outcome: 'SUCCESS' }, newest);
  return records
    .filter(({ action, objectType, projectName }) => {
      const isVisible = projectNames === undefined || projectNames.some((name) => name === projectName);
      return isVisible && shownTypes.has(objectType) && changingVerb.test(action);
    })
    .slice(0, shownChanges);
}

function stateOf(node: RegisteredNode, revision: number): OverviewNodeState {
  if (!node.connected) return 'DISCONNECTED';
  if (node.appliedRevision >= revision) return 'CURRENT';
  return node.refusal ? 'REFUSED' : 'LAGGING';
}
