import type { ProjectScope } from '../access/caller.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditEvent } from '../audit/audit-log.ts';
import type { EventFacts } from '../events/event.ts';
import type { EventStores } from '../events/event-store.ts';
import type { EventType } from '../events/event-types.ts';
import { recordEvent } from '../events/record-event.ts';
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

type JwkEventType = Extract<EventType, `jwk.${string}` | `source.${string}`>;

/** For programs that listen; in the transaction of the change. */
export function recordJwkEvent(
  stores: EventStores,
  type: JwkEventType,
  { projectId, name, kid }: Pick<StoredJwk, 'projectId' | 'name' | 'kid'>,
  { at, facts }: { readonly at: Date; readonly facts?: EventFacts },
): Promise<void> {
  return recordEvent(stores, { projectId, type, objectType: 'jwk', objectName: name, kid, facts, at });
}
