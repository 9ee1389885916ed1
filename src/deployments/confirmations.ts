import type { RegisteredNode } from '../environments/environment-store.ts';
import type { NodeFailure } from './deployment-result.ts';
import type { NodeSession } from './node-session.ts';

export interface Expectation {
  readonly environmentId: string;
  readonly revision: number;
  /** All registered nodes of the environment. */
  readonly nodes: readonly RegisteredNode[];
  readonly timeoutMs: number;
}

/** Sessions of an environment by node id. */
export type SessionLookup = (environmentId: string) => ReadonlyMap<string, NodeSession>;

export interface Confirmations {
  /** Resolves when every node confirmed or can not be waited for any longer; never later than the timeout. */
  wait(expectation: Expectation): Promise<readonly NodeFailure[]>;
  /** A node of this environment said something, came or went. */
  changed(environmentId: string): void;
}

/**
 * Waits for nodes. A node that is not connected when the wait begins is not waited for: it may be away for days.
 * One that drops its stream meanwhile is, since it dials in again within moments.
 */
export function createConfirmations(sessions: SessionLookup): Confirmations {
  const waits = new Map<string, Set<() => void>>();

  function verdict(node: RegisteredNode, revision: number, environmentId: string) {
    const session = sessions(environmentId).get(node.id);
    if (session && session.confirmedRevision >= revision) return { settled: true, reason: undefined };
    const refusal = session?.refusal;
    if (refusal && refusal.revision >= revision) return { settled: true, reason: refusal.reason };
    return { settled: false, reason: session ? undefined : 'not connected' };
  }

  function wait({ environmentId, revision, nodes, timeoutMs }: Expectation): Promise<readonly NodeFailure[]> {
    const present = sessions(environmentId);
    const awaited = nodes.filter((node) => present.has(node.id));
    return new Promise((resolve) => {
      const finish = (timedOut: boolean) => {
        clearTimeout(timer);
        waits.get(environmentId)?.delete(look);
        const failures: NodeFailure[] = [];
        for (const node of nodes) {
          const { settled, reason } = verdict(node, revision, environmentId);
          if (settled && reason === undefined) continue;
          // A node that refused before is asked again only after a while; until then that is why it is behind.
          const refusal = sessions(environmentId).get(node.id)?.refusal?.reason;
          const late = timedOut ? `did not confirm in ${timeoutMs} ms` : 'not connected';
          failures.push({ nodeName: node.name, reason: reason ?? refusal ?? late });
        }
        resolve(failures);
      };
      const look = () => {
        if (awaited.every((node) => verdict(node, revision, environmentId).settled)) finish(false);
      };
      const timer = setTimeout(finish, timeoutMs, true);
      const looks = waits.get(environmentId) ?? new Set();
      waits.set(environmentId, looks.add(look));
      look();
    });
  }

  return {
    wait,
    changed(environmentId) {
      for (const look of [...(waits.get(environmentId) ?? [])]) look();
    },
  };
}
