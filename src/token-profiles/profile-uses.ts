// What token profiles ask of the keys that they use.

import { badRequest } from '../errors.ts';
import { durationInHours, parseDuration } from '../iso-duration.ts';
import type { TokenProfileStores } from './token-profile-store.ts';

/**
 * In the transaction that deletes a key ring or a JWK: a profile without its key issues nothing.
 * @param title as texts name the key: `Key ring (name: r)`
 * @throws KeyplaneError `bad_request`
 */
export async function requireNoTokenProfile(
  { tokenProfiles }: TokenProfileStores,
  objectId: string,
  title: string,
): Promise<void> {
  const [profile] = await tokenProfiles.using(objectId);
  if (profile === undefined) return;
  throw badRequest(
    `${title} is used by token profile (name: ${profile.name})! Give it another key, or delete it.`,
    { reason: 'STILL_NEEDED' },
  );
}

/**
 * Before a key ring's `maxTokenLifetime` becomes shorter.
 * @throws KeyplaneError `bad_request`
 */
export async function requireLifetimeOfProfiles(
  { tokenProfiles }: TokenProfileStores,
  ringId: string,
  maxTokenLifetimeMs: number,
): Promise<void> {
  for (const { name, keyRingId, rules } of await tokenProfiles.using(ringId)) {
    const maxLifetimeMs = parseDuration(rules.maxLifetime) ?? 0;
    if (keyRingId !== ringId || maxLifetimeMs <= maxTokenLifetimeMs) continue;
    throw badRequest(
      `maxTokenLifetime (${durationInHours(maxTokenLifetimeMs)}) is shorter than maxLifetime (${durationInHours(maxLifetimeMs)}) of token profile (name: ${name})!`,
      { reason: 'POLICY_NOT_VALID', member: 'maxTokenLifetime' },
    );
  }
}
