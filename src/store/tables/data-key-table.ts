import { sql } from 'kysely';
import type { DataKeyStore, WrappedDataKey } from '../../sealing/data-key-store.ts';
import type { Database, DataKeyRow } from '../database-schema.ts';
import { statement } from '../statement.ts';
import { flag } from './column-values.ts';

const listAll = statement((db, _: object) => db.selectFrom('data_keys').selectAll().orderBy('id'));
const insertOne = statement((db, row: DataKeyRow) => db.insertInto('data_keys').values(row));
const replaceOne = statement((db, row: Pick<DataKeyRow, 'id' | 'active' | 'wrapped' | 'wrapped_next'>) =>
  db
    .updateTable('data_keys')
    .set({ active: row.active, wrapped: row.wrapped, wrapped_next: row.wrapped_next })
    .where('id', '=', row.id),
);

/** Tables of which a row cannot be used without a data key; an audit record is one hash of it. */
const dependent = [
  'jwks',
  'crypto_key_environments',
  'keystore_environments',
  'identity_keys',
  'audit_records',
  'audit_head',
] as const;

export class DataKeyTable implements DataKeyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(): Promise<readonly WrappedDataKey[]> {
    const rows = await listAll.all(this.#database, {});
    return rows.map((row) => ({
      id: row.id,
      purpose: row.purpose,
      active: row.active === 1,
      wrapped: row.wrapped,
      // A schema from before does not have it, and is read for backups.
      wrappedNext: row.wrapped_next ?? null,
      createdAt: new Date(row.created_at),
    }));
  }

  async insert(dataKey: WrappedDataKey): Promise<void> {
    await insertOne.run(this.#database, {
      id: dataKey.id,
      purpose: dataKey.purpose,
      active: flag(dataKey.active),
      wrapped: dataKey.wrapped,
      wrapped_next: dataKey.wrappedNext,
      created_at: dataKey.createdAt.getTime(),
    });
  }

  async replace(dataKey: WrappedDataKey): Promise<boolean> {
    const { id, active, wrapped, wrappedNext } = dataKey;
    const row = { id, active: flag(active), wrapped, wrapped_next: wrappedNext };
    return (await replaceOne.run(this.#database, row)) > 0;
  }

  async anythingSealed(): Promise<boolean> {
    for (const table of dependent) {
      const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(this.#database);
      if (rows.length > 0) return true;
    }
    return false;
  }
}
