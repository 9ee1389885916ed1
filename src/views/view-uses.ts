// What views ask of the keys that they name.

import { badRequest } from '../errors.ts';
import type { ViewStores } from './view-store.ts';

/**
 * In the transaction that deletes a key ring or a JWK: a view would hold other keys than it says.
 * @param title as texts name the key: `Key ring (name: r)`
 * @throws KeyplaneError `bad_request`
 */
export async function requireNoView(
  { views }: ViewStores,
  { projectId, id }: { readonly projectId: string; readonly id: string },
  title: string,
): Promise<void> {
  const [view] = await views.naming(projectId, id);
  if (view === undefined) return;
  throw badRequest(
    `${title} is used by view (name: ${view.name})! Remove it from the view, or delete the view.`,
    {
      reason: 'STILL_NEEDED',
    },
  );
}
