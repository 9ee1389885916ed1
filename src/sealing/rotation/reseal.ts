// Reseals every value under the active data key, a few rows per transaction, while managers read and write. Each value
// names its data key, so an interrupted run continues where it stopped, and a value that was changed meanwhile is
// checked again.

import type { UnitOfWork } from '../../unit-of-work.ts';
import {
  bindingOf,
  type SealedPlace,
  type SealedReplacement,
  type SealedRow,
  type SealedRowStores,
} from '../sealed-place.ts';
import type { LearningSealer } from '../sealer.ts';

const rowsPerTransaction = 8;

/**
 * @returns how many values it resealed; 0 when none was left
 * @throws KeyplaneError `internal_error` for a value that does not open
 */
export async function reseal(store: UnitOfWork<SealedRowStores>, sealer: LearningSealer): Promise<number> {
  let sealed = 0;
  const places = await store.read(async ({ sealedRows }) => sealedRows.places);
  for (const place of places) {
    for (let after = ''; ; ) {
      const page = await store.read(({ sealedRows }) => sealedRows.list(place, after, rowsPerTransaction));
      const last = page.at(-1);
      if (last === undefined) break;
      const work = page.flatMap((row) => replacements(place, row, sealer));
      if (work.length > 0) sealed += await store.write((stores) => replaceAll(stores, place, work));
      after = last.id;
    }
  }
  return sealed;
}

interface Replacement {
  readonly id: string;
  readonly value: SealedReplacement;
}

function replacements(place: SealedPlace, { id, values }: SealedRow, sealer: LearningSealer): Replacement[] {
  return values
    .filter(({ sealed }) => !sealer.isCurrent(sealed))
    .map(({ member, sealed }) => {
      const binding = bindingOf(place, id, member);
      const plaintext = sealer.openSecret(binding, sealed);
      const to = sealer.seal(binding, plaintext);
      plaintext.fill(0);
      return { id, value: { member, from: sealed, to } };
    });
}

async function replaceAll(
  { sealedRows }: SealedRowStores,
  place: SealedPlace,
  work: readonly Replacement[],
): Promise<number> {
  let replaced = 0;
  for (const { id, value } of work) if (await sealedRows.replace(place, id, value)) replaced += 1;
  return replaced;
}
