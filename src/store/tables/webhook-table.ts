import { sql } from 'kysely';
import type { WebhookCursor, WebhookStore } from '../../webhooks/webhook-store.ts';
import type { Database } from '../database-schema.ts';
import type { WebhookCursorRow } from '../event-rows.ts';
import { statement } from '../statement.ts';
import { dateOrNull, timeOrNull } from './column-values.ts';
import { inChunks } from './in-chunks.ts';

type Put = Omit<WebhookCursorRow, 'lost'>;

const updateOne = statement((db, { outlet_id, ...columns }: Put) =>
  db.updateTable('webhook_cursors').set(columns).where('outlet_id', '=', outlet_id),
);
const addToLost = statement((db, row: { outletId: string; count: number }) =>
  db
    .updateTable('webhook_cursors')
    .set((e) => ({ lost: e('lost', '+', row.count) }))
    .where('outlet_id', '=', row.outletId),
);
const listOfProject = statement((db, key: { projectId: string }) =>
  db.selectFrom('webhook_cursors').selectAll().where('project_id', '=', key.projectId),
);
const findLastBefore = statement((db, key: { projectId: string; at: number }) =>
  db
    .selectFrom('events')
    .select((e) => e.fn.max('sequence').as('sequence'))
    .where('project_id', '=', key.projectId)
    .where('at', '<', key.at),
);
// By the primary key of events: it costs one look at its end for each.
const listPending = statement((db, _: object) =>
  db
    .selectFrom('outlets')
    .leftJoin('webhook_cursors as cursors', 'cursors.outlet_id', 'outlets.id')
    .select(['outlets.id', 'cursors.stopped_version'])
    .where('outlets.kind', '=', 'WEBHOOK')
    .where((e) =>
      e.or([
        e('cursors.outlet_id', 'is', null),
        e('cursors.lost', '>', 0),
        e('cursors.attempts', '>', 0),
        e(
          'cursors.delivered',
          '<',
          e
            .selectFrom('events')
            .select((own) => own.fn.max('events.sequence').as('newest'))
            .whereRef('events.project_id', '=', 'outlets.project_id'),
        ),
      ]),
    ),
);

export class WebhookTable implements WebhookStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async pending() {
    const rows = await listPending.all(this.#database, {});
    return rows.map((row) => ({ outletId: row.id, stoppedVersion: row.stopped_version }));
  }

  async cursors(outletIds: readonly string[]): Promise<readonly WebhookCursor[]> {
    const found: WebhookCursor[] = [];
    for (const chunk of inChunks(outletIds)) {
      const rows = this.#database.selectFrom('webhook_cursors').selectAll().where('outlet_id', 'in', chunk);
      found.push(...(await rows.execute()).map(cursorOf));
    }
    return found;
  }

  async cursorsOfProject(projectId: string): Promise<readonly WebhookCursor[]> {
    return (await listOfProject.all(this.#database, { projectId })).map(cursorOf);
  }

  async put(cursor: Omit<WebhookCursor, 'lost'>): Promise<void> {
    const row = rowOf(cursor);
    if ((await updateOne.run(this.#database, row)) > 0) return;
    // The outlet may have been deleted meanwhile.
    await sql`insert into webhook_cursors
  (outlet_id, project_id, delivered, lost, attempts, last_error, delivered_at, stopped_version)
select id, project_id, cast(${row.delivered} as bigint), 0, cast(${row.attempts} as bigint),
  cast(${row.last_error} as text), cast(${row.delivered_at} as bigint), cast(${row.stopped_version} as text)
from outlets where id = ${row.outlet_id}`.execute(this.#database);
  }

  async addLost(outletId: string, count: number): Promise<void> {
    await addToLost.run(this.#database, { outletId, count });
  }

  async lastBefore(projectId: string, at: Date): Promise<number> {
    const row = await findLastBefore.first(this.#database, { projectId, at: at.getTime() });
    return Number(row?.sequence ?? 0);
  }
}

function cursorOf(row: WebhookCursorRow): WebhookCursor {
  return {
    outletId: row.outlet_id,
    projectId: row.project_id,
    delivered: row.delivered,
    lost: row.lost,
    attempts: row.attempts,
    lastError: row.last_error,
    deliveredAt: dateOrNull(row.delivered_at),
    stoppedVersion: row.stopped_version,
  };
}

function rowOf(cursor: Omit<WebhookCursor, 'lost'>): Put {
  return {
    outlet_id: cursor.outletId,
    project_id: cursor.projectId,
    delivered: cursor.delivered,
    attempts: cursor.attempts,
    last_error: cursor.lastError,
    delivered_at: timeOrNull(cursor.deliveredAt),
    stopped_version: cursor.stoppedVersion,
  };
}
