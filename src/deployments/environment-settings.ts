// Settings of an environment reach its nodes like all desired state: under their own revision, in order with all other
// changes, stored on the node's disk. A setting with its default value is not desired state, so most environments have
// none.

import { requireIntactEnvironment } from '../altered-settings.ts';
import type { Environment, EnvironmentStores } from '../environments/environment-store.ts';
import { KeyplaneError } from '../errors.ts';
import {
  type Caching,
  type DeployedSetting,
  defaultCaching,
  type SettingKind,
  settingKinds,
} from '../protocol/content.ts';
import { contentDigest } from '../protocol/state-digest.ts';
import { type CachingHistoryStores, keepFormerCaching } from './caching-history.ts';
import type { ContentReader } from './content-reader.ts';
import type { DesiredStateStores } from './desired-state-store.ts';
import type { LineageStores } from './history/lineage.ts';
import { type DesiredChange, putDesiredState } from './put-desired-state.ts';

export type SettingStores = Pick<EnvironmentStores, 'environments'> & LineageStores;

const cachingKey = 'caching';
/** A setting belongs to no project. */
const noProject = '';

export interface StoredCaching {
  readonly caching: Caching;
  /** Not as a manager stored it: the row was altered or removed. Nothing is deployed from it, and no key ring moves by it. */
  readonly altered: boolean;
}

/** What the installation has; every environment of it has the same. */
export async function storedCaching({ installation }: LineageStores): Promise<StoredCaching> {
  const found = await installation.getSetting(cachingKey);
  // Each manager stores it when it starts.
  if (found === undefined) return { caching: defaultCaching, altered: true };
  return { caching: JSON.parse(found.value) as Caching, altered: found.altered === true };
}

/** The same where it is only shown or compared. */
export async function cachingOf(stores: LineageStores): Promise<Caching> {
  return (await storedCaching(stores)).caching;
}

export function alteredCaching(): KeyplaneError {
  return new KeyplaneError(
    'unavailable',
    'The Cache-Control settings of the installation were altered in the database outside keyplane, and nothing is deployed from them! Restart the manager, which stores its KEYPLANE_JWKS_MAX_AGE, KEYPLANE_JWKS_STALE_WHILE_REVALIDATE and KEYPLANE_JWKS_STALE_IF_ERROR again.',
    { reason: 'ALTERED_IN_DATABASE' },
  );
}

/**
 * Undefined where it has its default, or the environment is not there.
 * @throws KeyplaneError where the row that it stands in was altered
 */
async function settingOf(
  stores: SettingStores,
  environmentId: string,
  kind: SettingKind,
): Promise<DeployedSetting | undefined> {
  const environment = await stores.environments.get(environmentId);
  if (!environment) return undefined;
  switch (kind) {
    case 'environment-set':
      requireIntactEnvironment(environment);
      return environment.environmentSet ? undefined : { kind, id: environmentId, published: false };
    case 'caching': {
      const { caching, altered } = await storedCaching(stores);
      if (altered) throw alteredCaching();
      return cachingSetting(environmentId, caching);
    }
    default:
      return kind satisfies never;
  }
}

function cachingSetting(id: string, caching: Caching): DeployedSetting | undefined {
  return isSame(caching, defaultCaching) ? undefined : { kind: 'caching', id, ...caching };
}

/** In the caller's transaction. */
export async function putDesiredSettings(
  stores: SettingStores & DesiredStateStores,
  environmentId: string,
  kinds: readonly SettingKind[] = settingKinds,
): Promise<void> {
  const changes: DesiredChange[] = [];
  for (const kind of kinds) {
    const setting = await settingOf(stores, environmentId, kind);
    const digest = setting ? contentDigest(setting) : null;
    changes.push({ environmentId, kind, objectId: environmentId, projectId: noProject, digest });
  }
  await putDesiredState(stores, changes);
}

/**
 * At the start of a manager: all environments get the caching that it was started with, where they had another.
 * @param now by the clock of the database
 * @returns whether they had
 */
export async function applyCaching(
  stores: SettingStores & CachingHistoryStores,
  { maxAge, staleWhileRevalidate, staleIfError }: Caching,
  now: Date,
): Promise<boolean> {
  const caching = { maxAge, staleWhileRevalidate, staleIfError };
  const { caching: former, altered } = await storedCaching(stores);
  const isOther = !isSame(former, caching);
  if (isOther || altered) await stores.installation.putSetting(cachingKey, JSON.stringify(caching));
  // Not by what was stored: it may have been altered outside keyplane to look like what is new.
  for (const { id } of await unlikeCaching(stores)) await putDesiredSettings(stores, id, ['caching']);
  if (isOther) await keepFormerCaching(stores, former, now);
  return isOther;
}

function isSame(one: Caching, other: Caching): boolean {
  return (
    one.maxAge === other.maxAge &&
    one.staleWhileRevalidate === other.staleWhileRevalidate &&
    one.staleIfError === other.staleIfError
  );
}

/**
 * The desired row decides: an altered row of an environment or the installation must neither be deployed nor take from nodes
 * what they are to have.
 * @param startedWith what this manager brought to all environments
 */
export function createSettingReaders(startedWith: Caching): readonly ContentReader<SettingStores>[] {
  return settingKinds.map((kind) => ({
    kind,
    async read(stores, environmentId, ids) {
      return ids.includes(environmentId)
        ? possibleSettings(stores, environmentId, { kind, startedWith })
        : [];
    },
    async *digestsOfProject() {},
  }));
}

async function possibleSettings(
  stores: SettingStores,
  id: string,
  { kind, startedWith }: { readonly kind: SettingKind; readonly startedWith: Caching },
): Promise<readonly DeployedSetting[]> {
  switch (kind) {
    case 'environment-set':
      return [{ kind, id, published: false }];
    case 'caching': {
      const { maxAge, staleWhileRevalidate, staleIfError } = startedWith;
      return [
        { kind, id, ...(await cachingOf(stores)) },
        { kind, id, maxAge, staleWhileRevalidate, staleIfError },
      ];
    }
    default:
      return kind satisfies never;
  }
}

/** Environments whose nodes have another caching than the one that is stored. */
export async function unlikeCaching(
  stores: SettingStores & DesiredStateStores,
): Promise<readonly Environment[]> {
  const caching = await cachingOf(stores);
  const environments = await stores.environments.list();
  const keys = environments.map(({ id }) => ({ environmentId: id, kind: 'caching', objectId: id }) as const);
  const rows = await stores.desired.findMany(keys);
  const digests = new Map(rows.map(({ environmentId, digest }) => [environmentId, digest]));
  return environments.filter(({ id }) => {
    const setting = cachingSetting(id, caching);
    const digest = digests.get(id) ?? null;
    return setting === undefined ? digest !== null : digest?.equals(contentDigest(setting)) !== true;
  });
}
