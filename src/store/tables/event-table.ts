import { sql } from 'kysely';
import type { StoredEvent } from '../../events/event.ts';
import type {
  EventBounds,
  EventLimits,
  EventQuery,
  EventStore,
  PrunableEvents,
} from '../../events/event-store.ts';
import type { Database } from '../database-schema.ts';
import { isSqlite } from '../dump/catalog.ts';
import type { EventRow } from '../event-rows.ts';
import { listStatement, statement } from '../statement.ts';

interface NewRow extends Omit<EventRow, 'sequence'> {
  /** Its number among the new ones of its project in the statement, from 1. */
  readonly number: number;
}

const insertMany = listStatement(
  (db, rows: readonly NewRow[]) =>
    db.insertInto('events').values((e) =>
      rows.map(({ number, ...row }) => ({
        ...row,
        // By the primary key, so it costs one look at its end. SQLite would compile the statement again for each value of
        // a plain parameter here, in case another plan is better for it.
        sequence: e(
          e.fn.coalesce(
            e
              .selectFrom('events as own')
              .select((own) => own.fn.max('own.sequence').as('newest'))
              .where('own.project_id', '=', e.fn.coalesce(e.val(row.project_id), e.val(''))),
            e.lit(0),
          ),
          '+',
          sql<number>`cast(${number} as integer)`,
        ),
      })),
    ),
  { together: numbered },
);
function numbered(rows: readonly NewRow[]): readonly NewRow[] {
  const numbers = new Map<string, number>();
  return rows.map((row) => {
    const number = (numbers.get(row.project_id) ?? 0) + 1;
    numbers.set(row.project_id, number);
    return { ...row, number };
  });
}

// Each end by itself: SQLite would read all rows for both in one.
const findBounds = statement((db, key: { projectId: string }) =>
  db.selectNoFrom((e) => [
    e
      .selectFrom('events')
      .select((own) => own.fn.min('sequence').as('end'))
      .where('project_id', '=', key.projectId)
      .as('first'),
    e
      .selectFrom('events')
      .select((own) => own.fn.max('sequence').as('end'))
      .where('project_id', '=', key.projectId)
      .as('newest'),
  ]),
);
const deleteSome = statement((db, key: { projectId: string; newest: number; sequence: number }) =>
  db
    .deleteFrom('events')
    .where('project_id', '=', key.projectId)
    .where('sequence', '<=', key.sequence)
    .where('sequence', '<', key.newest),
);

/** Null where the event has none. */
function environmentNameOf(database: Database) {
  return isSqlite(database)
    ? sql<string | null>`json_extract(facts, '$.environmentName')`
    : sql<string | null>`(facts::json ->> 'environmentName')`;
}

export class EventTable implements EventStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async append(event: Omit<StoredEvent, 'sequence'>): Promise<void> {
    const row = {
      project_id: event.projectId,
      id: event.id,
      type: event.type,
      object_type: event.objectType,
      object_name: event.objectName,
      kid: event.kid,
      facts: JSON.stringify(event.facts),
      at: event.at.getTime(),
      number: 1,
    };
    await insertMany.send(this.#database, [row]);
  }

  async list(query: EventQuery, limit: number): Promise<readonly StoredEvent[]> {
    if (query.types.length === 0) return [];
    const rows = await this.#matching(query).selectAll().orderBy('sequence').limit(limit).execute();
    return rows.map(eventOf);
  }

  async count(query: EventQuery): Promise<number> {
    if (query.types.length === 0) return 0;
    const row = await this.#matching(query)
      .select((e) => e.fn.countAll<number>().as('count'))
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }

  #matching({ projectId, after, types, environmentName, environmentNames, object }: EventQuery) {
    let matching = this.#database
      .selectFrom('events')
      .where('project_id', '=', projectId)
      .where('sequence', '>', after)
      .where('type', 'in', types);
    if (object) {
      matching = matching
        .where('object_type', '=', object.objectType)
        .where('object_name', '=', object.objectName);
    }
    const itsName = environmentNameOf(this.#database);
    if (environmentName !== undefined) matching = matching.where(itsName, '=', environmentName);
    if (environmentNames === undefined) return matching;
    return matching.where((e) =>
      e.or([
        e(itsName, 'is', null),
        // PostgreSQL knows no empty list.
        ...(environmentNames.length === 0 ? [] : [e(itsName, 'in', environmentNames)]),
      ]),
    );
  }

  async bounds(projectId: string): Promise<EventBounds> {
    const row = await findBounds.first(this.#database, { projectId });
    return { first: Number(row?.first ?? 0), newest: Number(row?.newest ?? 0) };
  }

  /** Looks at both ends of each project, not at what is between. */
  async prunable({ mostKept, notBefore }: EventLimits, limit: number): Promise<readonly PrunableEvents[]> {
    const end = (order: 'min' | 'max') =>
      sql`(select ${sql.raw(order)}(sequence) from events where events.project_id = projects.id)`;
    const { rows } = await sql<{ project_id: string; first: number; newest: number }>`
select ends.project_id, ends.first, ends.newest
from (select projects.id as project_id, ${end('min')} as first, ${end('max')} as newest from projects) as ends
join events on events.project_id = ends.project_id and events.sequence = ends.first
where ends.first < ends.newest
  and (ends.newest - ends.first >= ${mostKept} or events.at < ${notBefore.getTime()})
order by ends.project_id
limit ${limit}`.execute(this.#database);
    return rows.map((row) => ({ projectId: row.project_id, first: row.first, newest: row.newest }));
  }

  async deleteUpTo(projectId: string, sequence: number): Promise<number> {
    const { newest } = await this.bounds(projectId);
    return deleteSome.run(this.#database, { projectId, newest, sequence });
  }
}

function eventOf(row: EventRow): StoredEvent {
  return {
    projectId: row.project_id,
    sequence: row.sequence,
    id: row.id,
    type: row.type,
    objectType: row.object_type,
    objectName: row.object_name,
    kid: row.kid,
    facts: JSON.parse(row.facts),
    at: new Date(row.at),
  };
}
