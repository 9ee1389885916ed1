import { type RawBuilder, sql } from 'kysely';
import type { ManagerStore, RunningManager } from '../../environments/environment-store.ts';
import type { Database } from '../database-schema.ts';
import type { Engine } from '../engine.ts';
import { statement } from '../statement.ts';

type Clock = Pick<Engine, 'isShared' | 'nowMs'>;

/** Five beats may be late or lost. */
const aliveMs = 5_000;
const longGoneMs = 3_600_000;

const deleteOne = statement((db, key: { id: string }) => db.deleteFrom('managers').where('id', '=', key.id));

/** For statements that join `managers`. A time in the future is from before the clock was set back. */
export function isAlive({ isShared, nowMs }: Clock): RawBuilder<boolean> {
  if (!isShared) return sql`1 = 1`;
  return isAliveAt(sql.raw(nowMs));
}

/** Of a database that managers share. */
export function isAliveAt(now: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`managers.seen_at between ${now} - ${sql.lit(aliveMs)} and ${now} + ${sql.lit(aliveMs)}`;
}

export class ManagerTable implements ManagerStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async enter(): Promise<void> {
    const { isShared, nowMs } = this.#clock;
    // A database with one manager: every other row is of a manager that ended without a trace.
    const gone = isShared ? sql`abs(seen_at - ${sql.raw(nowMs)}) > ${sql.lit(longGoneMs)}` : sql`1 = 1`;
    await sql`delete from managers where ${gone}`.execute(this.#database);
  }

  async beat({ id, version }: RunningManager): Promise<void> {
    const now = sql.raw(this.#clock.nowMs);
    await sql`insert into managers (id, version, started_at, seen_at) values (${id}, ${version}, ${now}, ${now})
on conflict (id) do update set seen_at = excluded.seen_at`.execute(this.#database);
  }

  async alive(): Promise<readonly string[]> {
    const { rows } = await sql<{ id: string }>`select id from managers where ${isAlive(this.#clock)}
order by id`.execute(this.#database);
    return rows.map(({ id }) => id);
  }

  async delete(id: string): Promise<void> {
    await deleteOne.run(this.#database, { id });
  }
}
