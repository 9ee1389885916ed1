import type { ProjectScope } from '../access/caller.ts';
import { type OnUnreadable, readableDigests } from '../deployments/content-reader.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import {
  type DeploymentTarget,
  type DesiredChange,
  desiredContent,
  putDesiredState,
} from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { badRequest } from '../errors.ts';
import type { DeployedApplication } from '../protocol/content.ts';
import type { Application } from './application.ts';
import { type ApplicationContentStores, applicationReader } from './application-content.ts';

type DesiredStores = Pick<ApplicationContentStores, 'issuerKeySets' | 'jwks'> &
  EnvironmentStores &
  DesiredStateStores;

/**
 * Desires applications as they are now in every environment that their project reaches.
 * @throws KeyplaneError where a row that one of them needs was altered
 */
export async function putDesiredApplications(
  stores: DesiredStores,
  { projectId, projectName }: Pick<ProjectScope, 'projectId' | 'projectName'>,
  applications: readonly Application[],
): Promise<readonly DeploymentTarget[]> {
  const read = await applicationReader(stores, { projectId, projectName }, applications);
  return putInReach(
    stores,
    projectId,
    applications.map((one) => [one.id, desiredContent(read(one))]),
  );
}

/** Of the keys of all credentials together: nodes hold every application in memory. */
const largestKeys = 1024 * 1024;

/** @throws KeyplaneError `bad_request` for an application whose credentials have too many keys */
export async function requireDeployable(
  stores: DesiredStores,
  scope: Pick<ProjectScope, 'projectId' | 'projectName'>,
  application: Application,
): Promise<void> {
  const read = await applicationReader(stores, scope, [application]);
  if (!hasTooLargeKeys(read(application))) return;
  throw badRequest('The keys of all credentials together cannot be larger than 1 MiB!', {
    reason: 'FIELD_NOT_VALID',
    member: 'credentials',
  });
}

/**
 * The same for applications that follow a key set which has grown.
 * @throws KeyplaneError `bad_request` that names the first one
 */
export async function requireDeployableFollowers(
  stores: DesiredStores,
  scope: Pick<ProjectScope, 'projectId' | 'projectName'>,
  followers: readonly Application[],
): Promise<void> {
  const read = await applicationReader(stores, scope, followers);
  for (const one of followers) {
    if (!hasTooLargeKeys(readIfUnaltered(read, one))) continue;
    throw badRequest(
      `The keys of all credentials of application (name: ${one.name}) together cannot be larger than 1 MiB!`,
      { reason: 'FIELD_NOT_VALID' },
    );
  }
}

/** One that cannot be read keeps what is deployed of it. */
function readIfUnaltered(
  read: (application: Application) => DeployedApplication,
  application: Application,
): DeployedApplication | undefined {
  try {
    return read(application);
  } catch {
    return undefined;
  }
}

function hasTooLargeKeys(content: DeployedApplication | undefined): boolean {
  const keys = content?.credentials?.flatMap((one) => (one.type === 'JWT' ? one.keys : [])) ?? [];
  return Buffer.byteLength(JSON.stringify(keys)) > largestKeys;
}

/** The same for applications that follow the change of another object: the unreadable ones keep what is desired. */
export async function putDesiredFollowers(
  stores: DesiredStores,
  { projectId, projectName }: Pick<ProjectScope, 'projectId' | 'projectName'>,
  {
    applications,
    onUnreadable,
  }: { readonly applications: readonly Application[]; readonly onUnreadable: OnUnreadable },
): Promise<readonly DeploymentTarget[]> {
  if (applications.length === 0) return [];
  const read = await applicationReader(stores, { projectId, projectName }, applications);
  const digests = readableDigests(applications, 'application', { read, onUnreadable });
  return putInReach(
    stores,
    projectId,
    digests.map(([id, digest]) => [id, { digest }]),
  );
}

async function putInReach(
  stores: EnvironmentStores & DesiredStateStores,
  projectId: string,
  wanted: readonly (readonly [objectId: string, Pick<DesiredChange, 'digest' | 'content'>])[],
): Promise<readonly DeploymentTarget[]> {
  const environments = await stores.environments.listReachedBy(projectId);
  const changes = environments.flatMap(({ id: environmentId }) =>
    wanted.map(([objectId, desired]) => {
      return { environmentId, kind: 'application' as const, projectId, objectId, ...desired };
    }),
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
