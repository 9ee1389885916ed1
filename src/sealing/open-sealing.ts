// Opens the sealing of a store: the master key, and the data keys that it wraps. The first start makes the data
// keys. It refuses a master key that does not open what is there, and data keys that are damaged or incomplete;
// neither is ever replaced by something new.

import { randomBytes } from 'node:crypto';
import { isKeyplaneError } from '../errors.ts';
import { newId } from '../new-id.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { openBytes, sealBytes } from './aead.ts';
import { partsAad } from './binding-aad.ts';
import type { DataKeyPurpose, DataKeyStore, WrappedDataKey } from './data-key-store.ts';
import { loadMasterKey, type MasterKeySource, nameOfMasterKey } from './master-key.ts';
import type { Sealer } from './sealed.ts';
import { createSealer, type DataKey } from './sealer.ts';

const purposes: readonly DataKeyPurpose[] = Object.freeze(['seal', 'audit']);
const dataKeyBytes = 32;

export interface Sealing {
  readonly sealer: Sealer;
  /** 32 bytes, for the hash chain of the audit record. */
  readonly auditKey: Buffer;
}

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
  const seal = openPurpose(wrapped, { purpose: 'seal', masterKey, source });
  const audit = openPurpose(wrapped, { purpose: 'audit', masterKey, source });
  return { sealer: createSealer(seal.all, seal.active.id), auditKey: audit.active.key };
}

/** The data key, for the database: only the same master key opens it, and only under the same id and purpose. */
export function wrapDataKey(masterKey: Buffer, dataKey: DataKey, purpose: DataKeyPurpose): Buffer {
  return sealBytes(masterKey, dataKey.key, wrapAad(dataKey.id, purpose));
}

async function makeDataKeys(store: KeyedStore, masterKey: Buffer): Promise<void> {
  const made = purposes.map((purpose): WrappedDataKey => {
    const dataKey = { id: newId(), key: randomBytes(dataKeyBytes) };
    const wrapped = wrapDataKey(masterKey, dataKey, purpose);
    return { id: dataKey.id, purpose, active: true, wrapped, wrappedNext: null, createdAt: new Date() };
  });
  await store.write(async ({ dataKeys }) => {
    // Another manager may have made them since; then its keys are the ones.
    if ((await dataKeys.list()).length > 0) return;
    for (const dataKey of made) await dataKeys.insert(dataKey);
  });
}

function openPurpose(
  wrapped: readonly WrappedDataKey[],
  options: {
    readonly purpose: DataKeyPurpose;
    readonly masterKey: Buffer;
    readonly source: MasterKeySource;
  },
): { readonly all: readonly DataKey[]; readonly active: DataKey } {
  const { purpose, masterKey, source } = options;
  const own = wrapped.filter((dataKey) => dataKey.purpose === purpose);
  const all = own.map(({ id, wrapped }): DataKey => {
    try {
      return { id, key: openBytes(masterKey, wrapped, wrapAad(id, purpose)) };
    } catch (error) {
      if (!isKeyplaneError(error)) throw error;
      throw new Error(
        `${nameOfMasterKey(source)} does not open the data in this database: its data keys were wrapped by another master key, or were altered. Give the master key that it was first started with.`,
      );
    }
  });
  const activeId = own.find((dataKey) => dataKey.active)?.id;
  const active = all.find(({ id }) => id === activeId);
  if (active === undefined) {
    throw new Error(
      `The database has no active data key for the purpose ${purpose}. Restore it from a complete backup.`,
    );
  }
  return { all, active };
}

function wrapAad(id: string, purpose: DataKeyPurpose): Buffer {
  return partsAad(['keyplane data key', id, purpose]);
}
