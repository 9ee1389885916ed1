// What an operator does to an installation as a whole, connected: the settings are those of `serve`.

import { installationEvent } from '../audit/audit-event.ts';
import { createAuditLog } from '../audit/create-audit-log.ts';
import { type BackupContents, restoreBackup, verifyBackup } from '../backup/restore-backup.ts';
import { type BackupSummary, writeBackup } from '../backup/write-backup.ts';
import type { ManagerConfig } from '../config.ts';
import { type IdentityRotation, rotateIdentity } from '../deployments/handshake/installation-identity.ts';
import { announceRestore } from '../deployments/history/lineage.ts';
import { checkSeals } from '../sealing/check-seals.ts';
import { loadMasterKey, nameOfMasterKey } from '../sealing/master-key.ts';
import { sealingOf } from '../sealing/open-sealing.ts';
import { openToRead } from '../store/dump/open-to-read.ts';
import { newestSchema, restoreInto } from '../store/dump/restore-into.ts';
import type { Stores } from '../store/store.ts';
import { protectRows } from './protect-store.ts';
import { withStore } from './rotation.ts';
import { masterKeySourceOf, storeOptionsOf } from './settings.ts';

const clock = () => new Date();

/** From here on the revisions count in another history. */
const announced = installationEvent('installation.restore', { objectName: 'lineage' });

/** @throws Error with one line for the operator */
export async function backUp(config: ManagerConfig, file: string): Promise<BackupSummary> {
  const store = await openToRead(storeOptionsOf(config));
  try {
    const source = masterKeySourceOf(config);
    const masterKey = await loadMasterKey(source, { mayCreate: false });
    // A backup that another key opens than what is in it would be of no use.
    sealingOf(await store.read(({ dataKeys }) => dataKeys.list()), masterKey, nameOfMasterKey(source));
    return await writeBackup(store, { file, masterKey, clock });
  } finally {
    await store.close();
  }
}

/** @throws Error with one line for the operator */
export async function verifyBackUp(config: ManagerConfig, file: string): Promise<BackupContents> {
  return verifyBackup(file, await loadMasterKey(masterKeySourceOf(config), { mayCreate: false }));
}

/** @throws Error with one line for the operator; then nothing was changed */
export async function restore(
  config: ManagerConfig,
  { file, replace }: { readonly file: string; readonly replace: boolean },
): Promise<BackupContents> {
  const source = masterKeySourceOf(config);
  const masterKey = await loadMasterKey(source, { mayCreate: false });
  return restoreBackup<Stores>((work) => restoreInto(storeOptionsOf(config), work), {
    file,
    masterKey,
    replace,
    newestSchema,
    async finish({ stores, protect }) {
      const called = nameOfMasterKey(source);
      const sealing = sealingOf(await stores.dataKeys.list(), masterKey, called);
      const { sealer, auditKey } = sealing;
      const { broken, brokenTotal } = await checkSeals(stores, sealer);
      const [first] = broken;
      if (first) {
        throw new Error(
          `The backup holds ${brokenTotal} sealed values that do not open, the first in ${first.table} ${first.id} (${first.member}). Nothing was restored.`,
        );
      }
      const audit = createAuditLog({ key: auditKey, clock });
      const break_ = await audit.verify(stores);
      if (break_) {
        throw new Error(
          `The audit record in the backup is broken at ${break_.brokenAt}. Nothing was restored.`,
        );
      }
      await protectRows(stores, { sealing, audit, protect });
      const [altered] = await stores.macs.altered(1);
      if (altered) {
        throw new Error(
          `The backup holds a row that was altered outside keyplane, in ${altered.table} ${altered.id}. Nothing was restored.`,
        );
      }
      await announceRestore(stores);
      await stores.rings.holdAll('RESTORED');
      await audit.append(stores, announced);
    },
  });
}

/**
 * For a database that was restored by other means, such as a copy of its file: nodes are notified as after a restore.
 * Also for an environment whose state was altered outside keyplane: rows with a valid MAC become its desired state.
 * All managers are stopped meanwhile.
 * @throws Error with one line for the operator
 */
export async function announce(config: ManagerConfig): Promise<void> {
  const options = storeOptionsOf(config);
  const looked = await openToRead(options);
  await looked.close();
  const source = masterKeySourceOf(config);
  const masterKey = await loadMasterKey(source, { mayCreate: false });
  await restoreInto(options, async ({ stores, migrate, protect }) => {
    await migrate();
    const sealing = sealingOf(await stores.dataKeys.list(), masterKey, nameOfMasterKey(source));
    const audit = createAuditLog({ key: sealing.auditKey, clock });
    await protectRows(stores, { sealing, audit, protect });
    await announceRestore(stores);
    await stores.rings.holdAll('RESTORED');
    await audit.append(stores, announced);
  });
}

/**
 * Managers that run read the identity with each handshake.
 * @throws Error with one line for the operator; then nothing was changed
 */
export async function replaceIdentity(config: ManagerConfig): Promise<IdentityRotation> {
  return withStore(config, async (store, { masterKey, called }) => {
    const dataKeys = await store.read((stores) => stores.dataKeys.list());
    const { sealer, auditKey } = sealingOf(dataKeys, masterKey, called);
    return rotateIdentity(store, {
      sealer,
      audit: createAuditLog({ key: auditKey, clock }),
    });
  });
}
