import type { OpenRevocation } from '../deployments/node-session.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { RingStores } from './ring-store.ts';

const mostRevocations = 256;

/** Revocations that wait for a node, as nodes are sent them ahead of their state. */
export async function openRevocations(store: UnitOfWork<RingStores>): Promise<readonly OpenRevocation[]> {
  const open = await store.read(({ rings }) => rings.openRevocations(mostRevocations));
  return open.map(({ id, ringId, kids, revisions }) => ({
    id,
    environmentIds: Object.keys(revisions),
    keys: kids.map((kid) => ({ ringId, kid })),
  }));
}
