// What nodes get of an outlet that they deliver: the same in every environment.

import type { AccessStores } from '../access/access-store.ts';
import { type ContentReader, type OnUnreadable, readableDigests } from '../deployments/content-reader.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import {
  type DeploymentTarget,
  type DesiredChange,
  putDesiredState,
} from '../deployments/put-desired-state.ts';
import type { Environment, EnvironmentStores } from '../environments/environment-store.ts';
import { alteredInDatabase } from '../errors.ts';
import type { DeployedOutlet } from '../protocol/content.ts';
import { contentDigest } from '../protocol/state-digest.ts';
import type { Sealer } from '../sealing/sealed.ts';
import { outletKind } from './kinds/kinds.ts';
import type { Outlet } from './outlet.ts';
import type { OutletStores } from './outlet-store.ts';
import { openCredential } from './sealed-credential.ts';

const pageSize = 512;

/** After a change. Nodes see in what they are sent that it changed; the manager sees it by the generation. */
export function nextGeneration({ kind, generation }: Pick<Outlet, 'kind' | 'generation'>): number {
  return outletKind(kind).runsAt === 'MANAGER' ? generation + 1 : generation;
}

/**
 * @returns undefined for one that the manager delivers
 * @throws KeyplaneError where the row was altered
 */
function outletContent(outlet: Outlet, projectName: string, sealer: Sealer): DeployedOutlet | undefined {
  if (outletKind(outlet.kind).runsAt === 'MANAGER') return undefined;
  if (outlet.altered) throw alteredInDatabase(`Outlet (name: ${outlet.name})`);
  const { id, name, source, content, target, generation } = outlet;
  const credential = openCredential(sealer, outlet);
  return {
    kind: 'outlet',
    id,
    project: projectName,
    name,
    outletKind: outlet.kind,
    source: { type: source.type, id: source.id },
    content,
    target,
    password: typeof credential?.password === 'string' ? credential.password : null,
    generation,
  };
}

/** Where an outlet delivers: what its project reaches and it names, by name order. */
export async function environmentsOfOutlet(
  { environments }: Pick<EnvironmentStores, 'environments'>,
  { projectId, environmentIds }: Pick<Outlet, 'projectId' | 'environmentIds'>,
): Promise<readonly Environment[]> {
  const reached = await environments.listReachedBy(projectId);
  return environmentIds === null ? reached : reached.filter(({ id }) => environmentIds.includes(id));
}

/** Desires an outlet as it is now in each of its environments, and in no other. */
export async function putDesiredOutlet(
  stores: EnvironmentStores & DesiredStateStores,
  outlet: Outlet,
  { projectName, sealer }: { readonly projectName: string; readonly sealer: Sealer },
): Promise<readonly DeploymentTarget[]> {
  const content = outletContent(outlet, projectName, sealer);
  if (content === undefined) return [];
  const { id: objectId, projectId } = outlet;
  const digest = contentDigest(content);
  const wanted = (await environmentsOfOutlet(stores, outlet)).map(({ id }) => id);
  const changes: DesiredChange[] = wanted.map((environmentId) => {
    return { environmentId, kind: 'outlet', projectId, objectId, digest };
  });
  for (const environmentId of await stores.desired.environmentsOf('outlet', objectId)) {
    if (wanted.includes(environmentId)) continue;
    changes.push({ environmentId, kind: 'outlet', projectId, objectId, digest: null });
  }
  return changes.length === 0 ? [] : putDesiredState(stores, changes);
}

/** Has every node forget an outlet, and remove its files. */
export async function withdrawOutlet(
  stores: DesiredStateStores,
  { id: objectId, projectId }: Outlet,
): Promise<readonly DeploymentTarget[]> {
  const environmentIds = await stores.desired.environmentsOf('outlet', objectId);
  return putDesiredState(
    stores,
    environmentIds.map((environmentId) => {
      return { environmentId, kind: 'outlet' as const, objectId, projectId, digest: null };
    }),
  );
}

export function createOutletContentReader(
  sealer: Sealer,
  onUnreadable: OnUnreadable,
): ContentReader<OutletStores & Pick<AccessStores, 'projects'>> {
  return {
    kind: 'outlet',
    async read(stores, _environmentId, ids) {
      const contents: DeployedOutlet[] = [];
      for (const outlet of await stores.outlets.getMany(ids)) {
        const project = await stores.projects.get(outlet.projectId);
        const content = outletContent(outlet, project?.name ?? '', sealer);
        if (content) contents.push(content);
      }
      return contents;
    },
    async *digestsOfProject(stores, environmentId, projectId) {
      const project = await stores.projects.get(projectId);
      if (!project) return;
      const read = (outlet: Outlet) => outletContent(outlet, project.name, sealer);
      for (let after = ''; ; ) {
        const ids = await stores.outlets.idsOfProject(projectId, after, pageSize);
        const outlets = await stores.outlets.getMany(ids);
        const here = outlets.filter(
          ({ environmentIds }) => environmentIds === null || environmentIds.includes(environmentId),
        );
        yield readableDigests(here, 'outlet', { read, onUnreadable });
        const last = ids.at(-1);
        if (!last || ids.length < pageSize) return;
        after = last;
      }
    },
  };
}
