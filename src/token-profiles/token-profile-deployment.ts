import type { ProjectScope } from '../access/caller.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import { type DeploymentTarget, desiredContent, putDesiredState } from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import type { TokenProfile } from './token-profile.ts';
import { tokenProfileContent } from './token-profile-content.ts';

/** Desires a token profile as it is now in every environment that its project reaches. */
export async function putDesiredTokenProfile(
  stores: EnvironmentStores & DesiredStateStores,
  { projectId, projectName }: Pick<ProjectScope, 'projectId' | 'projectName'>,
  profile: TokenProfile,
): Promise<readonly DeploymentTarget[]> {
  const environments = await stores.environments.listReachedBy(projectId);
  const content = desiredContent(tokenProfileContent(profile, projectName));
  const changes = environments.map(({ id: environmentId }) => {
    return { environmentId, kind: 'token-profile' as const, projectId, objectId: profile.id, ...content };
  });
  return changes.length === 0 ? [] : putDesiredState(stores, changes);
}

/** Has every node forget a token profile. */
export async function withdrawTokenProfile(
  stores: DesiredStateStores,
  { id: objectId, projectId }: TokenProfile,
): Promise<readonly DeploymentTarget[]> {
  const environmentIds = await stores.desired.environmentsOf('token-profile', objectId);
  const changes = environmentIds.map((environmentId) => {
    return { environmentId, kind: 'token-profile' as const, objectId, projectId, digest: null };
  });
  return putDesiredState(stores, changes);
}
