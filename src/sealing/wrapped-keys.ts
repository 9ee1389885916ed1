// Opens data keys with the master key that wraps them. While the master key is changed each of them is wrapped
// twice, and either master key opens all.

import { isKeyplaneError } from '../errors.ts';
import { openBytes, sealBytes } from './aead.ts';
import { partsAad } from './binding-aad.ts';
import type { DataKeyPurpose, WrappedDataKey } from './data-key-store.ts';
import type { DataKey } from './sealer.ts';

export interface OpenedDataKeys {
  readonly seal: PurposeKeys;
  readonly audit: PurposeKeys;
  /** Undefined in a database that no manager of a version with it was started on. */
  readonly integrity: PurposeKeys | undefined;
}

export interface PurposeKeys {
  readonly all: readonly DataKey[];
  readonly active: DataKey;
}

/**
 * @param called what the operator calls the master key
 * @throws Error with one line for the operator when one does not open, or a purpose has no active key
 */
export function openDataKeys(
  wrapped: readonly WrappedDataKey[],
  masterKey: Buffer,
  called: string,
): OpenedDataKeys {
  const ofPurpose = (purpose: DataKeyPurpose): PurposeKeys => {
    const own = wrapped.filter((dataKey) => dataKey.purpose === purpose);
    const all = own.map((dataKey): DataKey => {
      const key = unwrapDataKey(masterKey, dataKey);
      if (key !== undefined) return { id: dataKey.id, key };
      throw new Error(
        `${called} does not open the data in this database: its data keys were wrapped by another master key, or were altered. Give the master key that it was first started with, or the one that it was changed to since.`,
      );
    });
    const activeId = own.find((dataKey) => dataKey.active)?.id;
    const active = all.find(({ id }) => id === activeId);
    if (active === undefined) {
      throw new Error(
        `The database has no active data key for the purpose ${purpose}. Restore it from a complete backup.`,
      );
    }
    return { all, active };
  };
  const hasIntegrity = wrapped.some(({ purpose }) => purpose === 'integrity');
  return {
    seal: ofPurpose('seal'),
    audit: ofPurpose('audit'),
    integrity: hasIntegrity ? ofPurpose('integrity') : undefined,
  };
}

/** 32 bytes; undefined where neither wrap is of this master key. */
export function unwrapDataKey(masterKey: Buffer, dataKey: WrappedDataKey): Buffer | undefined {
  return (
    openWrap(masterKey, dataKey, dataKey.wrapped) ??
    (dataKey.wrappedNext === null ? undefined : openWrap(masterKey, dataKey, dataKey.wrappedNext))
  );
}

/** One of its wraps. */
export function openWrap(
  masterKey: Buffer,
  { id, purpose }: Pick<WrappedDataKey, 'id' | 'purpose'>,
  wrap: Buffer,
): Buffer | undefined {
  try {
    return openBytes(masterKey, wrap, wrapAad(id, purpose));
  } catch (error) {
    if (!isKeyplaneError(error)) throw error;
    return undefined;
  }
}

/** The data key, for the database: only the same master key opens it, and only under the same id and purpose. */
export function wrapDataKey(masterKey: Buffer, dataKey: DataKey, purpose: DataKeyPurpose): Buffer {
  return sealBytes(masterKey, dataKey.key, wrapAad(dataKey.id, purpose));
}

function wrapAad(id: string, purpose: DataKeyPurpose): Buffer {
  return partsAad(['keyplane data key', id, purpose]);
}
