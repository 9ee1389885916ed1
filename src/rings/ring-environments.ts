import type { Environment, EnvironmentStores } from '../environments/environment-store.ts';
import type { KeyRing } from './ring.ts';

/** Those that the project reaches and the policy names, by name order. */
export async function environmentsOfRing(
  { environments }: Pick<EnvironmentStores, 'environments'>,
  { projectId, policy: { environmentIds } }: Pick<KeyRing, 'projectId' | 'policy'>,
): Promise<readonly Environment[]> {
  const reached = await environments.listReachedBy(projectId);
  return environmentIds === null ? reached : reached.filter(({ id }) => environmentIds.includes(id));
}
