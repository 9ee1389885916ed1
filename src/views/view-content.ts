// What nodes get of a view: the same in every environment.

import type { AccessStores } from '../access/access-store.ts';
import { type ContentReader, type OnUnreadable, readableDigests } from '../deployments/content-reader.ts';
import { alteredInDatabase } from '../errors.ts';
import type { DeployedView } from '../protocol/content.ts';
import type { View } from './view.ts';
import type { ViewStores } from './view-store.ts';

const pageSize = 512;

/** @throws KeyplaneError where the row was altered */
export function viewContent(view: View, projectName: string): DeployedView {
  if (view.altered) throw alteredInDatabase(`View (name: ${view.name})`);
  const { id, name, include, exclude } = view;
  return { kind: 'view', id, project: projectName, name, include, exclude };
}

export function createViewContentReader(
  onUnreadable: OnUnreadable,
): ContentReader<ViewStores & Pick<AccessStores, 'projects'>> {
  return {
    kind: 'view',
    async read(stores, _environmentId, ids) {
      const contents: DeployedView[] = [];
      for (const view of await stores.views.getMany(ids)) {
        const project = await stores.projects.get(view.projectId);
        contents.push(viewContent(view, project?.name ?? ''));
      }
      return contents;
    },
    async *digestsOfProject(stores, _environmentId, projectId) {
      const project = await stores.projects.get(projectId);
      if (!project) return;
      const read = (view: View) => viewContent(view, project.name);
      for (let after = ''; ; ) {
        const ids = await stores.views.idsOfProject(projectId, after, pageSize);
        yield readableDigests(await stores.views.getMany(ids), 'view', { read, onUnreadable });
        const last = ids.at(-1);
        if (!last || ids.length < pageSize) return;
        after = last;
      }
    },
  };
}
