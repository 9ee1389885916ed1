import { sql } from 'kysely';
import type {
  IdempotencyKeyName,
  IdempotencyKeyStore,
  IdempotencyRecord,
} from '../../idempotency/idempotency-store.ts';
import type { Database, IdempotencyKeyRow } from '../database-schema.ts';
import { statement } from '../statement.ts';
import { databaseNow } from './database-clock.ts';

const findOne = statement((db, { userId, key }: IdempotencyKeyName) =>
  db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('user_id', '=', userId)
    .where('idempotency_key', '=', key),
);
const insertOne = statement((db, row: Omit<IdempotencyKeyRow, 'created_at'>) =>
  db.insertInto('idempotency_keys').values({ ...row, created_at: databaseNow(db) }),
);
const putAnswer = statement((db, { userId, key, answer }: IdempotencyKeyName & { answer: string }) =>
  db
    .updateTable('idempotency_keys')
    .set({ answer })
    .where('user_id', '=', userId)
    .where('idempotency_key', '=', key),
);

export class IdempotencyKeyTable implements IdempotencyKeyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find({ userId, key }: IdempotencyKeyName): Promise<IdempotencyRecord | undefined> {
    const row = await findOne.first(this.#database, { userId, key });
    return row && { userId, key, requestHash: row.request_hash, deployment: row.targets, answer: row.answer };
  }

  async insert({ userId, key, requestHash, deployment, answer }: IdempotencyRecord): Promise<void> {
    await insertOne.run(this.#database, {
      user_id: userId,
      idempotency_key: key,
      request_hash: requestHash,
      targets: deployment,
      answer,
    });
  }

  async putAnswer({ userId, key }: IdempotencyKeyName, answer: string): Promise<void> {
    await putAnswer.run(this.#database, { userId, key, answer });
  }

  async prune(olderThanMs: number, limit: number): Promise<number> {
    const db = this.#database;
    const old = await db
      .selectFrom('idempotency_keys')
      .select(['user_id', 'idempotency_key'])
      .where('created_at', '<', sql<number>`${databaseNow(db)} - ${sql.lit(olderThanMs)}`)
      .orderBy('created_at')
      .limit(limit)
      .execute();
    for (const { user_id, idempotency_key } of old) {
      await db
        .deleteFrom('idempotency_keys')
        .where('user_id', '=', user_id)
        .where('idempotency_key', '=', idempotency_key)
        .execute();
    }
    return old.length;
  }
}
