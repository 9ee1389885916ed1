import { type KeyplaneError, settingsAlteredInDatabase } from '../errors.ts';
import type { Project } from './access-store.ts';

/** What an administrator sends to save all settings of a project. */
export const projectRepair =
  'PUT /apiops/projects/{projectName}/ with description, historicalKeyRingName and publishKeyTypes';

export function alteredProject(name: string): KeyplaneError {
  return settingsAlteredInDatabase(`Project (name: ${name})`, projectRepair);
}

/**
 * Before anything is deployed that is made from the name or the settings of a project.
 * @throws KeyplaneError where the row was altered
 */
export function requireIntact({ name, altered }: Pick<Project, 'name' | 'altered'>): void {
  if (altered) throw alteredProject(name);
}
