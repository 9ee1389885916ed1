// Opens the sealing of a store: the master key, and the data keys that it wraps. The first start makes the data
// keys. It refuses a master key that does not open what is there, and data keys that are damaged or incomplete;
// neither is ever replaced by something new.

import { randomBytes } from 'node:crypto';
import { newId } from '../new-id.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { DataKeyPurpose, DataKeyStore, WrappedDataKey } from './data-key-store.ts';
import { createIntegrity, type Integrity } from './integrity.ts';
import { loadMasterKey, type MasterKeySource, nameOfMasterKey } from './master-key.ts';
import { createSealer, type DataKey, type LearningSealer } from './sealer.ts';
import { openDataKeys, unwrapDataKey, wrapDataKey } from './wrapped-keys.ts';

const purposes: readonly DataKeyPurpose[] = Object.freeze(['seal', 'audit']);
const dataKeyBytes = 32;

export interface Sealing {
  readonly sealer: LearningSealer;
  /** 32 bytes, for the hash chain of the audit record. */
  readonly auditKey: Buffer;
  /** Of the MACs of rows; undefined until the first start after an upgrade from a version without it. */
  readonly integrity: Integrity | undefined;
  /** The same, made where there is none, in the caller's transaction. @throws Error with one line for the operator */
  ensureIntegrity(stores: { readonly dataKeys: DataKeyStore }): Promise<Integrity>;
  /**
   * Learns data keys that were made since, and which one is active. False where one of them does not open: the
   * master key was changed, and this process has the old one.
   */
  refresh(stores: { readonly dataKeys: DataKeyStore }): Promise<boolean>;
}

const unfinishedRotation =
  'A change of the master key was begun with an earlier version and not finished. Finish it with that version (rotate-master-key --finish), then start this one.';

type KeyedStore = UnitOfWork<{ readonly dataKeys: DataKeyStore }>;

/** @throws Error with one line for the operator */
export async function openSealing(store: KeyedStore, source: MasterKeySource): Promise<Sealing> {
  const found = await store.read(async ({ dataKeys }) => ({
    keys: await dataKeys.list(),
    anythingSealed: await dataKeys.anythingSealed(),
  }));
  if (found.keys.length === 0 && found.anythingSealed) {
    throw new Error(
      'The database holds sealed data but not the data keys that open it. Restore it from a complete backup.',
    );
  }
  const masterKey = await loadMasterKey(source, { mayCreate: found.keys.length === 0 });
  if (found.keys.length === 0) await makeDataKeys(store, masterKey);
  const wrapped = await store.read(({ dataKeys }) => dataKeys.list());
  return sealingOf(wrapped, masterKey, nameOfMasterKey(source));
}

/**
 * With the data keys as they were read; nothing is made.
 * @throws Error with one line for the operator
 */
export function sealingOf(wrapped: readonly WrappedDataKey[], masterKey: Buffer, called: string): Sealing {
  const { seal, audit, integrity } = openDataKeys(wrapped, masterKey, called);
  const sealer = createSealer(seal.all, seal.active.id);
  return {
    sealer,
    auditKey: audit.active.key,
    integrity: integrity && createIntegrity(integrity.active.key),
    async ensureIntegrity({ dataKeys }) {
      const found = await dataKeys.list();
      if (!found.some(({ purpose }) => purpose === 'integrity')) {
        if (found.some(({ wrappedNext }) => wrappedNext !== null)) throw new Error(unfinishedRotation);
        await dataKeys.insert(newDataKey(masterKey, 'integrity'));
      }
      const opened = openDataKeys(await dataKeys.list(), masterKey, called).integrity;
      if (opened === undefined) throw new Error('The integrity key that was made is not there.');
      return createIntegrity(opened.active.key);
    },
    async refresh({ dataKeys }) {
      const found = (await dataKeys.list()).filter(({ purpose }) => purpose === 'seal');
      const unknown = found.filter(({ id }) => !sealer.has(id));
      const learned = unknown.flatMap((dataKey): DataKey[] => {
        const key = unwrapDataKey(masterKey, dataKey);
        return key === undefined ? [] : [{ id: dataKey.id, key }];
      });
      const active = found.find((dataKey) => dataKey.active);
      const canSeal = active && (sealer.has(active.id) || learned.some(({ id }) => id === active.id));
      if (canSeal) sealer.learn(learned, active.id);
      return learned.length === unknown.length;
    },
  };
}

async function makeDataKeys(store: KeyedStore, masterKey: Buffer): Promise<void> {
  const made = purposes.map((purpose) => newDataKey(masterKey, purpose));
  await store.write(async ({ dataKeys }) => {
    // Another manager may have made them since; then its keys are the ones.
    if ((await dataKeys.list()).length > 0) return;
    for (const dataKey of made) await dataKeys.insert(dataKey);
  });
}

function newDataKey(masterKey: Buffer, purpose: DataKeyPurpose): WrappedDataKey {
  const dataKey = { id: newId(), key: randomBytes(dataKeyBytes) };
  const wrapped = wrapDataKey(masterKey, dataKey, purpose);
  return { id: dataKey.id, purpose, active: true, wrapped, wrappedNext: null, createdAt: new Date() };
}
