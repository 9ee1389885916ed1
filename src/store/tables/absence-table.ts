import { type RawBuilder, sql } from 'kysely';
import type { AbsenceStatus, AbsenceStore, AbsentNode } from '../../environments/absence-store.ts';
import type { Database } from '../database-schema.ts';
import type { Engine } from '../engine.ts';
import { databaseNow } from './database-clock.ts';
import { isAlive } from './manager-table.ts';

type Clock = Pick<Engine, 'isShared' | 'nowMs'>;

export class AbsenceTable implements AbsenceStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** By what was recorded of connected nodes too: they are seen again, or absent no sooner. */
  async status(absentAfterMs: number): Promise<AbsenceStatus> {
    const { rows } = await sql<{ due_in: number | null; reported: number }>`
select (select min(last_seen_at) from nodes
    where not exists (select 1 from node_absences where node_absences.node_id = nodes.id))
  + ${sql.lit(absentAfterMs)} - ${databaseNow(this.#database)} as due_in,
  case when exists (select 1 from node_absences) then 1 else 0 end as reported`.execute(this.#database);
    const [row] = rows;
    return { hasReported: row?.reported === 1, dueInMs: row?.due_in ?? null };
  }

  async unreported(absentAfterMs: number, limit: number): Promise<readonly AbsentNode[]> {
    return this.#select(absentAfterMs, sql`1 = 1`, limit);
  }

  async isUnreported(nodeId: string, absentAfterMs: number): Promise<boolean> {
    return (await this.#select(absentAfterMs, sql`nodes.id = ${nodeId}`, 1)).length > 0;
  }

  async #select(absentAfterMs: number, where: RawBuilder<boolean>, limit: number) {
    const { rows } = await sql<{ id: string; environment_id: string; name: string; last_seen_at: number }>`
select id, environment_id, name, last_seen_at from nodes
where ${where} and not (${this.#isConnected()})
  and last_seen_at < ${databaseNow(this.#database)} - ${sql.lit(absentAfterMs)}
  and not exists (select 1 from node_absences where node_absences.node_id = nodes.id)
order by id limit ${limit}`.execute(this.#database);
    return rows.map((row) => ({
      id: row.id,
      environmentId: row.environment_id,
      name: row.name,
      lastSeenAt: new Date(row.last_seen_at),
    }));
  }

  async report(nodeId: string, at: Date): Promise<void> {
    await this.#database
      .insertInto('node_absences')
      .values({ node_id: nodeId, reported_at: at.getTime() })
      .execute();
  }

  async hasReturned(): Promise<boolean> {
    const { rows } = await sql`select 1 from node_absences join nodes on nodes.id = node_absences.node_id
where ${this.#isConnected()} limit 1`.execute(this.#database);
    return rows.length > 0;
  }

  async forgetReturned(): Promise<void> {
    await sql`delete from node_absences
where node_id in (select id from nodes where ${this.#isConnected()})`.execute(this.#database);
  }

  #isConnected(): RawBuilder<boolean> {
    return sql`nodes.connected = 1 and exists (select 1 from managers
  where managers.id = nodes.manager_id and ${isAlive(this.#clock)})`;
  }
}
