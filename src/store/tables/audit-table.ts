import { sql } from 'kysely';
import type {
  AuditEvent,
  AuditFilter,
  AuditLaneEnd,
  AuditRecord,
  AuditRecordPage,
  AuditStore,
  FoundAudit,
  NextOpen,
  OpenAuditRecord,
} from '../../audit/audit-log.ts';
import type { AuditHeadRow, AuditLaneRow, AuditOpenRow, AuditRecordRow } from '../audit-rows.ts';
import type { Database } from '../database-schema.ts';
import { RequiresExclusive } from '../engine.ts';
import { latestOfEach, listStatement, statement } from '../statement.ts';
import { searchAudit } from './audit-search.ts';
import { inChunks, inChunksOnce } from './in-chunks.ts';
import { type AuditHead, type TableContext, withinOf } from './table-context.ts';

const headId = 1;
const markBytes = 32;

const findHead = statement((db, key: { id: number }) =>
  db
    .selectFrom('audit_head')
    .selectAll()
    .select((e) => e.exists(e.selectFrom('audit_records_open').select('lane')).as('has_open'))
    .where('id', '=', key.id),
);
const putHead = statement((db, row: AuditHeadRow) =>
  db
    .insertInto('audit_head')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet((e) => ({ sequence: e.ref('excluded.sequence'), mark: e.ref('excluded.mark') })),
    ),
);
const insertOne = statement((db, row: AuditRecordRow) => db.insertInto('audit_records').values(row));
const listAfter = statement((db, page: { afterSequence: number; limit: number }) =>
  db
    .selectFrom('audit_records')
    .selectAll()
    .where('sequence', '>', page.afterSequence)
    .orderBy('sequence')
    .limit(page.limit),
);

const insertMany = listStatement((db, rows: readonly AuditRecordRow[]) =>
  db.insertInto('audit_records').values(rows),
);
const lockHead = statement((db, key: { id: number }) =>
  db.selectFrom('audit_head').selectAll().where('id', '=', key.id).forUpdate(),
);
/** Without a lock: a head that is older than others' records is older than the record of this change, too. */
const findHeadAndEnd = statement(
  (db, key: { id: number; lane: string }) =>
    db
      .selectFrom('audit_head')
      .leftJoin('audit_lanes', (join) => join.on('audit_lanes.lane', '=', key.lane))
      .select(['sequence', 'mark', 'number', 'mac'])
      .where('id', '=', key.id),
  { standsAlone: true, isKept: true },
);
const insertOpen = listStatement((db, rows: readonly AuditOpenRow[]) =>
  db.insertInto('audit_records_open').values(rows),
);
const putEnds = listStatement(
  (db, rows: readonly AuditLaneRow[]) =>
    db
      .insertInto('audit_lanes')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .column('lane')
          .doUpdateSet((e) => ({ number: e.ref('excluded.number'), mac: e.ref('excluded.mac') })),
      ),
  { together: latestOfEach((row) => row.lane) },
);
const listOpenRows = statement((db, page: { limit: number }) =>
  db
    .selectFrom('audit_records_open')
    .selectAll()
    .orderBy('ticket')
    .orderBy('position')
    .orderBy('lane')
    .orderBy('lane_number')
    .limit(page.limit),
);
const countOpenRows = statement((db, _: object) =>
  db.selectFrom('audit_records_open').select((e) => e.fn.countAll<number | string>().as('count')),
);
const deleteOpen = listStatement((db, rows: readonly { lane: string; number: number }[]) =>
  db
    .deleteFrom('audit_records_open')
    .where((e) => e.or(rows.map((row) => e('lane', '=', row.lane).and('lane_number', '=', row.number)))),
);
const listEnds = statement((db, _: object) => db.selectFrom('audit_lanes').selectAll().orderBy('lane'));

/** Drawn while everything that others could wait for is locked, so its order is that of the commits of those. */
const drawTicket = sql<{ ticket: number }>`select nextval('audit_tickets') as ticket`;

export class AuditTable implements AuditStore {
  readonly #database: Database;
  readonly #context: TableContext;

  constructor(database: Database, context: TableContext) {
    this.#database = database;
    this.#context = context;
  }

  async head(): Promise<AuditHead> {
    const { cache, turn } = this.#context;
    const lane = turn?.projectId;
    const known = cache.auditHead;
    if (known !== undefined && (lane === undefined || withinOf(cache).lanes.has(lane))) return known;
    if (turn === undefined) {
      const row = await findHead.first(this.#database, { id: headId });
      cache.hasOpen = Boolean(row?.has_open ?? false);
      return this.#noteHead(row);
    }
    if (lane === undefined) return this.#noteHead(await lockHead.first(this.#database, { id: headId }));
    const { ends } = withinOf(cache);
    const reading = ends.get(lane) ?? this.#readEnd(lane);
    ends.set(lane, reading);
    return reading;
  }

  /** Once in a transaction, before anything of the project is written. */
  async #readEnd(lane: string): Promise<AuditHead> {
    const row = await findHeadAndEnd.first(this.#database, { id: headId, lane });
    if (row === undefined) throw new RequiresExclusive('the audit log is empty');
    withinOf(this.#context.cache).lanes.set(lane, { number: row.number ?? 0, mac: row.mac ?? undefined });
    return this.#noteHead(row);
  }

  #noteHead(row: { readonly sequence: number; readonly mark: Buffer } | undefined) {
    const head = { sequence: row?.sequence ?? 0, mark: row?.mark ?? Buffer.alloc(markBytes) };
    this.#context.cache.auditHead = head;
    return head;
  }

  async append(record: AuditRecord, mark: Buffer): Promise<void> {
    await insertOne.send(this.#database, rowOf(record));
    await this.#putHead(record, mark);
  }

  async appendAll(records: readonly AuditRecord[], mark: Buffer): Promise<void> {
    const last = records.at(-1);
    if (last === undefined) return;
    for (const chunk of inChunksOnce(records.map(rowOf))) await insertMany.send(this.#database, chunk);
    await this.#putHead(last, mark);
  }

  async #putHead({ sequence }: AuditRecord, mark: Buffer): Promise<void> {
    await putHead.send(this.#database, { id: headId, sequence, mark });
    this.#context.cache.auditHead = { sequence, mark };
  }

  async nextOpen(): Promise<NextOpen | undefined> {
    const { cache, turn } = this.#context;
    if (turn === undefined || turn.closes === true) return undefined;
    if (turn.projectId === undefined) throw new RequiresExclusive('an audit record of no project is chained');
    await this.head();
    await turn.lockTogether([]);
    const ticket = await this.drawTicket();
    const within = withinOf(cache);
    const end = within.lanes.get(turn.projectId) ?? { number: 0, mac: undefined };
    const position = within.nextPosition;
    within.nextPosition += 1;
    return { ticket, position, end: { id: turn.projectId, ...end } };
  }

  /** One for all records of the transaction. Call it when its environments are locked, or in the same turn behind it. */
  async drawTicket(): Promise<number> {
    const within = withinOf(this.#context.cache);
    within.ticket ??= drawTicket.execute(this.#database).then(({ rows }) => Number(rows[0]?.ticket));
    return within.ticket;
  }

  async putOpen(record: OpenAuditRecord, end: AuditLaneEnd): Promise<void> {
    const { lane, ticket, position, mac } = record;
    const row = { ...eventRowOf(record), lane: lane.id, lane_number: lane.number, ticket, position, mac };
    await insertOpen.send(this.#database, [row]);
    await putEnds.send(this.#database, [{ lane: end.id, number: end.number, mac: end.mac }]);
    withinOf(this.#context.cache).lanes.set(end.id, { number: end.number, mac: end.mac });
    this.#context.keys.audit?.onOpen();
  }

  refuseOpen(why: string): never {
    throw new RequiresExclusive(why);
  }

  async listOpen(limit: number): Promise<readonly OpenAuditRecord[]> {
    // Nothing is added while the transaction runs: it is alone, or has one snapshot.
    if (limit === 0 || this.#context.cache.hasOpen === false) return [];
    const rows = await listOpenRows.all(this.#database, { limit });
    if (rows.length === 0 && this.#context.turn === undefined) this.#context.cache.hasOpen = false;
    return rows.map((row) => ({
      ...eventOf(row),
      lane: { id: row.lane, number: row.lane_number },
      ticket: row.ticket,
      position: row.position,
      mac: row.mac,
    }));
  }

  async countOpen(): Promise<number> {
    return Number((await countOpenRows.first(this.#database, {}))?.count ?? 0);
  }

  async removeOpen(records: readonly OpenAuditRecord[]): Promise<void> {
    const keys = records.map(({ lane }) => ({ lane: lane.id, number: lane.number }));
    for (const chunk of inChunksOnce(keys)) await deleteOpen.send(this.#database, chunk);
  }

  async laneEnds(): Promise<readonly AuditLaneEnd[]> {
    const rows = await listEnds.all(this.#database, {});
    return rows.map(({ lane, number, mac }) => ({ id: lane, number, mac }));
  }

  async list(afterSequence: number, limit: number): Promise<readonly AuditRecord[]> {
    const rows = await listAfter.all(this.#database, { afterSequence, limit });
    return rows.map(recordOf);
  }

  async search(filter: AuditFilter, page: AuditRecordPage): Promise<FoundAudit> {
    const { sequence } = await this.head();
    const { rows, total } = await searchAudit(this.#database, sequence, { filter, page });
    return { records: rows.map(recordOf), total };
  }

  async ofObjects(objectIds: readonly string[], actions: readonly string[]): Promise<readonly AuditRecord[]> {
    const found: AuditRecordRow[] = [];
    for (const chunk of inChunks(objectIds)) {
      const ofChunk = this.#database
        .selectFrom('audit_records')
        .selectAll()
        .where('object_id', 'in', chunk)
        .where('action', 'in', actions);
      found.push(...(await ofChunk.execute()));
    }
    return found.map(recordOf).sort((a, b) => a.sequence - b.sequence);
  }
}

function recordOf(row: AuditRecordRow): AuditRecord {
  const { lane, lane_number } = row;
  return {
    ...eventOf(row),
    sequence: row.sequence,
    hash: row.hash,
    ...(lane !== null && { lane: { id: lane, number: lane_number ?? 0 } }),
  };
}

function eventOf(row: Omit<AuditOpenRow, 'lane' | 'lane_number' | 'ticket' | 'position' | 'mac'>) {
  return {
    at: new Date(row.at),
    actor: row.actor,
    action: row.action,
    objectType: row.object_type,
    objectId: row.object_id,
    objectName: row.object_name,
    projectName: row.project_name,
    outcome: row.outcome,
    details: detailsOf(row.details),
  };
}

function rowOf(record: AuditRecord): AuditRecordRow {
  return {
    sequence: record.sequence,
    ...eventRowOf(record),
    hash: record.hash,
    lane: record.lane?.id ?? null,
    lane_number: record.lane?.number ?? null,
  };
}

function eventRowOf(event: AuditEvent & { readonly at: Date }) {
  return {
    at: event.at.getTime(),
    actor: event.actor,
    action: event.action,
    object_type: event.objectType,
    object_id: event.objectId,
    object_name: event.objectName,
    project_name: event.projectName,
    outcome: event.outcome,
    details: JSON.stringify(event.details),
  };
}

/**
 * Details that were made unreadable are read as none: the hash check then reports the record, and reading does not fail.
 */
function detailsOf(json: string): AuditRecord['details'] {
  try {
    return Object(JSON.parse(json));
  } catch {
    return {};
  }
}
