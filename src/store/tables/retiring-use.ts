import { type Selectable, sql } from 'kysely';
import type { UsedRetiringKey } from '../../doctor/diagnostics-store.ts';
import type { Database, JwkRow } from '../database-schema.ts';
import { memberOf } from './ring-member-columns.ts';

type Row = Pick<
  Selectable<JwkRow>,
  'name' | 'updated_at' | 'ring_id' | 'ring_version' | 'ring_state' | 'ring_member'
> & { readonly project_name: string; readonly used_at: number };

/** RETIRING keys that were used after every node had their successor, at most `limit` of those that were used at all. */
export async function usedRetiringKeys(
  database: Database,
  limit: number,
): Promise<readonly UsedRetiringKey[]> {
  const { rows } =
    await sql<Row>`select jwks.name, jwks.updated_at, jwks.ring_id, jwks.ring_version, jwks.ring_state,
  jwks.ring_member, projects.name as project_name, (
    select max(last_used_at) from key_usage
    where key_usage.jwk_id = jwks.id and key_usage.outcome = 'SUCCEEDED') as used_at
from jwks join projects on projects.id = jwks.project_id
where jwks.ring_id is not null and jwks.ring_state = 'RETIRING' and exists (
  select 1 from key_usage where key_usage.jwk_id = jwks.id and key_usage.outcome = 'SUCCEEDED')
order by jwks.ring_id, jwks.ring_version limit ${limit}`.execute(database);
  return rows.flatMap((row) => {
    const { confirmedAt, retireAt } = memberOf(row);
    const usedAt = Number(row.used_at);
    if (usedAt <= (confirmedAt?.getTime() ?? Number(row.updated_at))) return [];
    return { projectName: row.project_name, name: row.name, lastUsedAt: new Date(usedAt), retireAt };
  });
}
