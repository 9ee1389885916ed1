import { badRequest } from '../errors.ts';
import type { Environment, EnvironmentNouns } from './environment-store.ts';

/** The environments of these names, each once and each within the project's reach. */
export async function reachedEnvironments(
  nouns: EnvironmentNouns,
  projectId: string,
  names: readonly string[],
): Promise<readonly Environment[]> {
  const found: Environment[] = [];
  for (const name of names) {
    if (found.some((environment) => environment.name === name)) {
      throw badRequest(`Environment (${name}) is named twice! Each environment takes one material`);
    }
    found.push(await reachedEnvironment(nouns, projectId, name));
  }
  return found;
}

/** @throws KeyplaneError in the same words whether it does not exist or the project does not reach it */
export async function reachedEnvironment(
  nouns: EnvironmentNouns,
  projectId: string,
  name: string,
): Promise<Environment> {
  const environment = await nouns.environments.find(name);
  const reached =
    environment && (environment.projectIds === null || environment.projectIds.includes(projectId));
  if (!reached) {
    throw badRequest(`Environment (${name}) is not found or user does not have privilege to access it!`);
  }
  return environment;
}
