import { isKeyplaneError } from '../errors.ts';
import type { Sealer } from './sealed.ts';
import { bindingOf, type SealedRowStores, sealedPages } from './sealed-place.ts';

export interface SealCheck {
  readonly opened: number;
  /** The first ones, as table, id and member. */
  readonly broken: readonly { readonly table: string; readonly id: string; readonly member: string }[];
  readonly brokenTotal: number;
}

const brokenNamed = 20;

/** Opens every sealed value there is, and keeps none. */
export async function checkSeals(stores: SealedRowStores, sealer: Sealer): Promise<SealCheck> {
  let opened = 0;
  let brokenTotal = 0;
  const broken: { table: string; id: string; member: string }[] = [];
  for (const place of stores.sealedRows.places) {
    for await (const page of sealedPages(stores, place)) {
      for (const { id, values } of page) {
        for (const { member, sealed } of values) {
          try {
            sealer.openSecret(bindingOf(place, id, member), sealed).fill(0);
            opened += 1;
          } catch (error) {
            if (!isKeyplaneError(error)) throw error;
            brokenTotal += 1;
            if (broken.length < brokenNamed) broken.push({ table: place.table, id, member });
          }
        }
      }
    }
  }
  return { opened, broken, brokenTotal };
}
