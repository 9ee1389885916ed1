import type { ProjectScope } from '../access/caller.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditEvent } from '../audit/audit-log.ts';
import type { Outlet } from './outlet.ts';

export function outletEvent(
  verb: string,
  { actor, projectName }: Pick<ProjectScope, 'actor' | 'projectName'>,
  { id, name, kind, source, content, target, gate }: Outlet,
  more: AuditEvent['details'] = {},
): AuditEvent {
  return auditEvent({
    actor,
    action: `outlet.${verb}`,
    objectType: 'outlet',
    objectId: id,
    objectName: name,
    projectName,
    details: {
      kind,
      outletContent: content,
      sourceType: source.type,
      path: typeof target.path === 'string' ? target.path : null,
      gate,
      ...more,
    },
  });
}
