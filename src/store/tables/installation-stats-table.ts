import { sql } from 'kysely';
import type { InstallationStats, InstallationStatsStore } from '../../metrics/installation-stats-store.ts';
import { ringStates } from '../../rings/ring.ts';
import type { Database } from '../database-schema.ts';
import { failingDeliveries } from './failing-deliveries.ts';
import { isAlive } from './manager-table.ts';
import { usedRetiringKeys } from './retiring-use.ts';
import type { TableContext } from './table-context.ts';

const retiringLookedAt = 1_000;

export class InstallationStatsTable implements InstallationStatsStore {
  readonly #database: Database;
  readonly #engine: TableContext['engine'];

  constructor(database: Database, engine: TableContext['engine']) {
    this.#database = database;
    this.#engine = engine;
  }

  async stats(now: Date, soon: Date): Promise<InstallationStats> {
    const expired = await this.#expiredBy(now);
    return {
      environments: await this.#environments(),
      followed: await this.#followed(),
      rings: await this.#rings(),
      lateRings: await this.#lateRings(),
      usedRetiringKeys: (await usedRetiringKeys(this.#database, retiringLookedAt)).length,
      failingDeliveries: await this.#failingDeliveries(),
      ...(await this.#webhooks()),
      expiring: (await this.#expiredBy(soon)) - expired,
      expired,
    };
  }

  async #environments(): Promise<InstallationStats['environments']> {
    const states = await this.#database
      .selectFrom('environments as e')
      .leftJoin('environment_states as s', 's.environment_id', 'e.id')
      .select(['e.id', 'e.name', (b) => b.fn.coalesce('s.revision', b.lit(0)).as('revision')])
      .orderBy('e.name')
      .execute();
    const nodes = await this.#database
      .selectFrom('nodes as n')
      .leftJoin('environment_states as s', 's.environment_id', 'n.environment_id')
      // A manager that was killed has left its nodes behind as connected.
      .leftJoin('managers', (join) =>
        join.onRef('managers.id', '=', 'n.manager_id').on(isAlive(this.#engine)).on('n.connected', '=', 1),
      )
      .select((b) => [
        'n.environment_id',
        b.fn.countAll<number>().as('nodes'),
        b.fn.count<number>('managers.id').as('connected'),
        b.fn.count<number>('n.diverged_revision').as('diverged'),
        b.fn
          .max<number>(
            b
              .case()
              .when('managers.id', 'is', null)
              .then(b.lit(0))
              .else(b.fn<number>('abs', [b.fn.coalesce('n.clock_offset_ms', b.lit(0))]))
              .end(),
          )
          .as('clock_offset'),
        b.fn
          .sum<number>(
            b
              .case()
              .when('n.applied_revision', '<', b.fn.coalesce('s.revision', b.lit(0)))
              .then(b.lit(1))
              .else(b.lit(0))
              .end(),
          )
          .as('lagging'),
      ])
      .groupBy('n.environment_id')
      .execute();
    const byId = new Map(nodes.map((row) => [row.environment_id, row]));
    return states.map(({ id, name, revision }) => {
      const own = byId.get(id);
      const [all, connected, lagging] = [own?.nodes, own?.connected, own?.lagging].map((n) => Number(n ?? 0));
      return {
        name,
        revision: Number(revision),
        nodes: all ?? 0,
        connected: connected ?? 0,
        lagging: lagging ?? 0,
        diverged: Number(own?.diverged ?? 0),
        clockOffsetMs: Number(own?.clock_offset ?? 0),
      };
    });
  }

  async #followed(): Promise<InstallationStats['followed']> {
    const rows = await this.#database
      .selectFrom('jwk_refreshes')
      .select((b) => ['state', b.fn.countAll<number>().as('count')])
      .groupBy('state')
      .execute();
    return rows.map(({ state, count }) => ({ state, count: Number(count) }));
  }

  async #rings(): Promise<InstallationStats['rings']> {
    const rows = await this.#database
      .selectFrom('key_rings')
      .select((b) => ['state', b.fn.countAll<number>().as('count')])
      .groupBy('state')
      .execute();
    const counts = new Map<string, number>(ringStates.map((state) => [state, 0]));
    // One that was not examined yet is about to be.
    for (const { state, count } of rows) {
      const found = state ?? 'STEADY';
      counts.set(found, (counts.get(found) ?? 0) + Number(count));
    }
    return [...counts].map(([state, count]) => ({ state, count }));
  }

  async #lateRings(): Promise<number> {
    const row = await this.#database
      .selectFrom('key_rings')
      .select((b) => b.fn.countAll<number>().as('count'))
      .where('late_since', 'is not', null)
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }

  async #failingDeliveries(): Promise<number> {
    const row = await failingDeliveries(this.#database)
      .select((b) => b.fn.countAll<number>().as('count'))
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }

  async #webhooks(): Promise<Pick<InstallationStats, 'failingWebhooks' | 'pendingEvents'>> {
    const { rows } = await sql<{ failing: number; pending: number }>`
select count(case when attempts > 0 or stopped_version is not null then 1 end) as failing,
  coalesce(sum((select coalesce(max(sequence), 0) from events
    where events.project_id = webhook_cursors.project_id) - delivered), 0) as pending
from webhook_cursors`.execute(this.#database);
    const [row] = rows;
    return { failingWebhooks: Number(row?.failing ?? 0), pendingEvents: Number(row?.pending ?? 0) };
  }

  /** The index of expiration times is all that is read. */
  async #expiredBy(time: Date): Promise<number> {
    const row = await this.#database
      .selectFrom('jwks')
      .select((b) => b.fn.countAll<number>().as('count'))
      .where('expiration_time', 'is not', null)
      .where('expiration_time', '<=', time.getTime())
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }
}
