// Settings of an environment reach its nodes like all desired state: under their own revision, in order with all other
// changes, stored on the node's disk. A setting with its default value is not desired state, so most environments have
// none.

import type { Environment, EnvironmentStores } from '../environments/environment-store.ts';
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

/** What the installation has; every environment of it has the same. */
export async function cachingOf({ installation }: LineageStores): Promise<Caching> {
  const text = await installation.get(cachingKey);
  return text === undefined ? defaultCaching : (JSON.parse(text) as Caching);
}

/** Undefined where it has its default, or the environment is not there. */
async function settingOf(
  stores: SettingStores,
  environmentId: string,
  kind: SettingKind,
): Promise<DeployedSetting | undefined> {
  const environment = await stores.environments.get(environmentId);
  if (!environment) return undefined;
  switch (kind) {
    case 'environment-set':
      return environment.environmentSet ? undefined : { kind, id: environmentId, published: false };
    case 'caching':
      return cachingSetting(environmentId, await cachingOf(stores));
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
  const former = await cachingOf(stores);
  const isOther = !isSame(former, caching);
  if (isOther) await stores.installation.put(cachingKey, JSON.stringify(caching));
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
 * The rows that settings are kept in have no MAC, and the desired row has one: it decides. Were they asked, nodes would
 * take the default where a writer to the database altered them.
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
