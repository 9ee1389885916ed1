// Heartbeats of nodes. A node signs for as long after its last acknowledged heartbeat as the leases of its key rings allow, and
// the manager counts on that when it plans transitions, so a heartbeat is answered only once it is durable: one commit
// every few seconds, for all nodes of this manager.

import type { EnvironmentStores, RecordedHeartbeat } from '../../environments/environment-store.ts';
import type { Heard } from '../../protocol/messages.ts';
import type { SharedStore } from '../../unit-of-work.ts';
import type { SessionIdentity } from '../node-session.ts';

export interface HeartbeatsOptions {
  readonly store: SharedStore<Pick<EnvironmentStores, 'nodes'>>;
  readonly managerId: string;
  readonly clock: () => Date;
  readonly onError: (error: unknown) => void;
  readonly writeEveryMs?: number;
}

export interface Heartbeat {
  readonly identity: SessionIdentity;
  /** As the node named it, milliseconds since 1970 by its clock. */
  readonly time: number;
  /** When it arrived, by the monotonic clock of this manager. */
  readonly arrivedMs: number;
  /** How far its clock is ahead of this manager's. */
  readonly clockOffsetMs: number;
  /** Once it is durable. */
  readonly answer: (heard: Heard) => void;
}

export interface Heartbeats {
  /** Of several heartbeats of a node in one commit, the last one is answered. */
  beat(heartbeat: Heartbeat): void;
  close(): Promise<void>;
}

const defaultWriteEveryMs = 1_000;
/** Nodes that reconnect together share the first commit. */
const gatherMs = 20;

export function createHeartbeats(options: HeartbeatsOptions): Heartbeats {
  const { store, managerId, clock, onError, writeEveryMs = defaultWriteEveryMs } = options;
  let gathered = new Map<string, Heartbeat>();
  const retried = new WeakSet<Heartbeat>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let lastWriteMs = Number.NEGATIVE_INFINITY;
  let isClosed = false;
  /** How far the clock of this manager is ahead of the database's. */
  let managerOffsetMs = 0;

  function writeLater(): void {
    if (timer !== undefined || isClosed || gathered.size === 0) return;
    const waitMs = Math.max(lastWriteMs + writeEveryMs - performance.now(), gatherMs);
    timer = setTimeout(() => {
      writing = write().finally(() => {
        timer = undefined;
        writeLater();
      });
    }, waitMs);
  }

  async function write(): Promise<void> {
    const batch = gathered;
    gathered = new Map();
    lastWriteMs = performance.now();
    const rows = [...batch.values()].map(({ identity, clockOffsetMs }) => ({
      nodeId: identity.nodeId,
      managerId,
      connection: identity.connection,
      clockOffsetMs: Math.round(clockOffsetMs + managerOffsetMs),
    }));
    try {
      let askedMs = 0;
      const { recorded, nodes } = await store.write(async (stores) => {
        askedMs = performance.now();
        return { recorded: await stores.nodes.recordHeartbeats(rows), nodes: await stores.nodes.count() };
      });
      for (const one of recorded) {
        answer(batch.get(one.nodeId), one, { askedMs, nodes });
        batch.delete(one.nodeId);
      }
      retryOnce(batch);
    } catch (error) {
      // Not answered: the nodes send the next one in a few seconds.
      onError(error);
    }
  }

  /**
   * What was not recorded: the row was locked by a write of its status, as it is when the node has just connected, or the node has
   * another connection. Without a second attempt a new node could not sign until it sends the next heartbeat.
   */
  function retryOnce(unrecorded: ReadonlyMap<string, Heartbeat>): void {
    for (const [nodeId, heartbeat] of unrecorded) {
      if (retried.has(heartbeat) || gathered.has(nodeId)) continue;
      retried.add(heartbeat);
      gathered.set(nodeId, heartbeat);
    }
  }

  function answer(
    heartbeat: Heartbeat | undefined,
    { lastSeenAt }: RecordedHeartbeat,
    { askedMs, nodes }: { readonly askedMs: number; readonly nodes: number },
  ): void {
    const nowMs = performance.now();
    const managerTime = Math.round(lastSeenAt + nowMs - askedMs);
    managerOffsetMs = clock().getTime() - managerTime;
    if (heartbeat === undefined) return;
    const { time, arrivedMs } = heartbeat;
    const answeredAfterMs = Math.max(Math.round(nowMs - arrivedMs), 0);
    heartbeat.answer({ type: 'heard', time, lastSeenAt, managerTime, answeredAfterMs, nodes });
  }

  return {
    beat(heartbeat) {
      gathered.set(heartbeat.identity.nodeId, heartbeat);
      writeLater();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await writing;
    },
  };
}
