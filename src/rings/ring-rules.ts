import type { ApplicationStores } from '../applications/application-store.ts';
import type { Deployments } from '../deployments/deployments.ts';
import type { LineageStores } from '../deployments/history/lineage.ts';
import { alteredInDatabase } from '../errors.ts';
import type { JwkRuleOptions, JwkRuleStores } from '../jwks/insert-jwk.ts';
import type { LeaseStores } from '../leases/lease-store.ts';
import { lookupName } from '../names.ts';
import type { OutletStores } from '../outlets/outlet-store.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { KeyRing } from './ring.ts';
import { ringNotFound } from './ring-names.ts';
import type { RingStores } from './ring-store.ts';

// RingStores first: what both read of rings, it reads whole.
export type RingRuleStores = RingStores &
  JwkRuleStores &
  ApplicationStores &
  OutletStores &
  LineageStores &
  LeaseStores;

export interface RingRuleOptions extends Omit<JwkRuleOptions, 'store' | 'deployments'> {
  readonly store: UnitOfWork<RingRuleStores>;
  readonly deployments: Pick<Deployments, 'deploy' | 'recordConfirmations'>;
}

/** @param given as the request names it. @throws KeyplaneError `bad_request` */
export async function requireRing(stores: RingStores, projectId: string, given: string): Promise<KeyRing> {
  const ring = await stores.rings.find(projectId, lookupName(given));
  if (!ring) throw ringNotFound(given);
  if (ring.altered) throw alteredInDatabase(`Key ring (name: ${ring.name})`);
  return ring;
}
