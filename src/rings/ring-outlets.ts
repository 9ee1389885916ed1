// Outlets that count in the gate of a ring: those that deliver its keys. Each delivery confirms a revision as a node does.

import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { Environment, RegisteredNode } from '../environments/environment-store.ts';
import { traitsOf } from '../outlets/content/outlet-content.ts';
import { outletKind } from '../outlets/kinds/kinds.ts';
import type { Outlet } from '../outlets/outlet.ts';
import type { OutletDelivery, OutletStores } from '../outlets/outlet-store.ts';
import { isInView, selectableJwk } from '../protocol/view-selection.ts';
import type { View } from '../views/view.ts';
import type { ViewStores } from '../views/view-store.ts';
import type { KeyRing } from './ring.ts';
import type { MemberJwk } from './ring-store.ts';

/** The delivery of an outlet to a node, or for an environment by the manager. */
export interface GatingDelivery {
  /** Of outlet, environment and node. */
  readonly id: string;
  readonly outletName: string;
  readonly environmentId: string;
  readonly environmentName: string;
  /** Null where the manager delivers. */
  readonly nodeName: string | null;
  /** Its node is connected; true where the manager delivers. */
  readonly connected: boolean;
  readonly isFailing: boolean;
  /** What it delivers uses keys by itself. */
  readonly holdsPrivateKeys: boolean;
  /** Of the environment whose content was delivered; 0: none. */
  readonly revision: number;
  readonly confirmedAt: Date | null;
  readonly lastSeenAt: Date | null;
  readonly createdAt: Date;
}

export interface GatedRing {
  readonly ring: Pick<KeyRing, 'id' | 'type' | 'use'>;
  readonly members: readonly MemberJwk[];
  readonly environments: readonly Environment[];
  readonly nodes: readonly RegisteredNode[];
}

/** @param all of the ring's project */
export async function gatingDeliveries(
  stores: Pick<OutletStores, 'outletDeliveries'> & DesiredStateStores & ViewStores,
  all: readonly Outlet[],
  { ring, members, environments, nodes }: GatedRing,
): Promise<readonly GatingDelivery[]> {
  const gating = all.filter((outlet) => counts(outlet, ring));
  if (gating.length === 0) return [];
  const viewIds = gating.flatMap(({ source }) => (source.type === 'VIEW' && source.id ? [source.id] : []));
  const views = viewIds.length === 0 ? [] : await stores.views.getMany(viewIds);
  const without = new Set(views.filter((view) => !holdsAny(view, members)).map(({ id }) => id));
  const outlets = gating.filter(({ source }) => source.id === null || !without.has(source.id));
  if (outlets.length === 0) return [];
  const known = new Map<string, OutletDelivery>();
  for (const delivery of await stores.outletDeliveries.ofOutlets(outlets.map(({ id }) => id))) {
    known.set(idOf(delivery), delivery);
  }
  const changedAt = await revisionsOf(stores, outlets, environments);
  return outlets.flatMap((outlet) =>
    environments
      .filter(({ id }) => outlet.environmentIds?.includes(id) ?? true)
      .flatMap((environment) => deliveriesIn(outlet, environment, { ring, nodes, known, changedAt })),
  );
}

/** Revisions of the last changes of outlets that nodes deliver, by outlet and environment. */
async function revisionsOf(
  { desired }: DesiredStateStores,
  outlets: readonly Outlet[],
  environments: readonly Environment[],
): Promise<ReadonlyMap<string, number>> {
  const keys = outlets
    .filter(({ kind }) => outletKind(kind).runsAt === 'NODE')
    .flatMap(({ id: objectId }) =>
      environments.map(({ id: environmentId }) => ({ environmentId, kind: 'outlet' as const, objectId })),
    );
  const found = keys.length === 0 ? [] : await desired.findMany(keys);
  return new Map(
    found.map(({ objectId, environmentId, revision }) => [`${objectId}/${environmentId}`, revision]),
  );
}

function holdsAny(view: View, members: readonly MemberJwk[]): boolean {
  return members.some(({ id, publicMembers, member }) =>
    isInView(view, selectableJwk(JSON.parse(publicMembers), { id, keyRingId: member.ringId })),
  );
}

/** An OCT key is in no public content. */
function counts({ gate, content, source }: Outlet, { id, type }: Pick<KeyRing, 'id' | 'type'>): boolean {
  const { holdsKeys, isPrivate } = traitsOf(content);
  if (!gate || !holdsKeys) return false;
  switch (source.type) {
    case 'KEY_RING':
      return source.id === id;
    case 'PROJECT':
    case 'VIEW':
      return type !== 'OCT' || isPrivate;
    case 'JWK':
    case 'CERTIFICATE':
    case 'TOKEN_PROFILE':
      return false;
    default:
      return source.type satisfies never;
  }
}

function deliveriesIn(
  outlet: Outlet,
  { id: environmentId, name: environmentName }: Environment,
  {
    ring,
    nodes,
    known,
    changedAt,
  }: {
    readonly ring: Pick<KeyRing, 'use'>;
    readonly nodes: readonly RegisteredNode[];
    readonly known: ReadonlyMap<string, OutletDelivery>;
    readonly changedAt: ReadonlyMap<string, number>;
  },
): readonly GatingDelivery[] {
  // What encrypts to a key counts for as long as messages to it come.
  const holdsPrivateKeys = ring.use === 'enc' || traitsOf(outlet.content).isPrivate;
  const of = (nodeId: string) => {
    const id = idOf({ outletId: outlet.id, environmentId, nodeId });
    const delivery = known.get(id);
    const revision = delivery?.revision ?? 0;
    // What it delivered before it changed may have been another source.
    const isOfNow =
      outletKind(outlet.kind).runsAt === 'MANAGER'
        ? (delivery?.generation ?? 0) >= outlet.generation
        : revision >= (changedAt.get(`${outlet.id}/${environmentId}`) ?? 0);
    return {
      id,
      outletName: outlet.name,
      environmentId,
      environmentName,
      isFailing: delivery?.state === 'FAILING',
      holdsPrivateKeys,
      revision: isOfNow ? revision : 0,
      confirmedAt: delivery?.updatedAt ?? null,
    };
  };
  if (outletKind(outlet.kind).runsAt === 'MANAGER') {
    const { createdAt } = outlet;
    return [{ ...of(''), nodeName: null, connected: true, lastSeenAt: null, createdAt }];
  }
  return nodes
    .filter((node) => node.environmentId === environmentId)
    .map(({ id, name, connected, lastSeenAt, createdAt }) => ({
      ...of(id),
      nodeName: name,
      connected,
      lastSeenAt,
      createdAt: new Date(Math.max(createdAt.getTime(), outlet.createdAt.getTime())),
    }));
}

function idOf({
  outletId,
  environmentId,
  nodeId,
}: Pick<OutletDelivery, 'outletId' | 'environmentId' | 'nodeId'>): string {
  return `${outletId}/${environmentId}/${nodeId}`;
}
