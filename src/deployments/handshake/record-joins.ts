// What the audit record says of joins. A node that is rejected tries again for as long as it runs, and anybody on the
// network can be rejected, so rejections are bounded; whoever bounds them counts what was left out.

import type { AuditLog, AuditStore } from '../../audit/audit-log.ts';
import type { UnitOfWork } from '../../unit-of-work.ts';

export interface JoinEvent {
  /** Null where no environment of the name exists. */
  readonly environment: string | null;
  readonly name: string;
  readonly address: string | null;
  readonly tokenId: string | null;
  readonly tokenName: string | null;
}

export interface RefusedJoin extends JoinEvent {
  readonly reason: string;
}

export async function recordJoin(
  audit: AuditLog,
  nouns: { readonly audit: AuditStore },
  event: JoinEvent & { readonly verb: 'join' | 'replace'; readonly nodeId: string },
): Promise<void> {
  const { verb, nodeId, name, ...details } = event;
  await audit.append(nouns, {
    actor: 'system',
    action: `node.${verb}`,
    objectType: 'node',
    objectId: nodeId,
    objectName: name,
    projectName: null,
    outcome: 'SUCCESS',
    details,
  });
}

export interface RefusedJoins {
  /** Never rejects. */
  note(refused: RefusedJoin): Promise<void>;
}

const mostPerMinute = 60;
const minuteMs = 60_000;
const mostAddresses = 10_000;

interface Minute {
  readonly startedAt: number;
  recorded: number;
  left: number;
}

export interface RefusedJoinsOptions {
  readonly store: UnitOfWork<{ readonly audit: AuditStore }>;
  readonly audit: AuditLog;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
  readonly onError: (error: unknown) => void;
}

/** Sixty a minute of one address; the first one after that minute says how many were left out. */
export function createRefusedJoins(options: RefusedJoinsOptions): RefusedJoins {
  const { store, audit, onError, now = () => performance.now() } = options;
  const minutes = new Map<string, Minute>();

  function append(refused: RefusedJoin, count?: number): Promise<void> {
    const { name, ...details } = refused;
    return store
      .write((nouns) =>
        audit.append(nouns, {
          actor: 'system',
          action: 'node.refuse',
          objectType: 'node',
          objectId: null,
          objectName: name,
          projectName: null,
          outcome: 'DENIED',
          details: count === undefined ? details : { ...details, count },
        }),
      )
      .catch(onError);
  }

  return {
    async note(refused) {
      const caller = refused.address ?? '';
      const before = minutes.get(caller);
      const isOver = before === undefined || now() - before.startedAt >= minuteMs;
      const minute = isOver ? { startedAt: now(), recorded: 0, left: 0 } : before;
      if (isOver) {
        minutes.delete(caller);
        minutes.set(caller, minute);
        for (const oldest of minutes.keys()) {
          if (minutes.size <= mostAddresses) break;
          minutes.delete(oldest);
        }
        if (before !== undefined && before.left > 0) await append(refused, before.left);
      }
      if (minute.recorded >= mostPerMinute) {
        minute.left += 1;
        return;
      }
      minute.recorded += 1;
      await append(refused);
    },
  };
}
