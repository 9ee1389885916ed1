import type { NodeSession, SessionIdentity } from './node-session.ts';

const nobody: ReadonlyMap<string, NodeSession> = new Map();

/** The streams of this manager, one a node. */
export class NodeSessions {
  readonly #byEnvironment = new Map<string, Map<string, NodeSession>>();

  /** By node id. */
  of(environmentId: string): ReadonlyMap<string, NodeSession> {
    return this.#byEnvironment.get(environmentId) ?? nobody;
  }

  all(): readonly NodeSession[] {
    return [...this.#byEnvironment.values()].flatMap((sessions) => [...sessions.values()]);
  }

  /** Those that have streams here. */
  environments(): readonly string[] {
    return [...this.#byEnvironment.keys()];
  }

  /** In place of an earlier one of the same node. */
  put(session: NodeSession): void {
    const { environmentId, nodeId } = session.identity;
    const sessions = this.#byEnvironment.get(environmentId) ?? new Map<string, NodeSession>();
    this.#byEnvironment.set(environmentId, sessions.set(nodeId, session));
  }

  /** False where it had been replaced or taken out already. */
  drop(session: NodeSession): boolean {
    const { environmentId, nodeId } = session.identity;
    const sessions = this.#byEnvironment.get(environmentId);
    if (sessions?.get(nodeId) !== session) return false;
    sessions.delete(nodeId);
    if (sessions.size === 0) this.#byEnvironment.delete(environmentId);
    return true;
  }

  where(matches: (identity: SessionIdentity) => boolean): readonly NodeSession[] {
    return this.all().filter(({ identity }) => matches(identity));
  }
}
