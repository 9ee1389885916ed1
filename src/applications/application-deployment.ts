import type { ProjectScope } from '../access/caller.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import { type DeploymentTarget, putDesiredState } from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { contentDigest } from '../protocol/state-digest.ts';
import type { Application } from './application.ts';
import { type ApplicationContentStores, applicationReader } from './application-content.ts';

/** Desires applications as they are now in every environment that their project reaches. */
export async function putDesiredApplications(
  stores: Pick<ApplicationContentStores, 'issuerKeySets' | 'jwks'> & EnvironmentStores & DesiredStateStores,
  { projectId, projectName }: Pick<ProjectScope, 'projectId' | 'projectName'>,
  applications: readonly Application[],
): Promise<readonly DeploymentTarget[]> {
  const environments = await stores.environments.listReachedBy(projectId);
  const read = await applicationReader(stores, { projectId, projectName }, applications);
  const objects = applications.map((application) => {
    return { objectId: application.id, digest: contentDigest(read(application)) };
  });
  const changes = environments.flatMap(({ id: environmentId }) =>
    objects.map((object) => ({ environmentId, kind: 'application' as const, projectId, ...object })),
  );
  return changes.length === 0 ? [] : putDesiredState(stores, changes);
}

/** Has every node forget an application. */
export async function withdrawApplication(
  stores: DesiredStateStores,
  { id: objectId, projectId }: Application,
): Promise<readonly DeploymentTarget[]> {
  const environmentIds = await stores.desired.environmentsOf('application', objectId);
  const changes = environmentIds.map((environmentId) => {
    return { environmentId, kind: 'application' as const, objectId, projectId, digest: null };
  });
  return putDesiredState(stores, changes);
}
