import type { AuditFilter, AuditPage, AuditRecord, AuditStore, FoundAudit } from '../../audit/audit-log.ts';
import type { AuditHeadRow, AuditRecordRow, Database } from '../database-schema.ts';
import { statement } from '../statement.ts';
import { searchAudit } from './audit-search.ts';
import type { TransactionCache } from './table-context.ts';

const headId = 1;
const markBytes = 32;

const findHead = statement((db, key: { id: number }) =>
  db.selectFrom('audit_head').selectAll().where('id', '=', key.id),
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

export class AuditTable implements AuditStore {
  readonly #database: Database;
  readonly #cache: TransactionCache;

  constructor(database: Database, cache: TransactionCache) {
    this.#database = database;
    this.#cache = cache;
  }

  async head(): Promise<{ readonly sequence: number; readonly mark: Buffer }> {
    const known = this.#cache.auditHead;
    if (known !== undefined) return known;
    const row = await findHead.first(this.#database, { id: headId });
    const head = { sequence: row?.sequence ?? 0, mark: row?.mark ?? Buffer.alloc(markBytes) };
    this.#cache.auditHead = head;
    return head;
  }

  async append(record: AuditRecord, mark: Buffer): Promise<void> {
    await insertOne.send(this.#database, {
      sequence: record.sequence,
      at: record.at.getTime(),
      actor: record.actor,
      action: record.action,
      object_type: record.objectType,
      object_id: record.objectId,
      object_name: record.objectName,
      project_name: record.projectName,
      outcome: record.outcome,
      details: JSON.stringify(record.details),
      hash: record.hash,
    });
    await putHead.send(this.#database, { id: headId, sequence: record.sequence, mark });
    this.#cache.auditHead = { sequence: record.sequence, mark };
  }

  async list(afterSequence: number, limit: number): Promise<readonly AuditRecord[]> {
    const rows = await listAfter.all(this.#database, { afterSequence, limit });
    return rows.map(recordOf);
  }

  async search(filter: AuditFilter, page: AuditPage): Promise<FoundAudit> {
    const { sequence } = await this.head();
    const { rows, total } = await searchAudit(this.#database, sequence, { filter, page });
    return { records: rows.map(recordOf), total };
  }
}

function recordOf(row: AuditRecordRow): AuditRecord {
  return {
    sequence: row.sequence,
    at: new Date(row.at),
    actor: row.actor,
    action: row.action,
    objectType: row.object_type,
    objectId: row.object_id,
    objectName: row.object_name,
    projectName: row.project_name,
    outcome: row.outcome,
    details: detailsOf(row.details),
    hash: row.hash,
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
