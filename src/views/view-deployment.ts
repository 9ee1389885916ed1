import type { ProjectScope } from '../access/caller.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import { type DeploymentTarget, putDesiredState } from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { contentDigest } from '../protocol/state-digest.ts';
import type { View } from './view.ts';
import { viewContent } from './view-content.ts';

/** Desires a view as it is now in every environment that its project reaches. */
export async function putDesiredView(
  stores: EnvironmentStores & DesiredStateStores,
  { projectId, projectName }: Pick<ProjectScope, 'projectId' | 'projectName'>,
  view: View,
): Promise<readonly DeploymentTarget[]> {
  const environments = await stores.environments.listReachedBy(projectId);
  const digest = contentDigest(viewContent(view, projectName));
  const changes = environments.map(({ id: environmentId }) => {
    return { environmentId, kind: 'view' as const, projectId, objectId: view.id, digest };
  });
  return changes.length === 0 ? [] : putDesiredState(stores, changes);
}

/** Has every node publish it no more. */
export async function withdrawView(
  stores: DesiredStateStores,
  { id: objectId, projectId }: View,
): Promise<readonly DeploymentTarget[]> {
  const environmentIds = await stores.desired.environmentsOf('view', objectId);
  const changes = environmentIds.map((environmentId) => {
    return { environmentId, kind: 'view' as const, objectId, projectId, digest: null };
  });
  return putDesiredState(stores, changes);
}
