import { sql } from 'kysely';
import type { EventObjectType } from '../../events/event-types.ts';
import type { WebhookCursor, WebhookStore } from '../../webhooks/webhook-store.ts';
import type { Database } from '../database-schema.ts';
import type { WebhookCursorRow } from '../event-rows.ts';
import { statement } from '../statement.ts';
import { dateOrNull, timeOrNull } from './column-values.ts';
import { inChunks } from './in-chunks.ts';

type HeldRow = readonly [objectType: EventObjectType, objectName: string, from: number];
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
const newestOfProject = sql<
  number | null
>`(select max(sequence) from events where events.project_id = outlets.project_id)`;
// By the primary key of events: it costs one look at its end for each.
const listPending = statement((db, _: object) =>
  db
    .selectFrom('outlets')
    .leftJoin('webhook_cursors as cursors', 'cursors.outlet_id', 'outlets.id')
    .select(['outlets.id', 'cursors.stopped_version', newestOfProject.as('newest')])
    .where('outlets.kind', '=', 'WEBHOOK')
    .where((e) =>
      e.or([
        e('cursors.outlet_id', 'is', null),
        e('cursors.lost', '>', 0),
        e('cursors.attempts', '>', 0),
        e('cursors.delivered', '<', newestOfProject),
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
    return rows.map((row) => {
      return { outletId: row.id, stoppedVersion: row.stopped_version, newest: Number(row.newest ?? 0) };
    });
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
  (outlet_id, project_id, delivered, ahead_until, held, lost, attempts, last_error, delivered_at, stopped_version)
select id, project_id, cast(${row.delivered} as bigint), cast(${row.ahead_until} as bigint),
  cast(${row.held} as text), 0, cast(${row.attempts} as bigint), cast(${row.last_error} as text),
  cast(${row.delivered_at} as bigint), cast(${row.stopped_version} as text)
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
    // A manager of an earlier version moves `delivered` alone.
    aheadUntil: Math.max(row.ahead_until, row.delivered),
    held: (JSON.parse(row.held) as HeldRow[])
      .map(([objectType, objectName, from]) => ({ objectType, objectName, from }))
      .filter(({ from }) => from > row.delivered),
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
    ahead_until: cursor.aheadUntil,
    held: JSON.stringify(
      cursor.held.map(({ objectType, objectName, from }): HeldRow => [objectType, objectName, from]),
    ),
    attempts: cursor.attempts,
    last_error: cursor.lastError,
    delivered_at: timeOrNull(cursor.deliveredAt),
    stopped_version: cursor.stoppedVersion,
  };
}
