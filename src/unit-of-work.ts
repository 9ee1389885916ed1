// How rules reach the store. A room names the stores that it needs; src/store implements them all.

/** `Stores` are store interfaces that all use one transaction. */
export interface UnitOfWork<Stores> {
  /** One consistent view of the data; nothing may be written in it. */
  read<T>(callback: (stores: Stores) => Promise<T>): Promise<T>;
  /**
   * All or nothing, and durable once it resolves: the commit reached the disk.
   * `callback` may only await its stores (it holds the one writer of SQLite), and runs again from the start
   * where the database asks for a retry, so it must have no effect outside the stores.
   * @param within ids of the only projects that the callback decides about: where the database allows, writes within
   * other projects run at the same time. It may then insert JWKs, desire them, and append audit records; a callback that
   * does more runs again as if there were no `within`.
   * @throws KeyplaneError `conflict` where another transaction really raced this one
   */
  write<T>(callback: (stores: Stores) => Promise<T>, within?: readonly string[]): Promise<T>;
}

/**
 * Changes that other managers on the same database react to. `desired`: desired state changed; `nodes`: a node confirmed,
 * rejected, connected or disconnected; `sessions`: an environment, node or token was removed, or a stream was replaced; `access`: a token, a
 * user, a project or its members were removed or changed; `outlet-tests`: a manager asks another one to test an outlet, or
 * is answered.
 */
export const wakeTopics = Object.freeze(['desired', 'nodes', 'sessions', 'access', 'outlet-tests'] as const);
export type WakeTopic = (typeof wakeTopics)[number];

/** A store that other managers may use too. */
export interface SharedStore<Stores> extends UnitOfWork<Stores> {
  /** False for a file, which is one manager's. */
  readonly isShared: boolean;
  /**
   * Writes with asynchronous commit, for data that no rule reads before it writes: heartbeats and node status. It waits
   * for no other write and is not exclusive. A crash of the database may lose it, so the writer verifies it later.
   */
  asyncCommit<T>(callback: (stores: Stores) => Promise<T>): Promise<T>;
  /**
   * Puts audit records that were committed and are still open into the chain, in an order that contradicts no commit
   * order. Waits for no write within a project, and none waits for it.
   */
  closeAuditRecords(): Promise<void>;
  /**
   * Differs after each commit to the database, of this or another process; undefined where that is not known, so that each
   * poll is needed. It costs no statement.
   */
  changeMark(): string | undefined;
  /**
   * Calls `onWake` when another manager committed a change of a topic. Notifications may get lost: they only bring
   * forward a poll that happens anyway. Ends with the store.
   */
  listen(onWake: (topic: WakeTopic) => void): void;
  /**
   * Calls `onChange` when this manager committed a change of a topic, before its `write` resolves. Also where the commit
   * failed: the database may have done it.
   */
  observe(onChange: (topic: WakeTopic) => void): void;
}
