// What outlets require of what they deliver.

import { badRequest } from '../errors.ts';
import type { Sealer } from '../sealing/sealed.ts';
import { traitsOf } from './content/outlet-content.ts';
import type { OutletStores } from './outlet-store.ts';
import { credentialProfile } from './sealed-credential.ts';

/**
 * In the transaction that deletes what may be the source of an outlet.
 * @param title as texts name it: `Key ring (name: r)`
 * @throws KeyplaneError `bad_request`
 */
export async function requireNoOutlet(
  { outlets }: Pick<OutletStores, 'outlets'>,
  sourceId: string,
  title: string,
): Promise<void> {
  const [outlet] = await outlets.using(sourceId);
  if (outlet === undefined) return;
  throw badRequest(
    `${title} is used by outlet (name: ${outlet.name})! Give it another source, or delete it.`,
    { reason: 'STILL_NEEDED' },
  );
}

/**
 * In the transaction that deletes a token profile: an outlet whose credential names it would never sign in again. The name is
 * sealed with the credential, so each of the project is opened.
 * @throws KeyplaneError `bad_request`
 */
export async function requireNoCredential(
  { outlets }: Pick<OutletStores, 'outlets'>,
  sealer: Sealer,
  profile: { readonly projectId: string; readonly name: string },
): Promise<void> {
  const outlet = (await outlets.ofProject(profile.projectId)).find(
    (one) => one.altered !== true && credentialProfile(sealer, one) === profile.name,
  );
  if (outlet === undefined) return;
  throw badRequest(
    `Token profile (name: ${profile.name}) is used by outlet (name: ${outlet.name})! Give it another credential, or delete it.`,
    { reason: 'STILL_NEEDED' },
  );
}

/**
 * Before a key ring stops being exportable.
 * @throws KeyplaneError `bad_request`
 */
export async function requireNoPrivateOutlet(
  { outlets }: Pick<OutletStores, 'outlets'>,
  ring: { readonly id: string; readonly name: string },
): Promise<void> {
  const outlet = (await outlets.using(ring.id)).find(({ content }) => traitsOf(content).isPrivate);
  if (outlet === undefined) return;
  throw badRequest(
    `The private keys of key ring (name: ${ring.name}) are delivered by outlet (name: ${outlet.name})! Delete it first.`,
    { reason: 'STILL_NEEDED', member: 'exportable' },
  );
}
