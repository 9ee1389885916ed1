import { type RawBuilder, sql } from 'kysely';
import type { LeaseStore } from '../../leases/lease-store.ts';
import type { Database } from '../database-schema.ts';
import { databaseNow } from './database-clock.ts';

export class LeaseTable implements LeaseStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async acquire(name: string, holder: string, ttlMs: number): Promise<number | undefined> {
    const now = databaseNow(this.#database);
    const expires_at = this.#in(ttlMs);
    const row = await this.#database
      .insertInto('leases')
      .values({ name, holder, fence: 1, expires_at })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({ holder, fence: (e) => e('leases.fence', '+', 1), expires_at })
          .where('leases.expires_at', '<=', now),
      )
      .returning('fence')
      .executeTakeFirst();
    return row?.fence;
  }

  async renew(name: string, fence: number, ttlMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#database
      .updateTable('leases')
      .set({ expires_at: this.#in(ttlMs) })
      .where('name', '=', name)
      .where('fence', '=', fence)
      // A lease that was given back stays so.
      .where('expires_at', '>', 0)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async release(name: string, fence: number): Promise<void> {
    await this.#database
      .updateTable('leases')
      .set({ expires_at: 0 })
      .where('name', '=', name)
      .where('fence', '=', fence)
      .execute();
  }

  async stillHeld(name: string, fence: number): Promise<boolean> {
    const row = await this.#running(name).where('fence', '=', fence).executeTakeFirst();
    return row !== undefined;
  }

  async isHeld(name: string): Promise<boolean> {
    return (await this.#running(name).executeTakeFirst()) !== undefined;
  }

  #running(name: string) {
    return this.#database
      .selectFrom('leases')
      .select('fence')
      .where('name', '=', name)
      .where('expires_at', '>', databaseNow(this.#database));
  }

  #in(ttlMs: number): RawBuilder<number> {
    return sql<number>`${databaseNow(this.#database)} + ${sql.lit(Math.ceil(ttlMs))}`;
  }
}
