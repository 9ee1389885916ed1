// What an operator does to an installation as a whole, connected: the settings are those of `serve`.

import { createAuditLog } from '../audit/create-audit-log.ts';
import { type BackupContents, restoreBackup, verifyBackup } from '../backup/restore-backup.ts';
import { type BackupSummary, writeBackup } from '../backup/write-backup.ts';
import type { ManagerConfig } from '../config.ts';
import { announceRestore } from '../deployments/history/lineage.ts';
import { checkSeals } from '../sealing/check-seals.ts';
import { loadMasterKey, nameOfMasterKey } from '../sealing/master-key.ts';
import { sealingOf } from '../sealing/open-sealing.ts';
import { openToRead } from '../store/dump/open-to-read.ts';
import { newestSchema, restoreInto } from '../store/dump/restore-into.ts';
import type { Nouns } from '../store/store.ts';
import { masterKeySourceOf, storeOptionsOf } from './compose-settings.ts';

const clock = () => new Date();

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
  return restoreBackup<Nouns>((work) => restoreInto(storeOptionsOf(config), work), {
    file,
    masterKey,
    replace,
    newestSchema,
    async finish(nouns) {
      const called = nameOfMasterKey(source);
      const { sealer, auditKey } = sealingOf(await nouns.dataKeys.list(), masterKey, called);
      const { broken, brokenTotal } = await checkSeals(nouns, sealer);
      const [first] = broken;
      if (first) {
        throw new Error(
          `The backup holds ${brokenTotal} sealed values that do not open, the first in ${first.table} ${first.id} (${first.member}). Nothing was restored.`,
        );
      }
      const break_ = await createAuditLog({ key: auditKey, clock }).verify(nouns);
      if (break_) {
        throw new Error(
          `The audit record in the backup is broken at ${break_.brokenAt}. Nothing was restored.`,
        );
      }
      await announceRestore(nouns);
    },
  });
}

/**
 * For a database that was put back by other means, such as a copy of its file: nodes are told as after a restore.
 * All managers are stopped meanwhile.
 * @throws Error with one line for the operator
 */
export async function announce(config: ManagerConfig): Promise<void> {
  const options = storeOptionsOf(config);
  const looked = await openToRead(options);
  await looked.close();
  await restoreInto(options, async (target) => {
    await target.migrate();
    await announceRestore(target.nouns);
  });
}
