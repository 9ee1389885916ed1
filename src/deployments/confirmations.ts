import type { ExpectedNode } from '../environments/environment-store.ts';
import type { NodeFailure } from './deployment-result.ts';
import type { NodeSession } from './node-session.ts';

export interface Expectation {
  readonly environmentId: string;
  readonly revision: number;
  /** All registered nodes of the environment, as they are recorded when the wait begins. */
  readonly nodes: readonly ExpectedNode[];
  readonly timeoutMs: number;
  /** What is left of it for this wait; without it, all. */
  readonly leftMs?: number;
}

export interface ConfirmationsOptions {
  /** Sessions of an environment by node id. */
  readonly sessions: (environmentId: string) => ReadonlyMap<string, NodeSession>;
  /** Whether another manager, one that is alive, has the stream of this node. */
  readonly isElsewhere: (node: ExpectedNode) => boolean;
  /** A request waits for a node that is connected to another manager, so `recorded` must be called. */
  readonly pollOtherManagers: () => void;
}

export interface Confirmations {
  /** Resolves when every node has confirmed or is no longer waited for; at the latest at the timeout. */
  wait(expectation: Expectation): Promise<readonly NodeFailure[]>;
  /** This node sent a message, connected or disconnected. */
  changed(environmentId: string, nodeId: string): void;
  /** What is recorded of nodes of environments that are waited for. */
  recorded(nodes: readonly ExpectedNode[]): void;
  /** Environments that are waited for. */
  waitedFor(): readonly string[];
}

/** The floor under the wake-ups of other managers, which get lost. */
const pollEveryMs = 200;

/**
 * Waits for nodes to confirm. Nodes of this manager report on their stream; those of other managers are polled in the
 * database. A node that is not connected when the wait begins is not waited for: it may be offline for days. A node
 * whose stream ends during the wait is, since it reconnects within moments to this or another manager.
 */
export function createConfirmations(options: ConfirmationsOptions): Confirmations {
  const waits = new Map<string, Set<Wait>>();

  return {
    async wait(expectation) {
      const { environmentId } = expectation;
      const wait = new Wait(expectation, options);
      const beside = waits.get(environmentId) ?? new Set();
      waits.set(environmentId, beside.add(wait));
      try {
        return await wait.run();
      } finally {
        beside.delete(wait);
        if (beside.size === 0) waits.delete(environmentId);
      }
    },
    changed(environmentId, nodeId) {
      for (const wait of waits.get(environmentId) ?? []) wait.check(nodeId);
    },
    recorded(nodes) {
      for (const node of nodes) for (const wait of waits.get(node.environmentId) ?? []) wait.record(node);
    },
    waitedFor: () => [...waits.keys()],
  };
}

class Wait {
  readonly #expectation: Expectation;
  readonly #options: ConfirmationsOptions;
  /** By node id, as they were recorded last. */
  readonly #nodes: Map<string, ExpectedNode>;
  readonly #awaited: ReadonlySet<string>;
  /** Awaited nodes that had neither confirmed nor rejected at the last check. */
  readonly #open: Set<string>;
  /** A node that confirmed has the state, even if its stream ends later. */
  readonly #confirmed = new Set<string>();
  readonly #done = Promise.withResolvers<boolean>();

  constructor(expectation: Expectation, options: ConfirmationsOptions) {
    this.#expectation = expectation;
    this.#options = options;
    this.#nodes = new Map(expectation.nodes.map((node) => [node.id, node]));
    const present = expectation.nodes.filter((node) => this.#session(node) || options.isElsewhere(node));
    this.#awaited = new Set(present.map(({ id }) => id));
    this.#open = new Set(this.#awaited);
  }

  async run(): Promise<readonly NodeFailure[]> {
    const { timeoutMs, leftMs = timeoutMs } = this.#expectation;
    const timeout = setTimeout(() => this.#done.resolve(true), leftMs);
    const looks = setInterval(() => this.#pollOtherManagers(), pollEveryMs);
    try {
      this.#checkAll();
      const timedOut = await this.#done.promise;
      return this.#failures(timedOut);
    } finally {
      clearTimeout(timeout);
      clearInterval(looks);
    }
  }

  record(node: ExpectedNode): void {
    if (!this.#nodes.has(node.id)) return;
    this.#nodes.set(node.id, node);
    this.check(node.id);
  }

  /** Checks one node only: otherwise, of a thousand nodes that confirm, each would cause a check of all others. */
  check(nodeId: string): void {
    this.#check(nodeId);
    // One that refused may have been asked again since.
    if (this.#open.size === 0) this.#checkAll();
  }

  #checkAll(): void {
    for (const nodeId of this.#awaited) this.#check(nodeId);
    if (this.#open.size === 0) this.#done.resolve(false);
  }

  #check(nodeId: string): void {
    const node = this.#nodes.get(nodeId);
    if (node === undefined || !this.#awaited.has(nodeId)) return;
    if (this.#isConfirmed(node) || this.#refusedReason(node) !== undefined) this.#open.delete(nodeId);
    else this.#open.add(nodeId);
  }

  #pollOtherManagers(): void {
    const away = (node: ExpectedNode) => !this.#session(node) && !this.#confirmed.has(node.id);
    if ([...this.#nodes.values()].some((node) => this.#awaited.has(node.id) && away(node))) {
      this.#options.pollOtherManagers();
    }
  }

  #failures(timedOut: boolean): readonly NodeFailure[] {
    const failures: NodeFailure[] = [];
    for (const node of this.#nodes.values()) {
      const isConnected = this.#isConnected(node);
      const isAwaited = isConnected || this.#awaited.has(node.id);
      if (isAwaited && this.#isConfirmed(node)) continue;
      const late = timedOut && isConnected;
      const reason = late ? `did not confirm in ${this.#expectation.timeoutMs} ms` : 'not connected';
      // A node that rejected the state gets it again only after a pause; until then the rejection is the reason why it
      // lags.
      const refusal = isAwaited ? this.#refusal(node)?.reason : undefined;
      failures.push({ nodeName: node.name, reason: refusal ?? reason });
    }
    return failures;
  }

  #isConfirmed(node: ExpectedNode): boolean {
    const applied = this.#session(node)?.confirmedRevision ?? node.appliedRevision;
    if (applied >= this.#expectation.revision) this.#confirmed.add(node.id);
    return this.#confirmed.has(node.id);
  }

  #refusedReason(node: ExpectedNode): string | undefined {
    const refusal = this.#refusal(node);
    return refusal && refusal.revision >= this.#expectation.revision ? refusal.reason : undefined;
  }

  #refusal(node: ExpectedNode) {
    const session = this.#session(node);
    return session ? session.refusal : (node.refusal ?? undefined);
  }

  #isConnected(node: ExpectedNode): boolean {
    return this.#session(node) !== undefined || this.#options.isElsewhere(node);
  }

  #session(node: ExpectedNode): NodeSession | undefined {
    return this.#options.sessions(this.#expectation.environmentId).get(node.id);
  }
}
