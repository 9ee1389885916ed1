// Where sealed values lie, for work that goes over all of them: checks, and sealing under another key. The store knows
// the places; here they are names, as the bindings of the values spell them.

import type { SealBinding, Sealed } from './sealed.ts';

export interface SealedPlace {
  readonly purpose: string;
  readonly table: string;
}

export interface SealedRow {
  /** As the binding spells it. */
  readonly id: string;
  /** Those that hold nothing are left out. */
  readonly values: readonly { readonly member: string; readonly sealed: Sealed }[];
}

export interface SealedRowStore {
  readonly places: readonly SealedPlace[];
  /** By id order, after `afterId`; '' before the first. */
  list(place: SealedPlace, afterId: string, limit: number): Promise<readonly SealedRow[]>;
  /** Replaces `from` with `to`, the same value resealed; false where the row has changed. */
  replace(place: SealedPlace, id: string, value: SealedReplacement): Promise<boolean>;
}

export interface SealedReplacement {
  readonly member: string;
  readonly from: Sealed;
  readonly to: Sealed;
}

export interface SealedRowStores {
  readonly sealedRows: SealedRowStore;
}

export function bindingOf(place: SealedPlace, id: string, member: string): SealBinding {
  return { purpose: place.purpose, table: place.table, id, member };
}

/** Small, because a keystore's row may have 10 MiB. */
const pageRows = 8;

/** All of them, in pages. */
export async function* sealedPages(
  { sealedRows }: SealedRowStores,
  place: SealedPlace,
): AsyncGenerator<readonly SealedRow[]> {
  for (let after = ''; ; ) {
    const page = await sealedRows.list(place, after, pageRows);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.id;
  }
}
