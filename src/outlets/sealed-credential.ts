// The credential of an outlet, sealed to its row.

import type { Sealed, Sealer } from '../sealing/sealed.ts';
import { outletKind } from './kinds/kinds.ts';
import type { Outlet } from './outlet.ts';
import type { OutletJson } from './outlet-source.ts';

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

/** The name of the token profile that the outlet signs in with; undefined: none. */
export function credentialProfile(
  sealer: Sealer,
  outlet: Pick<Outlet, 'id' | 'kind' | 'credential'>,
): string | undefined {
  const { tokenProfileOf } = outletKind(outlet.kind);
  const credential = tokenProfileOf && openCredential(sealer, outlet);
  return credential ? tokenProfileOf(credential) : undefined;
}
