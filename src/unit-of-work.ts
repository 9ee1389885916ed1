// How rules reach the store. A room names the nouns it needs; the store implements them all.

/** `Nouns` are store interfaces that all speak inside one transaction. */
export interface UnitOfWork<Nouns> {
  /** One consistent view of the data; nothing may be written in it. */
  read<T>(work: (nouns: Nouns) => Promise<T>): Promise<T>;
  /**
   * All or nothing, and durable once it resolves: the commit reached the disk.
   * `work` may only await its nouns (it holds the one writer of SQLite), and may be run again
   * from the start where the database asks for a retry, so it must have no effect outside the nouns.
   * @throws KeyplaneError `conflict` where another transaction really raced this one
   */
  write<T>(work: (nouns: Nouns) => Promise<T>): Promise<T>;
}

/**
 * What other managers on the same database may want to look at: `desired` state moved; `nodes` confirmed, refused,
 * came or went; what `sessions` of nodes stand on (environment, node, token, their being the latest) went away.
 */
export const wakeTopics = Object.freeze(['desired', 'nodes', 'sessions'] as const);
export type WakeTopic = (typeof wakeTopics)[number];

/** A store that other managers may use too. */
export interface SharedStore<Nouns> extends UnitOfWork<Nouns> {
  /** False for a file, which is one manager's. */
  readonly isShared: boolean;
  /**
   * Writes what no rule reads before it writes: heartbeats, and what was seen of nodes. It waits for no other write,
   * is not alone, and may be lost in a crash of the database, so whoever wrote it looks whether it is there.
   */
  aside<T>(work: (nouns: Nouns) => Promise<T>): Promise<T>;
  /**
   * Calls when another manager committed something about a topic. Calls get lost: they only make a look happen
   * sooner that happens anyway. Ends with the store.
   */
  listen(onWake: (topic: WakeTopic) => void): void;
}
