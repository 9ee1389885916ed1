// Settings of an environment reach its nodes like all desired state: under their own revision, in order with all other
// changes, stored on the node's disk. A setting with its default value is not desired state, so most environments have
// none.

import type { EnvironmentStores } from '../environments/environment-store.ts';
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
    case 'caching': {
      const caching = await cachingOf(stores);
      return isSame(caching, defaultCaching) ? undefined : { kind, id: environmentId, ...caching };
    }
    default:
      return kind satisfies never;
  }
}

/** In the caller's transaction. */
export async function putDesiredSettings(
  stores: SettingStores & DesiredStateStores,
  environmentId: string,
): Promise<void> {
  const changes: DesiredChange[] = [];
  for (const kind of settingKinds) {
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
  if (isSame(former, caching)) return false;
  await stores.installation.put(cachingKey, JSON.stringify(caching));
  for (const { id } of await stores.environments.list()) await putDesiredSettings(stores, id);
  await keepFormerCaching(stores, former, now);
  return true;
}

function isSame(one: Caching, other: Caching): boolean {
  return (
    one.maxAge === other.maxAge &&
    one.staleWhileRevalidate === other.staleWhileRevalidate &&
    one.staleIfError === other.staleIfError
  );
}

export const settingReaders = settingKinds.map(createSettingReader);

function createSettingReader(kind: SettingKind): ContentReader<SettingStores> {
  return {
    kind,
    async read(stores, environmentId, ids) {
      if (!ids.includes(environmentId)) return [];
      // One value is ever deployed, and the desired row, which has a MAC, says whether it is. The environment's own row
      // has none: were it asked, nodes would take the default where a writer to the database altered it.
      if (kind === 'environment-set') return [{ kind, id: environmentId, published: false }];
      const setting = await settingOf(stores, environmentId, kind);
      return setting ? [setting] : [];
    },
    async *digestsOfProject() {},
  };
}
