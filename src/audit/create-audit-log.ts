// Writes and verifies the audit chain. Each record's hash covers the mark of the record before it, and the head holds
// the newest mark; hash and mark both need the key. So a writer of the database without the key cannot alter, insert,
// remove or reorder a record or cut off the tail undetected. Details that are not short public facts are rejected.
// An open record has a MAC over its content, its place and its number among those of its project. The numbers remain in
// the chain, and the highest has a separate MAC: so a record that was removed, repeated or moved while it was
// open leaves a gap or a repetition.

import { createHmac, createSecretKey } from 'node:crypto';
import type { SharedStore } from '../unit-of-work.ts';
import type {
  AuditEvent,
  AuditFilter,
  AuditLane,
  AuditLog,
  AuditRecord,
  AuditRecordPage,
  AuditStore,
  FoundAudit,
  NextOpen,
  OpenAuditRecord,
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

  function openMacOf({
    mac: _mac,
    ...record
  }: Omit<OpenAuditRecord, 'mac'> & { readonly mac?: Buffer }): Buffer {
    const { ticket, position } = record;
    return createHmac('sha256', secretKey)
      .update('keyplane open audit record\n')
      .update(canonicalRecord({ ...record, sequence: 0 }, [ticket, position]))
      .digest();
  }

  function endMacOf({ id, number }: AuditLane): Buffer {
    return createHmac('sha256', secretKey)
      .update('keyplane open audit records of a project\n')
      .update(JSON.stringify([id, number]))
      .digest();
  }

  function isRightEnd({ mac, ...end }: AuditLane & { readonly mac: Buffer | undefined }): boolean {
    return mac === undefined ? end.number === 0 : endMacOf(end).equals(mac);
  }

  async function appendOpen(audit: AuditStore, event: AuditEvent, next: NextOpen): Promise<void> {
    const { ticket, position, end } = next;
    // A number that was altered would be confirmed by the MAC of the next.
    if (!isRightEnd(end)) audit.refuseOpen('the number of open audit records of a project was altered');
    const lane = { id: end.id, number: end.number + 1 };
    const record = { ...publicEvent(event), at: clock(), lane, ticket, position };
    await audit.putOpen({ ...record, mac: openMacOf(record) }, { ...lane, mac: endMacOf(lane) });
  }

  async function closeAll(audit: AuditStore): Promise<void> {
    for (;;) {
      let { sequence, mark } = await audit.head();
      const page = await audit.listOpen(pageSize);
      if (page.length === 0) return;
      const records = page.map((open): AuditRecord => {
        const { ticket: _ticket, position: _position, mac: _mac, ...event } = open;
        sequence += 1;
        const record = { ...event, sequence };
        // A record that was altered is in the chain as it was found, at a place that never passes verification.
        const hash = openMacOf(open).equals(open.mac) ? hashOf(mark, record) : Buffer.alloc(32);
        mark = markOf(hash);
        return { ...record, hash };
      });
      await audit.appendAll(records, mark);
      await audit.removeOpen(page);
    }
  }

  return {
    async append({ audit }, event) {
      const next = await audit.nextOpen();
      if (next !== undefined) return appendOpen(audit, event, next);
      await closeAll(audit);
      const head = await audit.head();
      const record = { ...publicEvent(event), sequence: head.sequence + 1, at: clock() };
      const hash = hashOf(head.mark, record);
      await audit.append({ ...record, hash }, markOf(hash));
    },

    close: ({ audit }) => closeAll(audit),

    async verify({ audit }) {
      const head = await audit.head();
      let sequence = 0;
      let mark: Buffer = Buffer.alloc(32);
      const numbers = new Map<string, number>();
      const isNext = ({ id, number }: AuditLane) => {
        const before = numbers.get(id) ?? 0;
        numbers.set(id, number);
        return number === before + 1;
      };
      for await (const record of allRecords(audit)) {
        // The hash covers the sequence number and the previous mark, so it also detects gaps and reordering.
        if (!hashOf(mark, record).equals(record.hash)) return { brokenAt: sequence + 1 };
        if (record.lane !== undefined && !isNext(record.lane)) return { brokenAt: sequence + 1 };
        sequence = record.sequence;
        mark = markOf(record.hash);
      }
      const isWhole = head.sequence === sequence && head.mark.equals(mark);
      // Records beyond the head are as wrong as a head beyond the records.
      if (!isWhole) return { brokenAt: Math.min(head.sequence, sequence) + 1 };
      for (const open of await audit.listOpen(await audit.countOpen())) {
        sequence += 1;
        if (!openMacOf(open).equals(open.mac) || !isNext(open.lane)) return { brokenAt: sequence };
      }
      for (const end of await audit.laneEnds()) {
        if (!isRightEnd(end) || numbers.get(end.id) !== end.number) return { brokenAt: sequence + 1 };
        numbers.delete(end.id);
      }
      return numbers.size === 0 ? undefined : { brokenAt: sequence + 1 };
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
function canonicalRecord(record: Omit<AuditRecord, 'hash'>, place: readonly number[] = []): string {
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
    ...(record.lane === undefined ? [] : [record.lane.id, record.lane.number]),
    ...place,
  ]);
}

/** Reads the record back. */
export interface AuditTrail {
  /** Newest first. */
  search(filter: AuditFilter, page: AuditRecordPage): Promise<FoundAudit>;
}

export type AuditedStore = Pick<SharedStore<{ readonly audit: AuditStore }>, 'read' | 'closeAuditRecords'>;

export function createAuditTrail(store: AuditedStore): AuditTrail {
  return {
    async search(filter, page) {
      await closeBeforeReading(store);
      return store.read(({ audit }) => audit.search(filter, page));
    },
  };
}

/** What was committed before is in the chain afterwards, so that a client finds the record of its change. */
export async function closeBeforeReading(store: AuditedStore): Promise<void> {
  const open = await store.read(({ audit }) => audit.countOpen());
  if (open > 0) await store.closeAuditRecords();
}
