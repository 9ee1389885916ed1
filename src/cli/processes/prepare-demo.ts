// What the quickstart signs with: a key ring and an application in a project that it creates itself.

import type { Caller, ProjectScope } from '../../access/caller.ts';
import type { Manager } from '../../compose/manager.ts';

export const quickstartProject = 'MyProject';
export const demoRing = 'demo-signing';
const demoApplication = 'demo';
/** Marks what the quickstart created: what a user made under the same name stays as it is. */
export const madeByQuickstart = 'Created by keyplane start';
/** The next start replaces the token. */
const tokenLifeMs = 24 * 3600 * 1000;

type DemoServices = Manager['services'];

/** In a project that was just created. */
export async function createDemo(
  services: DemoServices,
  caller: Caller,
  projectName: string,
): Promise<string | undefined> {
  const scope = await scopeOf(services, caller, projectName);
  if (scope === undefined) return undefined;
  await services.keyRings.create(scope, {
    name: demoRing,
    description: madeByQuickstart,
    type: 'EC',
    ec: { curveType: 'P256', algorithm: 'ES256' },
    verifierCacheTime: 'PT0S',
  });
  const { tokens } = await services.applications.create(scope, {
    name: demoApplication,
    description: madeByQuickstart,
    expiresAt: tomorrow(),
    grants: [{ keyRingName: demoRing, operations: ['SIGN', 'VERIFY'] }],
  });
  return tokens[0]?.token;
}

/** In a project of an earlier start; undefined where the application is not there any more. */
export async function replaceDemoToken(
  services: DemoServices,
  caller: Caller,
  projectName: string,
): Promise<string | undefined> {
  const scope = await scopeOf(services, caller, projectName);
  if (scope === undefined || !(await hasDemo(services, scope))) return undefined;
  await services.applications.update(scope, demoApplication, { expiresAt: tomorrow() });
  const { tokens } = await services.applications.replaceToken(scope, demoApplication, {});
  return tokens[0]?.token;
}

function hasDemo({ store }: DemoServices, { projectId }: ProjectScope): Promise<boolean> {
  return store.read(async ({ rings, applications }) => {
    const ring = await rings.find(projectId, demoRing);
    const application = await applications.find(projectId, demoApplication);
    return (
      ring !== undefined &&
      application?.description === madeByQuickstart &&
      application.altered !== true &&
      application.grants.some(({ keyRingId }) => keyRingId === ring.id)
    );
  });
}

async function scopeOf(
  { store }: DemoServices,
  { username }: Caller,
  projectName: string,
): Promise<ProjectScope | undefined> {
  const project = await store.read(({ projects }) => projects.find(projectName));
  return project && { projectId: project.id, projectName: project.name, actor: username };
}

function tomorrow(): string {
  return new Date(Date.now() + tokenLifeMs).toISOString();
}
