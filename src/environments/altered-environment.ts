import { type KeyplaneError, settingsAlteredInDatabase } from '../errors.ts';
import type { Environment } from './environment-store.ts';

/** What an administrator sends to save all settings of an environment. */
export const environmentRepair =
  'PUT /apiops/environments/{environmentName}/ with description, type, accessUrl, projects and environmentSet';

export function alteredEnvironment(name: string): KeyplaneError {
  return settingsAlteredInDatabase(`Environment (name: ${name})`, environmentRepair);
}

/**
 * Before anything is deployed that is made from the settings of an environment.
 * @throws KeyplaneError where the row was altered
 */
export function requireIntactEnvironment({ name, altered }: Pick<Environment, 'name' | 'altered'>): void {
  if (altered) throw alteredEnvironment(name);
}
