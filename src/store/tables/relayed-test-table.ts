import type { RelayedResult, RelayedTest, RelayedTestStore } from '../../outlets/relayed-tests.ts';
import type { WakeTopic } from '../../unit-of-work.ts';
import type { Database } from '../database-schema.ts';

export class RelayedTestTable implements RelayedTestStore {
  readonly #database: Database;
  readonly #notify: (topic: WakeTopic) => void;

  constructor(database: Database, notify: (topic: WakeTopic) => void) {
    this.#database = database;
    this.#notify = notify;
  }

  async ask({ id, environmentId, nodeId, outletId, askedAt }: RelayedTest): Promise<void> {
    const row = { id, environment_id: environmentId, node_id: nodeId, outlet_id: outletId };
    await this.#database
      .insertInto('outlet_tests')
      .values({ ...row, asked_at: askedAt.getTime(), result: null })
      .execute();
    this.#notify('outlet-tests');
  }

  async open(limit: number): Promise<readonly RelayedTest[]> {
    const rows = await this.#database
      .selectFrom('outlet_tests')
      .selectAll()
      .where('result', 'is', null)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      id: row.id,
      environmentId: row.environment_id,
      nodeId: row.node_id,
      outletId: row.outlet_id,
      askedAt: new Date(row.asked_at),
    }));
  }

  async answer(id: string, result: RelayedResult): Promise<void> {
    await this.#database
      .updateTable('outlet_tests')
      .set({ result: JSON.stringify(result) })
      .where('id', '=', id)
      .execute();
    this.#notify('outlet-tests');
  }

  async answers(ids: readonly string[]): Promise<ReadonlyMap<string, RelayedResult>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#database
      .selectFrom('outlet_tests')
      .select(['id', 'result'])
      .where('id', 'in', ids)
      .where('result', 'is not', null)
      .execute();
    return new Map(rows.map(({ id, result }) => [id, JSON.parse(result ?? 'null') as RelayedResult]));
  }

  async delete(id: string): Promise<void> {
    await this.#database.deleteFrom('outlet_tests').where('id', '=', id).execute();
  }

  async deleteBefore(time: Date): Promise<void> {
    await this.#database.deleteFrom('outlet_tests').where('asked_at', '<', time.getTime()).execute();
  }
}
