import type { InstallationStats, InstallationStatsStore } from '../../metrics/installation-stats-store.ts';
import type { Database } from '../database-schema.ts';
import { isAlive } from './manager-table.ts';
import type { TableContext } from './table-context.ts';

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
