// Key sets in the transaction that changes the applications that follow them: each URI of a project has one set for as long as
// an application names it.

import { isDeepStrictEqual } from 'node:util';
import { KeyplaneError } from '../errors.ts';
import { newId } from '../new-id.ts';
import { type Application, followedUris } from './application.ts';
import type { ApplicationStores } from './application-store.ts';
import type { FetchedKeySet } from './fetch-key-set.ts';
import type { IssuerKeySet, IssuerKeySetStores } from './issuer-key-set.ts';

/** A minute before the five that nodes are promised, for the fetch and the deployment. */
export const keySetIntervalMs = 4 * 60_000;

/** What was fetched for an application. */
export interface NewKeySet extends FetchedKeySet {
  /** `fetchedAt` of the stored set as the fetch began; undefined where there was none. */
  readonly formerlyFetchedAt: Date | undefined;
}

type KeySetStores = ApplicationStores & IssuerKeySetStores;

/**
 * Stores what was fetched for an application.
 * @returns other applications of the project whose keys changed with it
 */
export async function storeKeySets(
  stores: KeySetStores,
  application: Application,
  { fetched, now }: { readonly fetched: ReadonlyMap<string, NewKeySet>; readonly now: Date },
): Promise<readonly Application[]> {
  const { projectId } = application;
  const uris = followedUris(application);
  const known = await stores.issuerKeySets.findMany(projectId, uris);
  const changed: string[] = [];
  for (const jwksUri of uris) {
    const former = known.find((set) => set.jwksUri === jwksUri);
    const found = fetched.get(jwksUri);
    if (found === undefined) {
      if (former) continue;
      // Another request ended what was followed while this one relied on it.
      throw new KeyplaneError('conflict', `The keys of ${jwksUri} are no longer there. Try again!`);
    }
    if (former && !former.altered && wasFetchedSince(found, former)) continue;
    const set = withKeys(former, { projectId, jwksUri, found, now });
    if (former === undefined) await stores.issuerKeySets.insert(set);
    else {
      await stores.issuerKeySets.update(set);
      if (former.altered || !isDeepStrictEqual(former.keys, set.keys)) changed.push(jwksUri);
    }
  }
  if (changed.length === 0) return [];
  const followers = await stores.applications.knownBesideTokens(projectId);
  return followers.filter(
    (one) =>
      one.id !== application.id && !one.altered && followedUris(one).some((uri) => changed.includes(uri)),
  );
}

/** What was fetched first may be older than what is stored. */
function wasFetchedSince({ formerlyFetchedAt }: NewKeySet, { refresh }: IssuerKeySet): boolean {
  return refresh.fetchedAt.getTime() !== formerlyFetchedAt?.getTime();
}

function withKeys(
  former: IssuerKeySet | undefined,
  {
    projectId,
    jwksUri,
    found,
    now,
  }: {
    readonly projectId: string;
    readonly jwksUri: string;
    readonly found: FetchedKeySet;
    readonly now: Date;
  },
): IssuerKeySet {
  return {
    id: former?.id ?? newId(),
    projectId,
    jwksUri,
    keys: found.keys,
    createdAt: former?.createdAt ?? now,
    updatedAt: now,
    refresh: {
      refreshAt: new Date(now.getTime() + keySetIntervalMs),
      state: 'FRESH',
      stateSince: former?.refresh.state === 'FRESH' ? former.refresh.stateSince : now,
      stateReason: null,
      fetchedAt: now,
      etag: found.etag,
      lastModified: found.lastModified,
    },
  };
}

/** Forgets the sets of these URIs that no application of the project names any more. */
export async function dropUnfollowed(
  stores: KeySetStores,
  projectId: string,
  jwksUris: readonly string[],
): Promise<void> {
  if (jwksUris.length === 0) return;
  const followed = new Set((await stores.applications.knownBesideTokens(projectId)).flatMap(followedUris));
  const unfollowed = jwksUris.filter((uri) => !followed.has(uri));
  for (const { id } of await stores.issuerKeySets.findMany(projectId, unfollowed)) {
    await stores.issuerKeySets.delete(id);
  }
}
