// The credential of an outlet, sealed to its row.

import type { Sealed, Sealer } from '../sealing/sealed.ts';
import type { Outlet, OutletJson } from './outlet.ts';

function binding(outletId: string) {
  return { purpose: 'outlet', table: 'outlets', id: outletId, member: 'credential' };
}

export function sealCredential(sealer: Sealer, outletId: string, credential: OutletJson): Sealed {
  return sealer.seal(binding(outletId), Buffer.from(JSON.stringify(credential)));
}

/** Secret; null where it has none. */
export function openCredential(
  sealer: Sealer,
  { id, credential }: Pick<Outlet, 'id' | 'credential'>,
): OutletJson | null {
  if (credential === null) return null;
  return JSON.parse(sealer.openSecret(binding(id), credential).toString('utf8'));
}
