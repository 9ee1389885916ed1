// The database as tables of rows, the same for every dialect: what a backup reads and a restore writes.

import type { Integrity } from '../sealing/integrity.ts';

/** Text, whole numbers, bytes or nothing: all that the schema has. */
export type DumpValue = string | number | Buffer | null;
export type DumpRow = readonly DumpValue[];

export interface DumpTable {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface DumpStore {
  schemaVersion(): Promise<number>;
  /** Every table but that of the version, each after those that it refers to. */
  tables(): Promise<readonly DumpTable[]>;
  /** All rows, by primary key, in pages of a few megabytes at most where single rows are no larger. */
  rows(table: DumpTable): AsyncIterable<readonly DumpRow[]>;
  insert(table: DumpTable, rows: readonly DumpRow[]): Promise<void>;
  count(table: DumpTable): Promise<number>;
}

export interface DumpStores {
  readonly dump: DumpStore;
}

/** A database that is being filled: one transaction, with the schema in it. */
export interface RestoreTarget<Stores> {
  readonly stores: Stores;
  /** Tables with keyplane's names in a database that has no schema version: they belong to another program. */
  foreignTables(): Promise<readonly string[]>;
  /** Names of tables with rows in them. */
  filledTables(): Promise<readonly string[]>;
  /** Drops keyplane's tables and creates them empty, as they were in this version of the schema. */
  recreate(schemaVersion: number): Promise<void>;
  /** From here on rows that are deployed get a MAC. */
  protect(integrity: Integrity): void;
  /** Brings the schema to the version that this program knows. */
  migrate(): Promise<void>;
}
