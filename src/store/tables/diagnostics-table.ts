import { sql } from 'kysely';
import type { Grant } from '../../applications/application.ts';
import type {
  DiagnosticsStore,
  EndedManager,
  ExaminedRing,
  FailingKeySet,
  FailingOutlet,
  FailingUrl,
  FailingWebhook,
  GcmUse,
  JwkWithRevokedKid,
  SoonExpiringJwk,
  UsedRetiringKey,
} from '../../doctor/diagnostics-store.ts';
import type { Database } from '../database-schema.ts';
import { isSqlite } from '../dump/catalog.ts';
import { DatabaseFailure } from '../engine.ts';
import { dateOrNull } from './column-values.ts';
import { failingDeliveries } from './failing-deliveries.ts';
import { inChunks } from './in-chunks.ts';
import { isAlive } from './manager-table.ts';
import { usedRetiringKeys } from './retiring-use.ts';
import type { TableContext } from './table-context.ts';

export class DiagnosticsTable implements DiagnosticsStore {
  readonly #database: Database;
  readonly #engine: TableContext['engine'];

  constructor(database: Database, engine: TableContext['engine']) {
    this.#database = database;
    this.#engine = engine;
  }

  async integrity(): Promise<readonly string[]> {
    if (!isSqlite(this.#database)) return [];
    const damage = await this.#damage();
    if (damage.length > 0) return damage;
    const { rows: orphans } = await sql<{
      child: string;
    }>`select "table" as child from pragma_foreign_key_check`.execute(this.#database);
    const tables = [...new Set(orphans.map(({ child }) => child))];
    return tables.map((table) => `rows in ${table} refer to rows that are not there`);
  }

  /** Some damage SQLite lists, at other it gives up, and the transaction with it. */
  async #damage(): Promise<readonly string[]> {
    try {
      const { rows } = await sql<{
        said: string;
      }>`select integrity_check as said from pragma_integrity_check`.execute(this.#database);
      return rows.map(({ said }) => said).filter((said) => said !== 'ok');
    } catch (error) {
      if (error instanceof DatabaseFailure && error.detail?.startsWith('SQLITE_CORRUPT'))
        return [error.detail];
      throw error;
    }
  }

  async serverMajorVersion(): Promise<number | undefined> {
    if (isSqlite(this.#database)) return undefined;
    const { rows } = await sql<{
      version: number;
    }>`select current_setting('server_version_num')::int / 10000 as version`.execute(this.#database);
    return rows[0]?.version;
  }

  async now(): Promise<Date> {
    const { rows } = await sql<{ now: number }>`select ${sql.raw(this.#engine.nowMs)} as now`.execute(
      this.#database,
    );
    return new Date(Number(rows[0]?.now));
  }

  async endedManagers(): Promise<readonly EndedManager[]> {
    const { rows } = await sql<{
      id: string;
      version: string;
      seen: number;
    }>`select id, version, seen_at as seen
from managers where not (${isAlive(this.#engine)}) order by seen_at desc, id`.execute(this.#database);
    return rows.map(({ id, version, seen }) => ({ id, version, seenAt: new Date(Number(seen)) }));
  }

  async newestAuditRecordAt(): Promise<Date | undefined> {
    const row = await this.#database
      .selectFrom('audit_records')
      .select('at')
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    return dateOrNull(row?.at ?? null) ?? undefined;
  }

  async expiringBefore(time: Date, limit: number): Promise<readonly SoonExpiringJwk[]> {
    const rows = await this.#database
      .selectFrom('jwks')
      .innerJoin('projects', 'projects.id', 'jwks.project_id')
      .select(['projects.name as projectName', 'jwks.name as name', 'jwks.expiration_time as expires'])
      .where('jwks.expiration_time', '<=', time.getTime())
      .orderBy('jwks.expiration_time')
      .orderBy('jwks.id')
      .limit(limit)
      .execute();
    return rows.map(({ expires, ...named }) => ({ ...named, expirationTime: new Date(Number(expires)) }));
  }

  async examinedRings(afterId: string, limit: number): Promise<readonly ExaminedRing[]> {
    const rows = await this.#database
      .selectFrom('key_rings')
      .innerJoin('projects', 'projects.id', 'key_rings.project_id')
      .selectAll('key_rings')
      .select('projects.name as project_name')
      .where('key_rings.id', '>', afterId)
      .orderBy('key_rings.id')
      .limit(limit)
      .execute();
    return rows.map((row) => {
      return {
        id: row.id,
        projectId: row.project_id,
        projectName: row.project_name,
        name: row.name,
        isPublished: row.type !== 'OCT',
        clockSkew: JSON.parse(row.policy).clockSkew,
        environmentIds: row.environment_ids === null ? null : JSON.parse(row.environment_ids),
        heldBecause: row.held_because,
        state: row.state ?? 'STEADY',
        lateSince: dateOrNull(row.late_since),
      };
    });
  }

  usedRetiringKeys(limit: number): Promise<readonly UsedRetiringKey[]> {
    return usedRetiringKeys(this.#database, limit);
  }

  async jwksWithRevokedKid(limit: number): Promise<readonly JwkWithRevokedKid[]> {
    return this.#database
      .selectFrom('jwks as revoked')
      .innerJoin('jwks', (join) =>
        join.onRef('jwks.kid', '=', 'revoked.kid').onRef('jwks.id', '!=', 'revoked.id'),
      )
      .innerJoin('key_rings', 'key_rings.id', 'revoked.ring_id')
      .innerJoin('projects', 'projects.id', 'jwks.project_id')
      .select([
        'projects.name as projectName',
        'jwks.name as name',
        'key_rings.name as ringName',
        'jwks.public_members as publicJson',
        'revoked.public_members as revokedPublicJson',
      ])
      .where('revoked.ring_state', '=', 'REVOKED')
      .where((row) =>
        row.or([
          row('jwks.ring_state', 'is', null),
          row('jwks.ring_state', 'not in', ['REVOKED', 'RETIRED']),
        ]),
      )
      .orderBy('jwks.id')
      .limit(limit)
      .execute();
  }

  async ringGrants(afterId: string, limit: number) {
    const rows = await this.#database
      .selectFrom('applications')
      .innerJoin('projects', 'projects.id', 'applications.project_id')
      .select([
        'applications.id as id',
        'applications.name as name',
        'grants',
        'projects.name as projectName',
      ])
      .where('applications.id', '>', afterId)
      .orderBy('applications.id')
      .limit(limit)
      .execute();
    const granted = rows.map(({ id, name, projectName, grants }) => {
      const onRings = (JSON.parse(grants) as readonly Grant[]).flatMap(({ keyRingId, operations }) =>
        keyRingId === null ? [] : [{ projectName, applicationName: name, keyRingId, operations }],
      );
      return { id, onRings };
    });
    const ringIds = granted.flatMap(({ onRings }) => onRings.map(({ keyRingId }) => keyRingId));
    const names = new Map<string, string>();
    for (const chunk of inChunks([...new Set(ringIds)])) {
      const rings = await this.#database
        .selectFrom('key_rings')
        .select(['id', 'name'])
        .where('id', 'in', chunk)
        .execute();
      for (const ring of rings) names.set(ring.id, ring.name);
    }
    return granted.map(({ id, onRings }) => ({
      id,
      grants: onRings.map((one) => ({ ...one, keyRingName: names.get(one.keyRingId) ?? '' })),
    }));
  }

  async reservedRings() {
    const { rows } = await sql<{ id: string; used_by: string }>`select ring_id as id,
  'by token profile ' || min(name) as used_by from token_profiles group by ring_id
union all
select key_rings.id, 'for the historical keys' from key_rings join projects on projects.id = key_rings.project_id
  and projects.historical_key_ring_name = key_rings.name`.execute(this.#database);
    return rows.map(({ id, used_by }) => ({ id, usedBy: used_by }));
  }

  async failingKeySets(limit: number): Promise<readonly FailingKeySet[]> {
    const rows = await this.#database
      .selectFrom('issuer_key_sets')
      .innerJoin('projects', 'projects.id', 'issuer_key_sets.project_id')
      .select(['projects.name as projectName', 'jwks_uri as jwksUri', 'state_since', 'state_reason'])
      .where('state', '!=', 'FRESH')
      .orderBy('state_since')
      .limit(limit)
      .execute();
    return rows.map(({ projectName, jwksUri, state_since, state_reason }) => {
      return { projectName, jwksUri, since: new Date(Number(state_since)), reason: state_reason };
    });
  }

  async failingOutlets(limit: number): Promise<readonly FailingOutlet[]> {
    const rows = await failingDeliveries(this.#database)
      .innerJoin('projects', 'projects.id', 'outlets.project_id')
      .leftJoin('nodes', 'nodes.id', 'outlet_deliveries.node_id')
      .select(['projects.name as projectName', 'outlets.name as outletName'])
      .select(['environments.name as environmentName', 'nodes.name as nodeName'])
      .select(['outlet_deliveries.attempts as attempts', 'outlet_deliveries.last_error as lastError'])
      .orderBy('projects.name')
      .orderBy('outlets.name')
      .orderBy('environments.name')
      .orderBy('nodes.name')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ ...row, attempts: Number(row.attempts) }));
  }

  async failingWebhooks(limit: number): Promise<readonly FailingWebhook[]> {
    const rows = await this.#database
      .selectFrom('webhook_cursors')
      .innerJoin('outlets', 'outlets.id', 'webhook_cursors.outlet_id')
      .innerJoin('projects', 'projects.id', 'outlets.project_id')
      .select(['projects.name as projectName', 'outlets.name as outletName'])
      .select(['attempts', 'last_error', 'stopped_version', 'lost'])
      .where((e) => e.or([e('attempts', '>', 0), e('stopped_version', 'is not', null), e('lost', '>', 0)]))
      .orderBy('projects.name')
      .orderBy('outlets.name')
      .limit(limit)
      .execute();
    return rows.map(({ last_error: lastError, stopped_version, ...row }) => {
      return { ...row, lastError, isStopped: stopped_version !== null };
    });
  }

  async gcmUses(atLeast: number, limit: number): Promise<readonly GcmUse[]> {
    const { rows } = await sql<{ projectName: string; name: string; count: number }>`select
  projects.name as "projectName", jwks.name as name, sum(key_usage.count) as count
from key_usage join jwks on jwks.id = key_usage.jwk_id join projects on projects.id = jwks.project_id
where jwks.type = 'OCT' and (jwks.algorithm like 'A___GCMKW' or jwks.algorithm like 'A___GCM' or jwks.algorithm = 'dir')
  and key_usage.operation = 'ENCRYPT' and key_usage.outcome = 'SUCCEEDED'
group by projects.name, jwks.name, jwks.id having sum(key_usage.count) >= ${atLeast}
order by sum(key_usage.count) desc, jwks.id limit ${limit}`.execute(this.#database);
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }

  async nodeCount(): Promise<number> {
    const row = await this.#database
      .selectFrom('nodes')
      .select((e) => e.fn.countAll<number>().as('count'))
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }

  async failingUrls(limit: number): Promise<readonly FailingUrl[]> {
    const rows = await this.#database
      .selectFrom('jwk_refreshes')
      .innerJoin('jwks', 'jwks.id', 'jwk_refreshes.jwk_id')
      .innerJoin('projects', 'projects.id', 'jwks.project_id')
      .select(['projects.name as projectName', 'jwks.name as name', 'state', 'state_since', 'state_reason'])
      .where('state', '!=', 'FRESH')
      .orderBy('state_since')
      .limit(limit)
      .execute();
    return rows.flatMap(({ projectName, name, state, state_since, state_reason }) =>
      state === 'FRESH'
        ? []
        : [{ projectName, name, state, since: new Date(state_since), reason: state_reason }],
    );
  }
}
