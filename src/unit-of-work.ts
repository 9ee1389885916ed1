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
