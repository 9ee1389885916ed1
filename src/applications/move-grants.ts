import type { ProjectScope } from '../access/caller.ts';
import type { OnUnreadable } from '../deployments/content-reader.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { DeploymentTarget } from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import type { Application, Grant } from './application.ts';
import type { ApplicationContentStores } from './application-content.ts';
import { putDesiredFollowers } from './application-deployment.ts';

type MoveStores = ApplicationContentStores & EnvironmentStores & DesiredStateStores;

/** In the transaction that deletes a key ring, a JWK or a token profile: what was granted for it is granted no more. */
export function withdrawGrants(
  stores: MoveStores,
  scope: Pick<ProjectScope, 'projectId' | 'projectName'>,
  { objectId, onUnreadable }: { readonly objectId: string; readonly onUnreadable: OnUnreadable },
): Promise<readonly DeploymentTarget[]> {
  return changeGrants(stores, scope, { objectId, onUnreadable, change: () => [] });
}

/** In the transaction that makes a JWK the first key of a ring: what was granted for the JWK is granted for the ring. */
export function moveGrantsToRing(
  stores: MoveStores,
  scope: Pick<ProjectScope, 'projectId' | 'projectName'>,
  {
    jwkId,
    keyRingId,
    onUnreadable,
  }: { readonly jwkId: string; readonly keyRingId: string; readonly onUnreadable: OnUnreadable },
): Promise<readonly DeploymentTarget[]> {
  const change = (grant: Grant): readonly Grant[] => [{ ...grant, keyRingId, jwkId: null }];
  return changeGrants(stores, scope, { objectId: jwkId, onUnreadable, change });
}

async function changeGrants(
  stores: MoveStores,
  scope: Pick<ProjectScope, 'projectId' | 'projectName'>,
  {
    objectId,
    onUnreadable,
    change,
  }: {
    readonly objectId: string;
    readonly onUnreadable: OnUnreadable;
    readonly change: (grant: Grant) => readonly Grant[];
  },
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
  return putDesiredFollowers(stores, scope, { applications: changed, onUnreadable });
}
