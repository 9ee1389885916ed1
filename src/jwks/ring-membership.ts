// JWKs that belong to a key ring, as the rules of JWKs meet them: the ring alone changes them.

import { badRequest, KeyplaneError } from '../errors.ts';
import type { KeyRing } from '../rings/ring.ts';
import type { RingStores } from '../rings/ring-store.ts';
import type { StoredJwk } from './jwk-store.ts';

/** The ring of a JWK; undefined outside a ring. */
export async function ringOf(
  { rings }: RingStores,
  { member }: Pick<StoredJwk, 'member'>,
): Promise<KeyRing | undefined> {
  if (member === undefined) return undefined;
  const [ring] = await rings.getMany([member.ringId]);
  return ring;
}

/** @throws KeyplaneError `bad_request` for a JWK of a ring */
export async function requireNoMember(stores: RingStores, jwk: StoredJwk): Promise<void> {
  if (jwk.member === undefined) return;
  throw memberError(jwk.name, (await ringOf(stores, jwk))?.name ?? '');
}

export function memberError(name: string, ringName: string): KeyplaneError {
  return badRequest(memberText(name, ringName), { reason: 'KEY_RING_MEMBER' });
}

export function memberText(name: string, ringName: string): string {
  return `JWK (name: ${name}) belongs to key ring (name: ${ringName})!`;
}

/** @throws KeyplaneError `bad_request` for `{ringName}.{digits}` of a ring that exists */
export async function requireUnreservedName(
  { rings }: RingStores,
  projectId: string,
  name: string,
): Promise<void> {
  const ringName = /^(.+)\.\d+$/s.exec(name)?.[1];
  if (ringName === undefined || (await rings.find(projectId, ringName)) === undefined) return;
  throw badRequest(`JWK name (${name}) is reserved for key ring (name: ${ringName})!`, {
    reason: 'NAME_RESERVED',
    member: 'name',
  });
}

export function notExportableText(name: string): string {
  return `The private key of JWK (name: ${name}) is not exportable!`;
}

export function notExportable({ name }: Pick<StoredJwk, 'name'>): KeyplaneError {
  return new KeyplaneError('forbidden', notExportableText(name), { reason: 'KEY_NOT_EXPORTABLE' });
}
