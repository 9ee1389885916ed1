import { listResponse } from '../responses/response-schemas.ts';
import type { ListPage } from './list-query.ts';

type Sortable = string | number | boolean | Date | null;

/** How the items of a list are searched, sorted and shown. */
export interface PageView<Item, Field extends string, Shown> {
  readonly searched: (item: Item) => readonly (string | null)[];
  /** What an item is sorted by, for each field; null comes last. */
  readonly sorted: Readonly<Record<Field, (item: Item) => Sortable>>;
  readonly shown: (item: Item) => Shown;
}

/** The response of a list that is short enough to be read whole: the part that was asked for, the count of it all. */
export function pageOf<Item, Field extends string, Shown>(
  items: readonly Item[],
  { search, sort, offset, limit }: ListPage<Field>,
  { searched, sorted, shown }: PageView<Item, Field, Shown>,
) {
  const part = search === undefined ? undefined : asciiLower(search);
  const matching = items.filter(
    (item) => part === undefined || searched(item).some((text) => asciiLower(text ?? '').includes(part)),
  );
  const value = sorted[sort.field];
  const ordered = matching.toSorted((a, b) => compare(value(a), value(b)));
  if (sort.descending) ordered.reverse();
  const page = ordered.slice(offset, offset + limit);
  return { ...listResponse(page.map(shown)), resultCount: matching.length };
}

/** As the store matches: without regard to the case of ASCII letters, and of no others. */
function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function compare(a: Sortable, b: Sortable): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : Number(a > b);
}
