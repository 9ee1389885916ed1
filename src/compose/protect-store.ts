// The MACs of rows, connected: the first start makes their key, and gives every row that is there a MAC.

import { installationEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Integrity } from '../sealing/integrity.ts';
import type { Sealing } from '../sealing/open-sealing.ts';
import type { Store, Stores } from '../store/store.ts';

const action = 'installation.protect';

/** @throws Error with one line for the operator */
export async function protectStore(store: Store, sealing: Sealing, audit: AuditLog): Promise<void> {
  const protect = (integrity: Integrity) => store.protect(integrity);
  if (sealing.integrity !== undefined) return protect(sealing.integrity);
  // All of it in one transaction: a start that is cut off has done nothing, and no other manager writes meanwhile.
  await store.write((stores) => protectRows(stores, { sealing, audit, protect }));
}

/**
 * Within a transaction, for a database that may have no such key yet.
 * @throws Error with one line for the operator: the key is missing, and MACs made now would confirm rows that may be
 * altered
 */
export async function protectRows(
  stores: Stores,
  {
    sealing,
    audit,
    protect,
  }: {
    readonly sealing: Sealing;
    readonly audit: AuditLog;
    readonly protect: (integrity: Integrity) => void;
  },
): Promise<void> {
  const had = (await stores.dataKeys.list()).some(({ purpose }) => purpose === 'integrity');
  if (!had && ((await stores.macs.any()) || (await wasProtected(stores)))) {
    throw new Error(
      'The database has no integrity key, but its rows or its audit record say that it had one. Restore it from a complete backup.',
    );
  }
  protect(await sealing.ensureIntegrity(stores));
  if (had) return;
  const rows = await stores.macs.fillIn();
  await audit.append(stores, installationEvent(action, { objectName: 'integrity key', details: { rows } }));
}

async function wasProtected({ audit }: Stores): Promise<boolean> {
  const { total } = await audit.search({ action }, { offset: 0, limit: 1, untilFull: true });
  return total > 0;
}
