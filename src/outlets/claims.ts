// Where outlets write: no two of a project write to one place.

import { badRequest } from '../errors.ts';
import { outletKind } from './kinds/kinds.ts';
import type { Claim } from './kinds/outlet-kind.ts';
import type { Outlet } from './outlet.ts';

type Claiming = Pick<Outlet, 'id' | 'name' | 'kind' | 'target' | 'content'>;

/** @throws KeyplaneError `bad_request` that names the other outlet */
export function requireFreePlace(outlet: Claiming, others: readonly Claiming[]): void {
  const claims = claimsOf(outlet);
  for (const other of others) {
    if (other.id === outlet.id) continue;
    const taken = claims.find((claim) => claimsOf(other).some((held) => meet(claim, held)));
    if (taken === undefined) continue;
    throw badRequest(`Path (${taken.path}) is already used by outlet (name: ${other.name})!`, {
      reason: 'NAME_TAKEN',
      member: 'target.path',
    });
  }
}

function claimsOf({ kind, target, content }: Claiming): readonly Claim[] {
  return outletKind(kind).claims(target, content);
}

function meet(one: Claim, other: Claim): boolean {
  if (one.space !== other.space || (one.shared && other.shared)) return false;
  if (one.exact && other.exact) return one.path === other.path;
  // Some file systems take two spellings for one name.
  const [a, b] = [folded(one.path), folded(other.path)];
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

function folded(path: string): string {
  return path.normalize('NFKC').toLowerCase();
}
