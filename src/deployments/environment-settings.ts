// Settings of an environment reach its nodes as all desired state does: under a revision of their own, in the order of
// all changes, kept on the node's disk. What has its default is not desired, so most environments have none of them.

import type { EnvironmentNouns } from '../environments/environment-store.ts';
import {
  type Caching,
  type DeployedSetting,
  defaultCaching,
  type SettingKind,
  settingKinds,
} from '../protocol/content.ts';
import { contentDigest } from '../protocol/state-digest.ts';
import type { ContentReader } from './content-reader.ts';
import { type DesiredChange, desire } from './desire.ts';
import type { DesiredStateNouns } from './desired-state-store.ts';
import type { LineageNouns } from './history/lineage.ts';

export type SettingNouns = Pick<EnvironmentNouns, 'environments'> & LineageNouns;

const cachingKey = 'caching';
/** A setting belongs to no project. */
const noProject = '';

/** What the installation has; every environment of it has the same. */
async function cachingOf({ installation }: LineageNouns): Promise<Caching> {
  const text = await installation.get(cachingKey);
  return text === undefined ? defaultCaching : (JSON.parse(text) as Caching);
}

/** Undefined where it has its default, or the environment is not there. */
async function settingOf(
  nouns: SettingNouns,
  environmentId: string,
  kind: SettingKind,
): Promise<DeployedSetting | undefined> {
  const environment = await nouns.environments.get(environmentId);
  if (!environment) return undefined;
  switch (kind) {
    case 'environment-set':
      return environment.environmentSet ? undefined : { kind, id: environmentId, published: false };
    case 'caching': {
      const caching = await cachingOf(nouns);
      return isSame(caching, defaultCaching) ? undefined : { kind, id: environmentId, ...caching };
    }
    default:
      return kind satisfies never;
  }
}

/** In the caller's transaction. */
export async function desireSettings(
  nouns: SettingNouns & DesiredStateNouns,
  environmentId: string,
): Promise<void> {
  const changes: DesiredChange[] = [];
  for (const kind of settingKinds) {
    const setting = await settingOf(nouns, environmentId, kind);
    const digest = setting ? contentDigest(setting) : null;
    changes.push({ environmentId, kind, objectId: environmentId, projectId: noProject, digest });
  }
  await desire(nouns, changes);
}

/** At the start of a manager: all environments get the caching that it was started with, where they had another. */
export async function applyCaching(
  nouns: SettingNouns & DesiredStateNouns,
  { maxAge, staleWhileRevalidate, staleIfError }: Caching,
): Promise<void> {
  const caching = { maxAge, staleWhileRevalidate, staleIfError };
  if (isSame(await cachingOf(nouns), caching)) return;
  await nouns.installation.put(cachingKey, JSON.stringify(caching));
  for (const { id } of await nouns.environments.list()) await desireSettings(nouns, id);
}

function isSame(one: Caching, other: Caching): boolean {
  return (
    one.maxAge === other.maxAge &&
    one.staleWhileRevalidate === other.staleWhileRevalidate &&
    one.staleIfError === other.staleIfError
  );
}

export const settingReaders = settingKinds.map(createSettingReader);

function createSettingReader(kind: SettingKind): ContentReader<SettingNouns> {
  return {
    kind,
    async read(nouns, environmentId, ids) {
      const setting = ids.includes(environmentId) ? await settingOf(nouns, environmentId, kind) : undefined;
      return setting ? [setting] : [];
    },
    async *digestsOfProject() {},
  };
}
