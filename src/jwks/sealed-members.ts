import { alteredInDatabase } from '../errors.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import { joinJwk, splitJwk } from '../jose/public-part.ts';
import type { Sealed, Sealer } from '../sealing/sealed.ts';
import type { StoredJwk } from './jwk-store.ts';

/** The columns that hold a JWK's members: public ones readable, private ones sealed to this very row. */
export function sealMembers(
  sealer: Sealer,
  id: string,
  jwk: PrivateJwk,
): { readonly publicMembers: string; readonly privateMembers: Sealed | null } {
  const { publicMembers, privateMembers } = splitJwk(jwk);
  const secret = Object.keys(privateMembers).length > 0;
  return {
    publicMembers: JSON.stringify(publicMembers),
    privateMembers: secret ? sealer.seal(binding(id), Buffer.from(JSON.stringify(privateMembers))) : null,
  };
}

/** The JWK without its private members. @throws KeyplaneError where the row was altered */
export function openPublicMembers(stored: StoredJwk): PrivateJwk {
  if (stored.altered) throw alteredInDatabase(`JWK (name: ${stored.name})`);
  return joinJwk(JSON.parse(stored.publicMembers) as Record<string, unknown>, {});
}

/** The complete JWK, private members included. @throws KeyplaneError where the row was altered */
export function openPrivateJwk(sealer: Sealer, stored: StoredJwk): PrivateJwk {
  if (stored.privateMembers === null) return openPublicMembers(stored);
  if (stored.altered) throw alteredInDatabase(`JWK (name: ${stored.name})`);
  const publicMembers = JSON.parse(stored.publicMembers) as Record<string, unknown>;
  const opened = sealer.openSecret(binding(stored.id), stored.privateMembers);
  return joinJwk(publicMembers, JSON.parse(opened.toString('utf8')) as Record<string, unknown>);
}

function binding(id: string) {
  return { purpose: 'jwk', table: 'jwks', id, member: 'private_members' };
}
