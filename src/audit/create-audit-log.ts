// Writes and verifies the audit chain. Each record's hash covers the mark of the record before it, and the head holds
// the newest mark; hash and mark both need the key. So a writer of the database without the key cannot alter, insert,
// remove or reorder a record or cut off the tail undetected. Details that are not short public facts are rejected.

import { createHmac, createSecretKey } from 'node:crypto';
import type { UnitOfWork } from '../unit-of-work.ts';
import type {
  AuditEvent,
  AuditFilter,
  AuditLog,
  AuditPage,
  AuditRecord,
  AuditStore,
  FoundAudit,
} from './audit-log.ts';
import { publicDetails, shortText } from './public-details.ts';

const pageSize = 500;

export interface AuditLogOptions {
  /** 32 bytes, of the data key with the purpose `audit`. */
  readonly key: Buffer;
  readonly clock: () => Date;
}

export function createAuditLog({ key, clock }: AuditLogOptions): AuditLog {
  // Node takes six times as long where it gets the bytes of a key on each call.
  const secretKey = createSecretKey(key);

  function hashOf(previousMark: Buffer, record: Omit<AuditRecord, 'hash'>): Buffer {
    return createHmac('sha256', secretKey)
      .update('keyplane audit record\n')
      .update(previousMark)
      .update(canonicalRecord(record))
      .digest();
  }

  function markOf(hash: Buffer): Buffer {
    return createHmac('sha256', secretKey).update('keyplane audit mark\n').update(hash).digest();
  }

  return {
    async append({ audit }, event) {
      const head = await audit.head();
      const record = { ...publicEvent(event), sequence: head.sequence + 1, at: clock() };
      const hash = hashOf(head.mark, record);
      await audit.append({ ...record, hash }, markOf(hash));
    },

    async verify({ audit }) {
      const head = await audit.head();
      let sequence = 0;
      let mark: Buffer = Buffer.alloc(32);
      for await (const record of allRecords(audit)) {
        // The hash covers the sequence number and the previous mark, so it also detects gaps and reordering.
        if (!hashOf(mark, record).equals(record.hash)) return { brokenAt: sequence + 1 };
        sequence = record.sequence;
        mark = markOf(record.hash);
      }
      const isWhole = head.sequence === sequence && head.mark.equals(mark);
      // Records beyond the head are as wrong as a head beyond the records.
      return isWhole ? undefined : { brokenAt: Math.min(head.sequence, sequence) + 1 };
    },
  };
}

async function* allRecords(audit: AuditStore): AsyncGenerator<AuditRecord> {
  let after = 0;
  for (;;) {
    const page = await audit.list(after, pageSize);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.sequence;
  }
}

/** Names come from requests, also from refused ones, so they are cut to what a record may hold. */
function publicEvent(event: AuditEvent): AuditEvent {
  return {
    actor: shortText(event.actor),
    action: event.action,
    objectType: event.objectType,
    objectId: event.objectId === null ? null : shortText(event.objectId),
    objectName: shortText(event.objectName),
    projectName: event.projectName === null ? null : shortText(event.projectName),
    outcome: event.outcome,
    details: publicDetails(event.details),
  };
}

/** Members in a fixed order and details in the order of their names: one record has one spelling. */
function canonicalRecord(record: Omit<AuditRecord, 'hash'>): string {
  return JSON.stringify([
    record.sequence,
    record.at.getTime(),
    record.actor,
    record.action,
    record.objectType,
    record.objectId,
    record.objectName,
    record.projectName,
    record.outcome,
    Object.entries(record.details).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}

/** Reads the record back. */
export interface AuditTrail {
  /** Newest first. */
  search(filter: AuditFilter, page: AuditPage): Promise<FoundAudit>;
}

export function createAuditTrail(store: UnitOfWork<{ readonly audit: AuditStore }>): AuditTrail {
  return { search: (filter, page) => store.read(({ audit }) => audit.search(filter, page)) };
}
