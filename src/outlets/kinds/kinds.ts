// The kinds of outlets by their names.

import * as list from './list.ts';
import type { OutletKind } from './outlet-kind.ts';

export type OutletKindName = (typeof list)[keyof typeof list]['name'];

/** Those of the nodes first, and those first that deliver the most: so they are listed everywhere. */
const kinds: readonly OutletKind<OutletKindName>[] = Object.values(list).toSorted(
  (one, other) =>
    Number(one.runsAt === 'MANAGER') - Number(other.runsAt === 'MANAGER') ||
    other.contents.length - one.contents.length,
);
const byName = new Map(kinds.map((kind) => [kind.name, kind]));

export const outletKindNames: readonly [OutletKindName, ...OutletKindName[]] = Object.freeze(
  kinds.map(({ name }) => name) as [OutletKindName, ...OutletKindName[]],
);

export function outletKind(name: OutletKindName): OutletKind<OutletKindName> {
  const kind = byName.get(name);
  if (kind === undefined) throw new TypeError(`there is no kind of outlet ${name}`);
  return kind;
}

/** Kinds that nodes deliver, or that the manager does. */
export function outletKindNamesAt(runsAt: OutletKind['runsAt']): readonly OutletKindName[] {
  return outletKindNames.filter((name) => outletKind(name).runsAt === runsAt);
}

/** `A`, `A and B`, `A, B and C`. */
export function listed(names: readonly string[]): string {
  const [last = '', ...before] = names.toReversed();
  return before.length === 0 ? last : `${before.toReversed().join(', ')} and ${last}`;
}
