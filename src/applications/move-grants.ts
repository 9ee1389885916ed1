import type { ProjectScope } from '../access/caller.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { DeploymentTarget } from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import type { Application, Grant } from './application.ts';
import type { ApplicationContentStores } from './application-content.ts';
import { putDesiredApplications } from './application-deployment.ts';

type MoveStores = ApplicationContentStores & EnvironmentStores & DesiredStateStores;

/** In the transaction that deletes a key ring, a JWK or a token profile: what was granted for it is granted no more. */
export function withdrawGrants(
  stores: MoveStores,
  scope: Pick<ProjectScope, 'projectId' | 'projectName'>,
  objectId: string,
): Promise<readonly DeploymentTarget[]> {
  return changeGrants(stores, scope, { objectId, change: () => [] });
}

/** In the transaction that makes a JWK the first key of a ring: what was granted for the JWK is granted for the ring. */
export function moveGrantsToRing(
  stores: MoveStores,
  scope: Pick<ProjectScope, 'projectId' | 'projectName'>,
  { jwkId, keyRingId }: { readonly jwkId: string; readonly keyRingId: string },
): Promise<readonly DeploymentTarget[]> {
  const change = (grant: Grant): readonly Grant[] => [{ ...grant, keyRingId, jwkId: null }];
  return changeGrants(stores, scope, { objectId: jwkId, change });
}

async function changeGrants(
  stores: MoveStores,
  scope: Pick<ProjectScope, 'projectId' | 'projectName'>,
  { objectId, change }: { readonly objectId: string; readonly change: (grant: Grant) => readonly Grant[] },
): Promise<readonly DeploymentTarget[]> {
  const granted = await stores.applications.grantedFor(scope.projectId, objectId);
  // One that was altered outside keyplane cannot be written, and is not deployed.
  const changed = granted
    .filter(({ altered }) => altered !== true)
    .map((application): Application => {
      const grants = application.grants.flatMap((grant) =>
        [grant.keyRingId, grant.jwkId, grant.tokenProfileId].includes(objectId) ? change(grant) : [grant],
      );
      return { ...application, grants };
    });
  for (const application of changed) await stores.applications.update(application);
  return changed.length === 0 ? [] : putDesiredApplications(stores, scope, changed);
}
