/** How busy the store is at this moment. */
export interface StoreLoad {
  /** Writes that wait for their commit to begin. */
  readonly waitingWrites: number;
  /** Connections to a server; undefined for a database in a file. */
  readonly connections: ConnectionUse | undefined;
}

export interface ConnectionUse {
  readonly busy: number;
  readonly idle: number;
  /** Transactions that wait for a connection. */
  readonly awaited: number;
}

/** What the store reports of its work; nothing of the stored data. */
export interface StoreWatch {
  /** Given once, when the store is open; it may be asked at any time. */
  opened(load: () => StoreLoad): void;
  /** This number of writes became durable together; `seconds` is the time of their commit alone. */
  committed(commit: { readonly writes: number; readonly seconds: number }): void;
}
