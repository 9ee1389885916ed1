import type { AuditEvent } from './audit-log.ts';

type Required = 'actor' | 'action' | 'objectType' | 'objectName';

/** Members that are left out are null; the default outcome is success. */
export function auditEvent(event: Pick<AuditEvent, Required> & Partial<AuditEvent>): AuditEvent {
  return { objectId: null, projectName: null, outcome: 'SUCCESS', details: {}, ...event };
}

/** A change of the installation as a whole, by keyplane itself. */
export function installationEvent(
  action: string,
  event: Pick<AuditEvent, 'objectName'> & Partial<Pick<AuditEvent, 'objectId' | 'details'>>,
): AuditEvent {
  return auditEvent({ actor: 'system', action, objectType: 'installation', ...event });
}
