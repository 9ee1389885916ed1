import type { EnvironmentStores, NodeStatus } from '../environments/environment-store.ts';
import type { SharedStore } from '../unit-of-work.ts';

/** Confirmations of many nodes become one commit: soon where another manager may wait for them. */
const gatherMs = Object.freeze({ amongOthers: 5, alone: 250 });
const againMs = 1_000;

export interface NodeStatusRecorderOptions {
  readonly store: SharedStore<Pick<EnvironmentStores, 'nodes'>>;
  readonly isAlone: () => boolean;
  readonly onError: (error: unknown) => void;
}

export interface NodeStatusRecorder {
  record(status: NodeStatus): void;
  /** Writes what is pending now, for a rule that decides by it. */
  flush(): Promise<void>;
  /** Writes what is pending; if that fails, other managers notice that this one has ended. */
  close(): Promise<void>;
}

/**
 * Records when nodes were last seen and which revision they had. The record may be out of date: the sessions of all
 * managers state which nodes are connected now. A failed write is retried.
 */
export function createNodeStatusRecorder({
  store,
  isAlone,
  onError,
}: NodeStatusRecorderOptions): NodeStatusRecorder {
  let gathered = new Map<string, NodeStatus>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let closed = false;

  function writeAfter(waitMs: number): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      writing = writing.then(write);
    }, waitMs);
  }

  async function write(): Promise<void> {
    if (gathered.size === 0) return;
    const batch = gathered;
    gathered = new Map();
    try {
      await store.asyncCommit((stores) => stores.nodes.record([...batch.values()]));
    } catch (error) {
      for (const [id, status] of batch) if (!gathered.has(id)) gathered.set(id, status);
      onError(error);
      if (!closed) writeAfter(againMs);
    }
  }

  return {
    record(status) {
      gathered.set(status.nodeId, status);
      writeAfter(isAlone() ? gatherMs.alone : gatherMs.amongOthers);
    },
    async flush() {
      clearTimeout(timer);
      timer = undefined;
      writing = writing.then(write);
      await writing;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      timer = undefined;
      await writing;
      await write();
    },
  };
}
