import { badRequest } from '../errors.ts';
import { lookupName, shownText } from '../names.ts';
import type { Environment, EnvironmentStores } from './environment-store.ts';

/** The environments of these names, each once and each within the project's reach. */
export async function reachedEnvironments(
  stores: EnvironmentStores,
  projectId: string,
  names: readonly string[],
  member = 'environmentName',
): Promise<readonly Environment[]> {
  const found: Environment[] = [];
  for (const name of names) {
    const environment = await reachedEnvironment(stores, projectId, name, member);
    if (found.some(({ id }) => id === environment.id)) {
      throw badRequest(
        `Environment (${environment.name}) is named twice! Each environment takes one material`,
        { reason: 'FIELD_NOT_VALID', member },
      );
    }
    found.push(environment);
  }
  return found;
}

/** @throws KeyplaneError in the same words whether it does not exist or the project does not reach it */
export async function reachedEnvironment(
  stores: EnvironmentStores,
  projectId: string,
  name: string,
  member = 'environmentName',
): Promise<Environment> {
  const environment = await stores.environments.find(lookupName(name));
  const reached =
    environment && (environment.projectIds === null || environment.projectIds.includes(projectId));
  if (!reached) {
    throw badRequest(
      `Environment (${shownText(name)}) is not found or user does not have privilege to access it!`,
      { reason: 'NOT_FOUND', member },
    );
  }
  return environment;
}

/**
 * The ids of the environments of these names; null stands for all that the project reaches.
 * @throws KeyplaneError `bad_request` for one that the project does not reach
 */
export async function readEnvironmentIds(
  stores: EnvironmentStores,
  projectId: string,
  names: readonly string[] | null,
): Promise<readonly string[] | null> {
  if (names === null) return null;
  if (names.length === 0) {
    throw badRequest('environmentNames can not be empty! Leave it out for all that the project reaches', {
      reason: 'FIELD_NOT_VALID',
      member: 'environmentNames',
    });
  }
  const ids: string[] = [];
  for (const name of new Set(names)) {
    ids.push((await reachedEnvironment(stores, projectId, name, 'environmentNames')).id);
  }
  return ids;
}
