// JWKs that belong to a key ring, as the rules of JWKs meet them: the ring alone changes them.

import { badRequest, KeyplaneError } from '../errors.ts';
import type { StoredJwk } from './jwk-store.ts';
import type { MemberRingStores, RingOfMember } from './ring-member.ts';

/** The ring of a JWK; undefined outside a ring. */
export async function ringOf(
  { rings }: MemberRingStores,
  { member }: Pick<StoredJwk, 'member'>,
): Promise<RingOfMember | undefined> {
  if (member === undefined) return undefined;
  const [ring] = await rings.getMany([member.ringId]);
  return ring;
}

/** @throws KeyplaneError `bad_request` for `{ringName}.{digits}` of a ring that exists */
export async function requireUnreservedName(
  { rings }: MemberRingStores,
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
