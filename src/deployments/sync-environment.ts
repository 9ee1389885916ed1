import type { ReachChange } from '../environments/deployment-port.ts';
import type { EnvironmentNouns } from '../environments/environment-store.ts';
import type { ContentReader } from './content-reader.ts';
import { type DesiredChange, desire } from './desire.ts';
import type { DesiredStateNouns } from './desired-state-store.ts';

/**
 * Brings desired state of one environment in line with which projects reach it: what the gained ones have is desired,
 * what the lost ones have is gone. All in the caller's transaction, so an observer sees the environment before or after
 * it and never between; every statement is short, and the event loop goes on between them.
 */
export async function syncEnvironment<Nouns extends DesiredStateNouns>(
  nouns: Nouns,
  readers: readonly ContentReader<Nouns>[],
  { environmentId, gained, lost }: ReachChange,
): Promise<void> {
  for (const projectId of lost) await withdrawFrom(nouns, environmentId, projectId);
  const sinceRevision = (await nouns.desired.state(environmentId)).revision + 1;
  for (const projectId of gained) {
    for (const reader of readers) {
      await reader.refuseGain?.(nouns, environmentId, projectId);
      for await (const digests of reader.digestsOfProject(nouns, environmentId, projectId)) {
        const changes = digests.map(([objectId, digest]): DesiredChange => {
          return { environmentId, kind: reader.kind, objectId, projectId, digest, sinceRevision };
        });
        await desire(nouns, changes);
      }
    }
  }
}

/** Marks everything of a project as gone, in every environment. */
export async function withdrawProject(
  nouns: EnvironmentNouns & DesiredStateNouns,
  projectId: string,
): Promise<void> {
  for (const { id } of await nouns.environments.list()) await withdrawFrom(nouns, id, projectId);
}

const rowsPerPage = 512;

async function withdrawFrom(
  nouns: DesiredStateNouns,
  environmentId: string,
  projectId: string,
): Promise<void> {
  for (let afterRevision = 0; ; ) {
    const page = { afterRevision, limit: rowsPerPage };
    const present = await nouns.desired.presentOfProject(environmentId, projectId, page);
    await desire(
      nouns,
      present.map(({ kind, objectId }) => ({ environmentId, kind, objectId, projectId, digest: null })),
    );
    const last = present.at(-1);
    if (!last || present.length < rowsPerPage) return;
    afterRevision = last.revision;
  }
}
