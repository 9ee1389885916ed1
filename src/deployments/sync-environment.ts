import type { AccessNouns } from '../access/access-store.ts';
import type { EnvironmentNouns } from '../environments/environment-store.ts';
import { contentDigest } from '../protocol/state-digest.ts';
import type { ContentReader } from './content-reader.ts';
import { type DeploymentTarget, type DesiredChange, desire } from './desire.ts';
import type { DesiredStateNouns } from './desired-state-store.ts';

export type SyncNouns = AccessNouns & EnvironmentNouns & DesiredStateNouns;

const pageSize = 500;

/**
 * Brings desired state of one environment in line with which projects reach it: what they have is desired,
 * what belongs to others is gone. For an environment that is new, or whose projects changed.
 */
export async function syncEnvironment<Nouns extends SyncNouns>(
  nouns: Nouns,
  readers: readonly ContentReader<Nouns>[],
  environmentId: string,
): Promise<readonly DeploymentTarget[]> {
  const environment = await nouns.environments.get(environmentId);
  if (!environment) return [];
  const reached = environment.projectIds ?? (await nouns.projects.list()).map((project) => project.id);
  const changes: DesiredChange[] = [];
  const reachedSet = new Set(reached);
  for await (const object of presentObjects(nouns, environmentId)) {
    if (!reachedSet.has(object.projectId)) changes.push({ ...object, digest: null });
  }
  for (const projectId of reached) {
    for (const reader of readers) {
      for await (const contents of reader.readProject(nouns, environmentId, projectId)) {
        for (const content of contents) {
          const digest = contentDigest(content);
          changes.push({ environmentId, kind: content.kind, objectId: content.id, projectId, digest });
        }
        await breathe();
      }
    }
  }
  return desire(nouns, changes);
}

/** Marks everything of a project as gone, in every environment. */
export async function withdrawProject(
  nouns: EnvironmentNouns & DesiredStateNouns,
  projectId: string,
): Promise<readonly DeploymentTarget[]> {
  const changes: DesiredChange[] = [];
  for (const environment of await nouns.environments.list()) {
    for (const object of await nouns.desired.presentOfProject(environment.id, projectId)) {
      changes.push({ ...object, digest: null });
    }
  }
  return desire(nouns, changes);
}

async function* presentObjects(nouns: DesiredStateNouns, environmentId: string) {
  for (let after = 0; ; ) {
    const page = await nouns.desired.present(environmentId, after, pageSize);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = last.revision;
  }
}

/** An embedded database answers within the same turn of the event loop; without this, pages would hold it. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
