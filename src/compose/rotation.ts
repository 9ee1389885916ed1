// Changing the master key, connected: what is in the database, the key file, and resealing, each of which may
// be cut off anywhere and is then done again from the start.

import { setTimeout } from 'node:timers/promises';
import { installationEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { createAuditLog } from '../audit/create-audit-log.ts';
import type { ManagerConfig, NewMasterKey } from '../config.ts';
import { loadMasterKey, loadNewMasterKey, nameOfMasterKey } from '../sealing/master-key.ts';
import { sealingOf } from '../sealing/open-sealing.ts';
import {
  nextKeyFromFile,
  removeNewKeyFile,
  removeOldKeyFile,
  swapKeyFiles,
  swapKeyFilesBack,
} from '../sealing/rotation/key-file-swap.ts';
import { reseal } from '../sealing/rotation/reseal.ts';
import {
  addNextWraps,
  dropNextWraps,
  dropOldWraps,
  isNextKey,
  makeNextDataKey,
  rotationState,
} from '../sealing/rotation/rotate-wraps.ts';
import { openToRead } from '../store/dump/open-to-read.ts';
import { newestSchema } from '../store/dump/restore-into.ts';
import { openStore, type Store, type Stores } from '../store/store.ts';
import { masterKeySourceOf, storeOptionsOf } from './settings.ts';

/** Managers poll for a newer data key every 2 seconds; until then they seal under the one before. */
const managersLookWithinMs = 5000;

export interface Rotation {
  /** Values put under the new data key by this run. */
  readonly resealed: number;
  /** Whether `master.key` of the data directory holds the new key now; else the settings have to be changed. */
  readonly keyFileSwapped: boolean;
}

export interface RotationOrder {
  readonly newMasterKey: NewMasterKey;
  /** False: only the data keys are wrapped again; sealed values are not changed. */
  readonly reseal: boolean;
  readonly managersLookWithinMs?: number;
}

/** Both master keys work from here on, until it is finished or taken back. @throws Error for the operator */
export async function rotateMasterKey(config: ManagerConfig, order: RotationOrder): Promise<Rotation> {
  return withStore(config, async (store, { masterKey, called }) => {
    const { defaultFile } = masterKeySourceOf(config);
    const usesFile = config.masterKey === undefined && config.masterKeyFile === undefined;
    const given = await loadNewMasterKey(order.newMasterKey);
    const found = await store.read(({ dataKeys }) => dataKeys.list());
    const { auditKey } = sealingOf(found, masterKey, called);
    const isThere = isNextKey(found, masterKey);
    const ownFile = usesFile && given === undefined;
    const next = given ?? (isThere ? masterKey : ownFile ? await nextKeyFromFile(defaultFile) : undefined);
    if (next === undefined) {
      throw new Error(
        'There is no new master key. Accepted: KEYPLANE_NEW_MASTER_KEY or KEYPLANE_NEW_MASTER_KEY_FILE (--new-master-key-file).',
      );
    }
    if (next.equals(masterKey) && !isThere) {
      throw new Error(`${called} is the new master key already, and there is nothing to change.`);
    }
    const audit = createAuditLog({ key: auditKey, clock: () => new Date() });
    await store.write(async (stores) => {
      const isNew = await addNextWraps(stores, { current: masterKey, next });
      // In the same transaction: once the old key is out of reach, no data key could be wrapped by it any more.
      await makeNextDataKey(stores, { current: masterKey, next });
      if (isNew) await record(audit, stores, 'begin');
    });
    if (ownFile && !isThere) await swapKeyFiles(defaultFile, masterKey);
    const resealed = order.reseal ? await resealAll(store, { next, called }, order.managersLookWithinMs) : 0;
    return { resealed, keyFileSwapped: ownFile };
  });
}

async function resealAll(
  store: Store,
  { next, called }: { next: Buffer; called: string },
  waitMs = managersLookWithinMs,
): Promise<number> {
  const { sealer } = sealingOf(await store.read(({ dataKeys }) => dataKeys.list()), next, called);
  let sealed = await reseal(store, sealer);
  // What managers sealed under the key before, until they polled.
  await setTimeout(waitMs);
  for (let more = 1; more > 0; sealed += more) more = await reseal(store, sealer);
  return sealed;
}

/** Only the new master key works from here on. @returns false where nothing was begun. @throws Error */
export async function finishRotation(config: ManagerConfig): Promise<boolean> {
  return withStore(config, async (store, { masterKey, called }) => {
    const { auditKey } = sealingOf(await store.read(({ dataKeys }) => dataKeys.list()), masterKey, called);
    const audit = createAuditLog({ key: auditKey, clock: () => new Date() });
    const finished = await store.write(async (stores) => {
      const changed = await dropOldWraps(stores, masterKey, called);
      if (changed) await record(audit, stores, 'finish');
      return changed;
    });
    const keys = await store.read(({ dataKeys }) => dataKeys.list());
    if (rotationState(keys) === 'none') await removeOldKeyFile(masterKeySourceOf(config).defaultFile);
    return finished;
  });
}

/** Only the old master key works from here on. @returns false where nothing was begun. @throws Error */
export async function undoRotation(config: ManagerConfig): Promise<boolean> {
  return withStore(config, async (store, { masterKey, called }) => {
    const { defaultFile } = masterKeySourceOf(config);
    const usesFile = config.masterKey === undefined && config.masterKeyFile === undefined;
    const found = await store.read(({ dataKeys }) => dataKeys.list());
    const { auditKey } = sealingOf(found, masterKey, called);
    const audit = createAuditLog({ key: auditKey, clock: () => new Date() });
    let old = masterKey;
    if (usesFile && isNextKey(found, masterKey)) {
      // The file is removed first: until the new wraps are removed, a manager starts with either key.
      await swapKeyFilesBack(defaultFile);
      old = await loadMasterKey({ defaultFile }, { mayCreate: false });
    }
    const undone = await store.write(async (stores) => {
      const changed = await dropNextWraps(stores, old, called);
      if (changed) await record(audit, stores, 'undo');
      return changed;
    });
    // Only now: until the wraps are removed, the new key is the only way to read what a crash left behind.
    if (usesFile) await removeNewKeyFile(defaultFile);
    return undone;
  });
}

/** Beside managers that run. @throws Error for the operator */
export async function withStore<T>(
  config: ManagerConfig,
  work: (store: Store, key: { readonly masterKey: Buffer; readonly called: string }) => Promise<T>,
): Promise<T> {
  const options = storeOptionsOf(config);
  const looked = await openToRead(options);
  await looked.close();
  if (looked.schemaVersion < newestSchema) {
    throw new Error(
      `The database has schema version ${looked.schemaVersion}, this keyplane has ${newestSchema}. Start all managers with this keyplane first.`,
    );
  }
  const source = masterKeySourceOf(config);
  const masterKey = await loadMasterKey(source, { mayCreate: false });
  const store = await openStore(options);
  try {
    return await work(store, { masterKey, called: nameOfMasterKey(source) });
  } finally {
    await store.close();
  }
}

function record(audit: AuditLog, stores: Stores, step: 'begin' | 'finish' | 'undo'): Promise<void> {
  const facts = { objectName: 'master key', details: { step } };
  return audit.append(stores, installationEvent('master-key.rotate', facts));
}
