// Rejections in the audit record: missing roles, wrong passwords and nodes that may not join. Their callers decide how
// many there are, and nobody removes a record, so that a minute of one caller has 60 records of each action and one more
// that counts the rest. Actions are apart so that rejected nodes of a network hide no guesses of passwords from it.

import type { QueueTime } from '../runtime/fair-queue.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AuditEvent, AuditLog, AuditStore } from './audit-log.ts';

export interface RejectionLog {
  /** @param caller whose share of the event's action it takes: the name of a user, or a network */
  append(event: AuditEvent, caller: string): Promise<void>;
  /** Writes what was only counted so far. Call it before the store is closed. */
  close(): Promise<void>;
}

export interface RejectionLogOptions {
  readonly store: UnitOfWork<{ readonly audit: AuditStore }>;
  readonly audit: AuditLog;
  /** How many minutes are counted at a time; the oldest ends early for one more. */
  readonly minutesLimit?: number;
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

export function createRejectionLog(options: RejectionLogOptions): RejectionLog {
  const { store, audit, time, minutesLimit = 10_000, onError } = options;
  const minutes = new Map<string, Minute>();
  const writes = new Set<Promise<void>>();

  const write = (event: AuditEvent) => store.write((stores) => audit.append(stores, event));

  /** Nobody waits for it but `close`. */
  function end(share: string): void {
    const minute = minutes.get(share);
    minutes.delete(share);
    minute?.cancelEnd();
    if (!minute?.common) return;
    const { counted: count, common } = minute;
    const written = write({ ...common, details: { ...common.details, count } })
      .catch(onError)
      .finally(() => writes.delete(written));
    writes.add(written);
  }

  return {
    async append(event, caller) {
      const share = `${event.action} ${caller}`;
      let minute = minutes.get(share);
      if (!minute) {
        const [oldest] = minutes.keys();
        if (minutes.size >= minutesLimit && oldest !== undefined) end(oldest);
        const cancelEnd = time.after(minuteMs, () => end(share));
        minute = { recorded: 0, counted: 0, common: undefined, cancelEnd };
        minutes.set(share, minute);
      }
      if (minute.recorded < rejectionsPerMinute) {
        minute.recorded += 1;
        return write(event);
      }
      minute.counted += 1;
      minute.common = minute.common ? commonOf(minute.common, event) : event;
    },

    async close() {
      for (const share of minutes.keys()) end(share);
      await Promise.all(writes);
    },
  };
}

function commonOf(a: AuditEvent, b: AuditEvent): AuditEvent {
  const isSameObject = a.objectType === b.objectType && a.objectName === b.objectName;
  return {
    actor: a.actor === b.actor ? a.actor : 'several',
    action: a.action,
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
