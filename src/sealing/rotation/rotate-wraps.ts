// Changing the master key, in the database: each data key is wrapped by the new one beside the old one, and when
// every manager has the new one, the old wraps go. Each step is one transaction, and a step that was done before
// does nothing, so a run that was killed is simply run again, and two runs at once come to the same.

import { randomBytes } from 'node:crypto';
import { newId } from '../../new-id.ts';
import type { DataKeyStore, WrappedDataKey } from '../data-key-store.ts';
import { openWrap, unwrapDataKey, wrapDataKey } from '../wrapped-keys.ts';

/** A fact about the installation: the data key that this change of the master key made. */
const madeKeyFact = 'master key change: data key';

export interface RotationStores {
  readonly dataKeys: DataKeyStore;
  readonly installation: {
    get(key: string): Promise<string | undefined>;
    put(key: string, value: string): Promise<void>;
  };
}

/** `none`: every data key has one wrap; `begun`: all have two. */
export type RotationState = 'none' | 'begun';

export function rotationState(dataKeys: readonly WrappedDataKey[]): RotationState {
  return dataKeys.some(({ wrappedNext }) => wrappedNext !== null) ? 'begun' : 'none';
}

/** Whether this is the key that a change that was begun leads to. */
export function isNextKey(dataKeys: readonly WrappedDataKey[], masterKey: Buffer): boolean {
  return dataKeys.some(
    (dataKey) =>
      dataKey.wrappedNext !== null && openWrap(masterKey, dataKey, dataKey.wrappedNext) !== undefined,
  );
}

export interface RotationKeys {
  /** That of the settings; the old one, or already the new one. */
  readonly current: Buffer;
  readonly next: Buffer;
}

/**
 * Wraps every data key by the new master key as well.
 * @returns false where all of it was done before
 * @throws Error for the operator
 */
export async function addNextWraps(
  { dataKeys }: RotationStores,
  { current, next }: RotationKeys,
): Promise<boolean> {
  let changed = false;
  for (const dataKey of await dataKeys.list()) {
    const { wrappedNext } = dataKey;
    if (wrappedNext !== null) {
      if (openWrap(next, dataKey, wrappedNext) !== undefined) continue;
      throw new Error(
        'A change to yet another master key was begun before. Give that key to finish it, or undo it with --undo.',
      );
    }
    const key = unwrapDataKey(current, dataKey);
    if (key === undefined) throw new Error('The master key does not open the data keys in this database.');
    const wrapped = wrapDataKey(next, { id: dataKey.id, key }, dataKey.purpose);
    await dataKeys.replace({ ...dataKey, wrappedNext: wrapped });
    changed = true;
  }
  return changed;
}

/**
 * One more data key, for all that is sealed from now on; one for each change of the master key. That of the audit
 * record stays: its chain is under one key.
 */
export async function makeNextDataKey(
  { dataKeys, installation }: RotationStores,
  { current, next }: RotationKeys,
): Promise<void> {
  const all = await dataKeys.list();
  const made = await installation.get(madeKeyFact);
  if (all.some(({ id }) => id === made)) return;
  const active = all.find((dataKey) => dataKey.purpose === 'seal' && dataKey.active);
  if (active === undefined) throw new Error('The database has no active data key.');
  // A manager that starts with the old master key has to open it as well, so it is wrapped by both; which of them
  // the settings have by now does not matter for those that were there before.
  const isOld = openWrap(current, active, active.wrapped) !== undefined;
  if (!isOld) return;
  const dataKey = { id: newId(), key: randomBytes(32) };
  await dataKeys.replace({ ...active, active: false });
  await dataKeys.insert({
    id: dataKey.id,
    purpose: 'seal',
    active: true,
    wrapped: wrapDataKey(current, dataKey, 'seal'),
    wrappedNext: wrapDataKey(next, dataKey, 'seal'),
    createdAt: new Date(),
  });
  await installation.put(madeKeyFact, dataKey.id);
}

/**
 * The new wraps become the only ones.
 * @param masterKey that of the settings: it has to be the new one, or managers would not start any more
 * @returns false where there was nothing to finish
 * @throws Error for the operator
 */
export async function dropOldWraps(
  { dataKeys, installation }: RotationStores,
  masterKey: Buffer,
  called: string,
): Promise<boolean> {
  const all = await dataKeys.list();
  if (rotationState(all) === 'none') return false;
  for (const dataKey of all) {
    const { wrappedNext } = dataKey;
    if (wrappedNext === null || openWrap(masterKey, dataKey, wrappedNext) === undefined) {
      throw new Error(
        `${called} is not yet the new master key. Set it for all managers and for this command, then finish.`,
      );
    }
    await dataKeys.replace({ ...dataKey, wrapped: wrappedNext, wrappedNext: null });
  }
  await installation.put(madeKeyFact, '');
  return true;
}

/**
 * The old wraps stay the only ones.
 * @throws Error for the operator unless the settings have the old master key
 */
export async function dropNextWraps(
  { dataKeys, installation }: RotationStores,
  masterKey: Buffer,
  called: string,
): Promise<boolean> {
  const all = await dataKeys.list();
  if (rotationState(all) === 'none') return false;
  for (const dataKey of all) {
    if (openWrap(masterKey, dataKey, dataKey.wrapped) === undefined) {
      throw new Error(
        `${called} is not the old master key. Set it again for all managers, then undo the change (--undo).`,
      );
    }
    await dataKeys.replace({ ...dataKey, wrappedNext: null });
  }
  await installation.put(madeKeyFact, '');
  return true;
}
