import type { UnitOfWork } from '../unit-of-work.ts';
import type { AuditFilter, AuditPage, AuditStore, FoundAudit } from './audit-log.ts';

/** Reads the record back. */
export interface AuditTrail {
  /** Newest first. */
  search(filter: AuditFilter, page: AuditPage): Promise<FoundAudit>;
}

export function createAuditTrail(store: UnitOfWork<{ readonly audit: AuditStore }>): AuditTrail {
  return { search: (filter, page) => store.read(({ audit }) => audit.search(filter, page)) };
}
