import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely';
import type {
  ExpiringJwk,
  FailingSource,
  JwkCount,
  OverviewStore,
  Top,
  UnsteadyRing,
  VisibleProjects,
} from '../../overview/overview-store.ts';
import type { Database, Tables } from '../database-schema.ts';

export class OverviewTable implements OverviewStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async jwkCounts(projects: VisibleProjects): Promise<readonly JwkCount[]> {
    const rows = await this.#database
      .selectFrom('jwks')
      .select((e) => ['project_id', 'type', 'use', e.fn.countAll<number>().as('count')])
      .where(visible(projects))
      .groupBy(['project_id', 'type', 'use'])
      .execute();
    return rows.map((row) => ({
      projectId: row.project_id,
      type: row.type,
      use: row.use,
      count: Number(row.count),
    }));
  }

  async expiring(
    projects: VisibleProjects,
    { before, limit }: { before: Date; limit: number },
  ): Promise<Top<ExpiringJwk>> {
    const matching = this.#database
      .selectFrom('jwks')
      .where('jwks.expiration_time', '<=', before.getTime())
      .where(visible(projects));
    const rows = await matching
      .innerJoin('projects', 'projects.id', 'jwks.project_id')
      .select(['jwks.name', 'jwks.expiration_time', 'projects.name as project_name'])
      .orderBy('jwks.expiration_time')
      .orderBy('jwks.id')
      .limit(limit)
      .execute();
    const items = rows.map((row) => ({
      projectName: row.project_name,
      name: row.name,
      expirationTime: new Date(row.expiration_time ?? 0),
    }));
    return topOf(items, limit, matching);
  }

  async failingSources(projects: VisibleProjects, limit: number): Promise<Top<FailingSource>> {
    const matching = this.#database
      .selectFrom('jwk_refreshes')
      .innerJoin('jwks', 'jwks.id', 'jwk_refreshes.jwk_id')
      .where('jwk_refreshes.state', '<>', 'FRESH')
      .where(visible(projects));
    const rows = await matching
      .innerJoin('projects', 'projects.id', 'jwks.project_id')
      .select(['jwks.name', 'jwks.source_url', 'projects.name as project_name'])
      .select(['jwk_refreshes.state', 'jwk_refreshes.state_since', 'jwk_refreshes.state_reason'])
      .orderBy('jwk_refreshes.state_since')
      .orderBy('jwks.id')
      .limit(limit)
      .execute();
    const items = rows.map((row) => ({
      projectName: row.project_name,
      name: row.name,
      sourceUrl: row.source_url,
      state: row.state === 'GONE' ? ('GONE' as const) : ('FAILING' as const),
      stateSince: new Date(row.state_since),
      stateReason: row.state_reason,
    }));
    return topOf(items, limit, matching);
  }

  async unsteadyRings(projects: VisibleProjects, limit: number): Promise<Top<UnsteadyRing>> {
    const matching = this.#database
      .selectFrom('key_rings')
      .where((e) =>
        e.or([
          e('key_rings.state', 'in', ['BLOCKED', 'HELD', 'REVOKING']),
          e('key_rings.late_since', 'is not', null),
        ]),
      )
      .where((e) => (projects === null ? e.lit(true) : e('key_rings.project_id', 'in', [...projects, ''])));
    const rows = await matching
      .innerJoin('projects', 'projects.id', 'key_rings.project_id')
      .select(['key_rings.name', 'key_rings.state', 'key_rings.late_since', 'projects.name as project_name'])
      .orderBy('key_rings.name')
      .orderBy('key_rings.id')
      .limit(limit)
      .execute();
    const items = rows.map((row) => ({
      projectName: row.project_name,
      name: row.name,
      state: row.state ?? ('STEADY' as const),
      lateSince: row.late_since === null ? null : new Date(row.late_since),
    }));
    return topOf(items, limit, matching);
  }
}

/** Most lists are whole: then nothing needs to be counted. */
async function topOf<Item>(
  items: readonly Item[],
  limit: number,
  matching: SelectQueryBuilder<Tables, keyof Tables, object>,
): Promise<Top<Item>> {
  if (items.length < limit) return { items, total: items.length };
  const counted = await matching.select((e) => e.fn.countAll<number>().as('count')).executeTakeFirst();
  return { items, total: Number(counted?.count ?? 0) };
}

/** A list without projects finds nothing in either dialect, and both take thousands of them. */
function visible(projects: VisibleProjects) {
  return (e: ExpressionBuilder<Pick<Tables, 'jwks'>, 'jwks'>) =>
    projects === null ? e.lit(true) : e('jwks.project_id', 'in', [...projects, '']);
}
