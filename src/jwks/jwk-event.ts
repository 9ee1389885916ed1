import type { ProjectScope } from '../access/caller.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditEvent } from '../audit/audit-log.ts';
import type { StoredJwk } from './jwk-store.ts';

export type JwkVerb = 'create' | 'update' | 'delete' | 'refresh' | 'reveal' | 'follow' | 'detach';

export function jwkEvent(
  verb: JwkVerb,
  { actor, projectName }: Pick<ProjectScope, 'actor' | 'projectName'>,
  { id, name }: Pick<StoredJwk, 'id' | 'name'>,
  details: AuditEvent['details'] = {},
): AuditEvent {
  return auditEvent({
    actor,
    action: `jwk.${verb}`,
    objectType: 'jwk',
    objectId: id,
    objectName: name,
    projectName,
    details,
  });
}
