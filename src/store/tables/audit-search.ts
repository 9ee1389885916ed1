// Searches audit records from the newest one back. The log grows without bound, so it is read in separate statements,
// between which other work runs, and nothing holds more rows than a page.

import type { AuditFilter, AuditRecordPage } from '../../audit/audit-log.ts';
import type { AuditRecordRow } from '../audit-rows.ts';
import type { Database } from '../database-schema.ts';

/** Looked through in some milliseconds. */
const stretch = 4_000;

const columns = Object.freeze({
  actor: 'actor',
  action: 'action',
  objectType: 'object_type',
  objectName: 'object_name',
  projectName: 'project_name',
  outcome: 'outcome',
} as const);

export interface FoundAuditRows {
  readonly rows: readonly AuditRecordRow[];
  readonly total: number;
}

/** @param newest the highest sequence there is */
export async function searchAudit(
  database: Database,
  newest: number,
  { filter, page }: { readonly filter: AuditFilter; readonly page: AuditRecordPage },
): Promise<FoundAuditRows> {
  const matching = () => matchingRows(database, filter);
  if (filter.objectId !== undefined) {
    const counted = await matching()
      .select((e) => e.fn.countAll<number>().as('count'))
      .executeTakeFirst();
    const rows = await matching()
      .selectAll()
      .orderBy('sequence', 'desc')
      .limit(page.limit)
      .offset(page.offset)
      .execute();
    return { rows, total: counted?.count ?? 0 };
  }
  const wanted: number[] = [];
  let total = 0;
  for (let top = newest; top > 0; top -= stretch) {
    const found = await matching()
      .select('sequence')
      .where('sequence', '<=', top)
      .where('sequence', '>', top - stretch)
      .orderBy('sequence', 'desc')
      .execute();
    const from = Math.max(0, page.offset - total);
    const missing = page.limit - wanted.length;
    if (from < found.length)
      wanted.push(...found.slice(from, from + missing).map(({ sequence }) => sequence));
    total += found.length;
    if (page.untilFull && wanted.length === page.limit) break;
  }
  if (wanted.length === 0) return { rows: [], total };
  const rows = await database
    .selectFrom('audit_records')
    .selectAll()
    .where('sequence', 'in', wanted)
    .orderBy('sequence', 'desc')
    .execute();
  return { rows, total };
}

function matchingRows(database: Database, filter: AuditFilter) {
  let matching = database.selectFrom('audit_records');
  for (const [name, column] of Object.entries(columns)) {
    const value = filter[name as keyof typeof columns];
    if (value !== undefined) matching = matching.where(column, '=', value as never);
  }
  if (filter.objectId !== undefined) matching = matching.where('object_id', '=', filter.objectId);
  if (filter.from !== undefined) matching = matching.where('at', '>=', filter.from.getTime());
  if (filter.to !== undefined) matching = matching.where('at', '<', filter.to.getTime());
  return matching;
}
