// Rejections in the audit record: missing roles, wrong passwords and nodes that may not join. Callers control how many
// there are, and records are never removed, so at most 60 are written per caller and minute. Further rejections are
// counted in one more record for each action, so that rejected nodes of a network do not hide password guesses from it.

import type { QueueTime } from '../runtime/fair-queue.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AuditEvent, AuditLog, AuditStore } from './audit-log.ts';

export interface RejectionLog {
  /** @param caller the name of a user, or a network */
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
  /** Those that were only counted, by their action. */
  readonly rest: Map<string, Rest>;
  readonly cancelEnd: () => void;
}

interface Rest {
  readonly count: number;
  /** What all of them have in common. */
  readonly common: AuditEvent;
}

export function createRejectionLog(options: RejectionLogOptions): RejectionLog {
  const { store, audit, time, minutesLimit = 10_000, onError } = options;
  const minutes = new Map<string, Minute>();
  const writes = new Set<Promise<void>>();

  const write = (event: AuditEvent) => store.write((stores) => audit.append(stores, event));

  /** Only `close` waits for it. */
  function end(caller: string): void {
    const minute = minutes.get(caller);
    minutes.delete(caller);
    minute?.cancelEnd();
    for (const { common, count } of minute?.rest.values() ?? []) {
      const written = write({ ...common, details: { ...common.details, count } })
        .catch(onError)
        .finally(() => writes.delete(written));
      writes.add(written);
    }
  }

  function begin(caller: string): Minute {
    const [oldest] = minutes.keys();
    if (minutes.size >= minutesLimit && oldest !== undefined) end(oldest);
    const cancelEnd = time.after(minuteMs, () => end(caller));
    const minute: Minute = { recorded: 0, rest: new Map(), cancelEnd };
    minutes.set(caller, minute);
    return minute;
  }

  return {
    async append(event, caller) {
      const minute = minutes.get(caller) ?? begin(caller);
      if (minute.recorded < rejectionsPerMinute) {
        minute.recorded += 1;
        return write(event);
      }
      const { count, common } = minute.rest.get(event.action) ?? { count: 0, common: event };
      minute.rest.set(event.action, { count: count + 1, common: commonOf(common, event) });
    },

    async close() {
      for (const caller of minutes.keys()) end(caller);
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
