// Rejections in the audit record. Their callers decide how many there are, and nobody removes a record, so that a minute
// of one caller has 60 records of its own and one more that counts the rest.

import type { QueueTime } from '../runtime/fair-queue.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AuditEvent, AuditLog, AuditStore } from './audit-log.ts';

export interface RejectionLog {
  /** @param caller whose share it takes: the name of a user, or an address */
  append(event: AuditEvent, caller: string): Promise<void>;
  /** Writes what was only counted so far. Call it before the store is closed. */
  close(): Promise<void>;
}

export interface RejectionLogOptions {
  readonly store: UnitOfWork<{ readonly audit: AuditStore }>;
  readonly audit: AuditLog;
  readonly time: Pick<QueueTime, 'after'>;
  readonly onError: (error: unknown) => void;
}

const rejectionsPerMinute = 60;
const minuteMs = 60_000;

interface Minute {
  recorded: number;
  counted: number;
  /** What all that were only counted have in common. */
  common: AuditEvent | undefined;
  readonly cancelEnd: () => void;
}

export function createRejectionLog({ store, audit, time, onError }: RejectionLogOptions): RejectionLog {
  const minutes = new Map<string, Minute>();
  const writes = new Set<Promise<void>>();

  const write = (event: AuditEvent) => store.write((stores) => audit.append(stores, event));

  /** Nobody waits for it but `close`. */
  function end(caller: string): void {
    const minute = minutes.get(caller);
    minutes.delete(caller);
    if (!minute?.common) return;
    const { counted: count, common } = minute;
    const written = write({ ...common, details: { ...common.details, count } })
      .catch(onError)
      .finally(() => writes.delete(written));
    writes.add(written);
  }

  return {
    async append(event, caller) {
      let minute = minutes.get(caller);
      if (!minute) {
        const cancelEnd = time.after(minuteMs, () => end(caller));
        minute = { recorded: 0, counted: 0, common: undefined, cancelEnd };
        minutes.set(caller, minute);
      }
      if (minute.recorded < rejectionsPerMinute) {
        minute.recorded += 1;
        return write(event);
      }
      minute.counted += 1;
      minute.common = minute.common ? commonOf(minute.common, event) : event;
    },

    async close() {
      for (const [caller, { cancelEnd }] of minutes) {
        cancelEnd();
        end(caller);
      }
      await Promise.all(writes);
    },
  };
}

function commonOf(a: AuditEvent, b: AuditEvent): AuditEvent {
  const isSameObject = a.objectType === b.objectType && a.objectName === b.objectName;
  return {
    actor: a.actor === b.actor ? a.actor : 'several',
    action: a.action === b.action ? a.action : 'access.deny',
    objectType: a.objectType === b.objectType ? a.objectType : 'installation',
    objectId: a.objectId === b.objectId ? a.objectId : null,
    objectName: isSameObject ? a.objectName : 'several',
    projectName: a.projectName === b.projectName ? a.projectName : null,
    outcome: a.outcome,
    details: Object.fromEntries(
      Object.entries(a.details).filter(([name, value]) => b.details[name] === value),
    ),
  };
}
