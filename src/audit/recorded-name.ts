// Names of projects and environments never change, so the audit log has the right one of a row that was altered.

import { KeyplaneError } from '../errors.ts';
import { shownText } from '../names.ts';
import type { AuditStore } from './audit-log.ts';

/**
 * Before an altered row is stored again, which would confirm its name.
 * @throws KeyplaneError `unavailable` where the log names the object otherwise
 */
export async function requireRecordedName(
  audit: Pick<AuditStore, 'ofObjects'>,
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
