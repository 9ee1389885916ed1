import type { AuditEvent, AuditStore } from '../audit/audit-log.ts';
import type { IdempotencyNouns } from '../idempotency/idempotency-store.ts';
import type { AccessNouns } from './access-store.ts';

export type AuditedAccessNouns = AccessNouns & IdempotencyNouns & { readonly audit: AuditStore };

/** A change that succeeded; what is not said is null. */
export function changeEvent(
  event: Pick<AuditEvent, 'actor' | 'action' | 'objectType' | 'objectName'> & Partial<AuditEvent>,
): AuditEvent {
  return { objectId: null, projectName: null, outcome: 'SUCCESS', details: {}, ...event };
}
