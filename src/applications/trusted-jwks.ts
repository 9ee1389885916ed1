// JWKs whose public parts verify the JWTs of applications (`jwkName` of a credential).

import type { ProjectScope } from '../access/caller.ts';
import type { OnUnreadable } from '../deployments/content-reader.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { DeploymentTarget } from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { badRequest } from '../errors.ts';
import { trustedJwkIds } from './application.ts';
import type { ApplicationContentStores } from './application-content.ts';
import { putDesiredFollowers } from './application-deployment.ts';
import type { ApplicationStores } from './application-store.ts';

/** In the transaction that changes a JWK: applications that it identifies follow it. */
export async function followTrustedJwk(
  stores: ApplicationContentStores & EnvironmentStores & DesiredStateStores,
  scope: Pick<ProjectScope, 'projectId' | 'projectName'>,
  { jwkId, onUnreadable }: { readonly jwkId: string; readonly onUnreadable: OnUnreadable },
): Promise<readonly DeploymentTarget[]> {
  const applications = await trustingApplications(stores, scope.projectId, jwkId);
  return putDesiredFollowers(stores, scope, { applications, onUnreadable });
}

/**
 * Before a JWK is deleted, or becomes a member of a key ring: its application could identify itself no more.
 * @throws KeyplaneError `bad_request` that names the application
 */
export async function requireUntrusted(
  stores: ApplicationStores,
  projectId: string,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<void> {
  const [first] = await trustingApplications(stores, projectId, id);
  if (first === undefined) return;
  throw badRequest(
    `JWK (name: ${name}) verifies the JWTs of application (name: ${first.name})! Change the credentials of the application first.`,
    { reason: 'STILL_NEEDED' },
  );
}

async function trustingApplications({ applications }: ApplicationStores, projectId: string, jwkId: string) {
  const found = await applications.naming(projectId, jwkId);
  return found.filter((application) => trustedJwkIds(application).includes(jwkId));
}
