// What nodes get of an application: never a token, only hashes.

import type { AccessStores } from '../access/access-store.ts';
import { type ContentReader, type OnUnreadable, readableDigests } from '../deployments/content-reader.ts';
import { alteredInDatabase } from '../errors.ts';
import type { DeployedApplication } from '../protocol/content.ts';
import type { Application } from './application.ts';
import type { ApplicationStores } from './application-store.ts';

const pageSize = 512;

/** The same in every environment. @throws KeyplaneError where the row was altered */
export function applicationContent(application: Application, projectName: string): DeployedApplication {
  if (application.altered) throw alteredInDatabase(`Application (name: ${application.name})`);
  return {
    kind: 'application',
    id: application.id,
    project: projectName,
    name: application.name,
    expires: application.expiresAt?.getTime() ?? null,
    tokens: application.tokens.map(({ hash, validUntil }) => {
      return { hash, validUntil: validUntil?.getTime() ?? null };
    }),
    grants: application.grants.map(({ keyRingId, jwkId, operations }) => {
      return { keyRingId, jwkId, operations };
    }),
  };
}

export function createApplicationContentReader(
  onUnreadable: OnUnreadable,
): ContentReader<ApplicationStores & Pick<AccessStores, 'projects'>> {
  return {
    kind: 'application',
    async read(stores, _environmentId, ids) {
      const contents: DeployedApplication[] = [];
      for (const application of await stores.applications.getMany(ids)) {
        const project = await stores.projects.get(application.projectId);
        contents.push(applicationContent(application, project?.name ?? ''));
      }
      return contents;
    },
    async *digestsOfProject(stores, _environmentId, projectId) {
      const project = await stores.projects.get(projectId);
      if (!project) return;
      const read = (application: Application) => applicationContent(application, project.name);
      for (let after = ''; ; ) {
        const ids = await stores.applications.idsOfProject(projectId, after, pageSize);
        yield readableDigests(await stores.applications.getMany(ids), 'application', { read, onUnreadable });
        const last = ids.at(-1);
        if (!last || ids.length < pageSize) return;
        after = last;
      }
    },
  };
}
