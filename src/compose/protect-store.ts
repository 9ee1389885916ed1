// The MACs of rows, connected: the first start makes their key, and gives every row that is there a MAC.

import { installationEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Integrity } from '../sealing/integrity.ts';
import type { Sealing } from '../sealing/open-sealing.ts';
import type { Store, Stores } from '../store/store.ts';

const action = 'installation.protect';
/** What the record of the action names where the settings got a MAC: as its object, or as a detail beside the key. */
const settings = 'settings';

/** @throws Error with one line for the operator */
export async function protectStore(store: Store, sealing: Sealing, audit: AuditLog): Promise<void> {
  const protect = (integrity: Integrity) => store.protect(integrity);
  if (sealing.integrity !== undefined) {
    protect(sealing.integrity);
    if (await store.read(({ macs }) => macs.anySetting())) return;
  }
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
  if (had) return protectSettings(stores, audit);
  const rows = await stores.macs.fillIn();
  const details = { rows, [settings]: true };
  await audit.append(stores, installationEvent(action, { objectName: 'integrity key', details }));
}

/**
 * In a database that was protected by a version in which settings of projects, environments and the installation had no
 * MAC. Where the audit log says that they had one, a writer to the database removed all of them: they stay altered.
 */
async function protectSettings(stores: Stores, audit: AuditLog): Promise<void> {
  if ((await stores.macs.anySetting()) || (await wereSettingsProtected(stores))) return;
  const rows = await stores.macs.fillInSettings();
  await audit.append(stores, installationEvent(action, { objectName: settings, details: { rows } }));
}

async function wasProtected({ audit }: Stores): Promise<boolean> {
  const { total } = await audit.search({ action }, { offset: 0, limit: 1, untilFull: true });
  return total > 0;
}

/** There are one or two such records. */
async function wereSettingsProtected({ audit }: Stores): Promise<boolean> {
  const { records } = await audit.search({ action }, { offset: 0, limit: 10 });
  return records.some(({ objectName, details }) => objectName === settings || details[settings] === true);
}
