import { requireIntactProject } from '../altered-settings.ts';
import type { ReachChange } from '../environments/deployment-port.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import type { ContentReader } from './content-reader.ts';
import type { DesiredStateStores } from './desired-state-store.ts';
import { type DesiredChange, putDesiredState } from './put-desired-state.ts';

interface NamedProjects {
  readonly projects: {
    get(id: string): Promise<{ readonly name: string; readonly altered?: boolean | undefined } | undefined>;
  };
}

/**
 * Updates the desired state of an environment to the projects that reach it: objects of gained projects are added,
 * those of lost ones removed. It runs in the caller's transaction, so readers see the environment before or after it;
 * every statement is short, and the event loop runs between them.
 * @throws KeyplaneError where the row of a gained project was altered
 */
export async function syncEnvironment<Stores extends DesiredStateStores & NamedProjects>(
  stores: Stores,
  readers: readonly ContentReader<Stores>[],
  { environmentId, gained, lost }: ReachChange,
): Promise<void> {
  for (const projectId of lost) await withdrawFrom(stores, environmentId, projectId);
  const sinceRevision = (await stores.desired.state(environmentId)).revision + 1;
  for (const projectId of gained) {
    const project = await stores.projects.get(projectId);
    if (project) requireIntactProject(project);
    for (const reader of readers) {
      await reader.refuseGain?.(stores, environmentId, projectId);
      for await (const digests of reader.digestsOfProject(stores, environmentId, projectId)) {
        const changes = digests.map(([objectId, digest]): DesiredChange => {
          return { environmentId, kind: reader.kind, objectId, projectId, digest, sinceRevision };
        });
        await putDesiredState(stores, changes);
      }
    }
    for (const reader of readers) await reader.gained?.(stores, environmentId, projectId);
  }
}

/** Removes every object of a project from the desired state of every environment. */
export async function withdrawProject(
  stores: EnvironmentStores & DesiredStateStores,
  projectId: string,
): Promise<void> {
  for (const { id } of await stores.environments.list()) await withdrawFrom(stores, id, projectId);
}

const rowsPerPage = 512;

async function withdrawFrom(
  stores: DesiredStateStores,
  environmentId: string,
  projectId: string,
): Promise<void> {
  for (let afterRevision = 0; ; ) {
    const page = { afterRevision, limit: rowsPerPage };
    const present = await stores.desired.presentOfProject(environmentId, projectId, page);
    await putDesiredState(
      stores,
      present.map(({ kind, objectId }) => ({ environmentId, kind, objectId, projectId, digest: null })),
    );
    const last = present.at(-1);
    if (!last || present.length < rowsPerPage) return;
    afterRevision = last.revision;
  }
}
