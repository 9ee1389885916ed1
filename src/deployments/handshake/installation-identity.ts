// The installation's identity: an Ed25519 key by which nodes authenticate the manager, also through proxies. It is made
// at the first start, sealed as every secret is, and goes with a backup. Every manager reads it with each handshake, so
// a rotation reaches all of them with the next one.

import { randomBytes } from 'node:crypto';
import { installationEvent } from '../../audit/audit-event.ts';
import type { AuditLog, AuditStore } from '../../audit/audit-log.ts';
import { newId } from '../../new-id.ts';
import { endorse, type FormerIdentity } from '../../protocol/handshake.ts';
import { fingerprintOf, type SigningKey, signingKeyOf } from '../../protocol/signing-keys.ts';
import type { SealBinding, Sealer } from '../../sealing/sealed.ts';
import type { UnitOfWork } from '../../unit-of-work.ts';
import type { IdentityStores, StoredIdentityKey } from './identity-store.ts';

export interface InstallationIdentity {
  readonly id: string;
  readonly key: SigningKey;
  readonly fingerprint: string;
  /** Oldest first. */
  readonly former: readonly FormerIdentity[];
  /** By the id of an identity that was replaced: when that was. */
  readonly replacedAt: ReadonlyMap<string, Date>;
}

const seedBytes = 32;

function bindingOf(id: string): SealBinding {
  return { purpose: 'identity', table: 'identity_keys', id, member: 'private_key' };
}

/** Reads it in the caller's transaction; a key that was opened before is not opened again. */
export type ReadIdentity = (stores: IdentityStores) => Promise<InstallationIdentity>;

export function createIdentityReader(sealer: Sealer): ReadIdentity {
  let opened: { readonly id: string; readonly key: SigningKey } | undefined;
  return async ({ identityKeys }) => {
    const stored = await identityKeys.list();
    const inUse = stored.at(-1);
    if (inUse === undefined) throw new Error('The database has no identity key. Restore it from a backup.');
    if (opened?.id !== inUse.id) opened = { id: inUse.id, key: openKey(sealer, inUse) };
    const { id, key } = opened;
    return { id, key, fingerprint: fingerprintOf(key.publicKey), ...historyOf(stored) };
  };
}

function historyOf(
  stored: readonly StoredIdentityKey[],
): Pick<InstallationIdentity, 'former' | 'replacedAt'> {
  const former: FormerIdentity[] = [];
  const replacedAt = new Map<string, Date>();
  for (const [index, { id, publicKey, signature }] of stored.entries()) {
    const next = stored[index + 1];
    if (next === undefined || signature === null) continue;
    former.push({ formerKey: publicKey, signature: Buffer.from(signature, 'base64url') });
    replacedAt.set(id, next.createdAt);
  }
  return { former, replacedAt };
}

function openKey(sealer: Sealer, { id, publicKey, privateKey }: StoredIdentityKey): SigningKey {
  if (privateKey === null) throw new Error('The identity key in use has no private half.');
  const seed = sealer.openSecret(bindingOf(id), privateKey);
  const key = signingKeyOf(seed);
  seed.fill(0);
  if (!key.publicKey.equals(publicKey))
    throw new Error('The halves of the identity key do not belong together.');
  return key;
}

function newKey(sealer: Sealer, now: Date): StoredIdentityKey {
  const id = newId(now.getTime());
  const seed = randomBytes(seedBytes);
  const { publicKey } = signingKeyOf(seed);
  const privateKey = sealer.seal(bindingOf(id), seed);
  seed.fill(0);
  return { id, publicKey, privateKey, signature: null, createdAt: now };
}

/** At each start of a manager: an installation without an identity gets one. */
export async function ensureIdentity(
  store: UnitOfWork<IdentityStores>,
  sealer: Sealer,
  now = new Date(),
): Promise<void> {
  const has = async ({ identityKeys }: IdentityStores) => (await identityKeys.list()).length > 0;
  if (await store.read(has)) return;
  await store.write(async (stores) => {
    if (!(await has(stores))) await stores.identityKeys.insert(newKey(sealer, now));
  });
}

export interface IdentityRotation {
  readonly from: string;
  readonly to: string;
}

/** Makes another identity key, signed by the one in use, whose private half is deleted. */
export async function rotateIdentity(
  store: UnitOfWork<IdentityStores & { readonly audit: AuditStore }>,
  { sealer, audit, now = new Date() }: { sealer: Sealer; audit: AuditLog; now?: Date },
): Promise<IdentityRotation> {
  return store.write(async (stores) => {
    const inUse = (await stores.identityKeys.list()).at(-1);
    if (inUse === undefined) throw new Error('This installation has no identity yet: start a manager first.');
    // Later than the one in use, even if the clocks of two hosts differ: keys are ordered by their times.
    const next = newKey(sealer, new Date(Math.max(now.getTime(), inUse.createdAt.getTime() + 1)));
    await stores.identityKeys.retire(
      inUse.id,
      endorse(openKey(sealer, inUse), next.publicKey).toString('base64url'),
    );
    await stores.identityKeys.insert(next);
    const rotation = { from: fingerprintOf(inUse.publicKey), to: fingerprintOf(next.publicKey) };
    const facts = { objectId: next.id, objectName: 'identity', details: { ...rotation } };
    await audit.append(stores, installationEvent('identity.rotate', facts));
    return rotation;
  });
}
