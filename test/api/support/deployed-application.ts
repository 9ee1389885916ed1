import { expect } from 'vitest';
import { createApplicationContentReader } from '../../../src/applications/application-content.ts';
import type { DeployedApplication } from '../../../src/protocol/content.ts';
import { contentDigest } from '../../../src/protocol/state-digest.ts';
import type { TestManager } from '../../support/manager.ts';

/** What nodes are to have; the desired digest says that it is what they were sent. */
export async function deployedApplication(world: TestManager, name: string): Promise<DeployedApplication> {
  const { store } = world.manager.services;
  const reader = createApplicationContentReader(() => undefined);
  return store.read(async (stores) => {
    const projects = await stores.projects.list();
    const project = projects.find((one) => one.name === 'MyProject');
    const application = await stores.applications.find(project?.id ?? '', name);
    const [environment] = await stores.environments.listReachedBy(project?.id ?? '');
    const id = application?.id ?? '';
    const [content] = await reader.read(stores, '', [id]);
    const [desired] = await stores.desired.findMany([
      { environmentId: environment?.id ?? '', kind: 'application', objectId: id },
    ]);
    if (content?.kind !== 'application') throw new Error(`${name} is not deployed`);
    expect(desired?.digest).toEqual(contentDigest(content));
    return content;
  });
}
