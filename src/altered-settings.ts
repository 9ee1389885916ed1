// What holds for a project or an environment whose row was altered outside keyplane: nothing is deployed from it, and it is
// stored again only with all of its settings.

import { KeyplaneError, settingsAlteredInDatabase } from './errors.ts';
import { shownText } from './names.ts';

interface Settings {
  readonly name: string;
  readonly altered?: boolean | undefined;
}

/** The request that saves all settings of a project. */
export const projectRepair =
  'PUT /apiops/projects/{projectName}/ with description, historicalKeyRingName and publishKeyTypes';
/** The request that saves all settings of an environment. */
export const environmentRepair =
  'PUT /apiops/environments/{environmentName}/ with description, type, accessUrl, projects and environmentSet';

export function alteredProject(name: string): KeyplaneError {
  return settingsAlteredInDatabase(`Project (name: ${name})`, projectRepair);
}

export function alteredEnvironment(name: string): KeyplaneError {
  return settingsAlteredInDatabase(`Environment (name: ${name})`, environmentRepair);
}

/**
 * Before anything is deployed that is made from the name or the settings of a project.
 * @throws KeyplaneError where the row was altered
 */
export function requireIntactProject({ name, altered }: Settings): void {
  if (altered) throw alteredProject(name);
}

/**
 * Before anything is deployed that is made from the settings of an environment.
 * @throws KeyplaneError where the row was altered
 */
export function requireIntactEnvironment({ name, altered }: Settings): void {
  if (altered) throw alteredEnvironment(name);
}

interface RecordedNames {
  ofObjects(
    objectIds: readonly string[],
    actions: readonly string[],
  ): Promise<readonly { readonly objectName: string }[]>;
}

/**
 * Before an altered row is stored again, which would confirm its name. Names of projects and environments never change, so the
 * audit log has the right one.
 * @throws KeyplaneError `unavailable` where the log has another
 */
export async function requireRecordedName(
  audit: RecordedNames,
  {
    id,
    name,
    type,
  }: { readonly id: string; readonly name: string; readonly type: 'project' | 'environment' },
): Promise<void> {
  const [made] = await audit.ofObjects([id], [`${type}.create`]);
  if (made === undefined || made.objectName === name) return;
  throw new KeyplaneError(
    'unavailable',
    `The name of the ${type} was altered in the database outside keyplane: the audit log has it as ${shownText(made.objectName)}! Restore that name in the database, or a backup, and save the settings again.`,
    { reason: 'ALTERED_IN_DATABASE' },
  );
}
