import type { Refresh, RefreshStore, RefreshWindow } from '../../jwks/refresh/refresh-store.ts';
import type { Database, JwkRefreshRow } from '../database-schema.ts';
import { statement } from '../statement.ts';
import { dateOrNull } from './column-values.ts';
import { inChunks } from './in-chunks.ts';

const findOne = statement((db, key: { jwkId: string }) =>
  db.selectFrom('jwk_refreshes').selectAll().where('jwk_id', '=', key.jwkId),
);
const listDue = statement((db, key: { now: number; furthest: number; limit: number }) =>
  db
    .selectFrom('jwk_refreshes')
    .selectAll()
    .where((is) => is.or([is('refresh_at', '<=', key.now), is('refresh_at', '>', key.furthest)]))
    .orderBy('refresh_at')
    .limit(key.limit),
);
const putOne = statement((db, row: JwkRefreshRow) => {
  const { jwk_id: _id, ...columns } = row;
  return db
    .insertInto('jwk_refreshes')
    .values(row)
    .onConflict((conflict) => conflict.column('jwk_id').doUpdateSet(columns));
});
const deleteOne = statement((db, key: { jwkId: string }) =>
  db.deleteFrom('jwk_refreshes').where('jwk_id', '=', key.jwkId),
);

const findNext = statement((db, _: object) =>
  db.selectFrom('jwk_refreshes').select((e) => e.fn.min('refresh_at').as('at')),
);

export class RefreshTable implements RefreshStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(jwkId: string): Promise<Refresh | undefined> {
    const row = await findOne.first(this.#database, { jwkId });
    return row && refreshOf(row);
  }

  async getMany(jwkIds: readonly string[]): Promise<readonly Refresh[]> {
    const found: Refresh[] = [];
    for (const chunk of inChunks(jwkIds)) {
      const rows = this.#database.selectFrom('jwk_refreshes').selectAll().where('jwk_id', 'in', chunk);
      found.push(...(await rows.execute()).map(refreshOf));
    }
    return found;
  }

  async due({ now, furthest }: RefreshWindow, limit: number): Promise<readonly Refresh[]> {
    const key = { now: now.getTime(), furthest: furthest.getTime(), limit };
    return (await listDue.all(this.#database, key)).map(refreshOf);
  }

  async next(): Promise<Date | null> {
    return dateOrNull((await findNext.first(this.#database, {}))?.at ?? null);
  }

  async put(refresh: Refresh): Promise<void> {
    await putOne.run(this.#database, rowOf(refresh));
  }

  async delete(jwkId: string): Promise<void> {
    await deleteOne.run(this.#database, { jwkId });
  }
}

function refreshOf(row: JwkRefreshRow): Refresh {
  return {
    jwkId: row.jwk_id,
    intervalMs: row.interval_ms,
    refreshAt: new Date(row.refresh_at),
    state: row.state,
    stateSince: new Date(row.state_since),
    stateReason: row.state_reason,
    etag: row.etag,
    lastModified: row.last_modified,
  };
}

function rowOf(refresh: Refresh): JwkRefreshRow {
  return {
    jwk_id: refresh.jwkId,
    interval_ms: refresh.intervalMs,
    refresh_at: refresh.refreshAt.getTime(),
    state: refresh.state,
    state_since: refresh.stateSince.getTime(),
    state_reason: refresh.stateReason,
    etag: refresh.etag,
    last_modified: refresh.lastModified,
  };
}
