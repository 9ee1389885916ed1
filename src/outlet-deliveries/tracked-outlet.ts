// What the manager keeps in memory of an outlet that it delivers.

import { type DeliveryState, newDelivery } from '../outlets/delivery-state.ts';
import type { Outlet } from '../outlets/outlet.ts';
import type { OutletDelivery } from '../outlets/outlet-store.ts';

export interface Tracked {
  delivery: DeliveryState;
  /** By environment id: the revisions whose content was delivered last. */
  delivered: ReadonlyMap<string, number>;
  /** Of the outlet, when it was delivered last. */
  deliveredGeneration: number;
  remoteVersion: number | null;
  /** Digests of what was begun to be written since the last success that was recorded: it may be there. */
  maybeWritten: ReadonlySet<string>;
  /** Of the last attempt: what differs from it is attempted at once. */
  attempted: Pick<Seen, 'revisions'> & { readonly generation: number };
  validUntilMs: number;
}

/** An outlet with its environments, each with its revision. */
export interface Seen {
  readonly outlet: Outlet;
  readonly projectName: string;
  readonly revisions: ReadonlyMap<string, number>;
}

/**
 * @param rows its deliveries, as they were recorded last
 * @param writes digests of what was begun to be written since
 */
export function trackedFrom(rows: readonly OutletDelivery[], writes: readonly string[] = []): Tracked {
  const [first] = rows;
  const delivery: DeliveryState = first
    ? { ...newDelivery, digest: first.digest, deliveredAt: first.deliveredAt?.getTime() ?? null }
    : newDelivery;
  return {
    delivery,
    delivered: new Map(rows.map(({ environmentId, revision }) => [environmentId, revision])),
    deliveredGeneration: first?.generation ?? 0,
    remoteVersion: first?.remoteVersion ?? null,
    maybeWritten: new Set(writes),
    attempted: { generation: 0, revisions: new Map() },
    validUntilMs: Number.POSITIVE_INFINITY,
  };
}
