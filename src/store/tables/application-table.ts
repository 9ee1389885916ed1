import { type RawBuilder, type Selectable, sql } from 'kysely';
import {
  type Application,
  type Credential,
  defaultCredentialName,
  type JwtCredential,
  type MtlsCredential,
} from '../../applications/application.ts';
import type {
  ApplicationListQuery,
  ApplicationStore,
  KeyUsage,
  UsageFilter,
  UsagePage,
} from '../../applications/application-store.ts';
import { alteredInDatabase } from '../../errors.ts';
import { kubernetesApplication } from '../../protocol/content.ts';
import type { ApplicationRow, Database, KeyUsageDayRow, KeyUsageRow } from '../database-schema.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import { type ApplicationColumns, applicationParts } from '../integrity/row-macs.ts';
import { statement } from '../statement.ts';
import { dateOrNull, timeOrNull } from './column-values.ts';
import { inChunks, inChunksOnce, inOrderOf } from './in-chunks.ts';
import { namedPage } from './named-page.ts';

type Row = Selectable<ApplicationRow>;
/** In place of the id of an application that was deleted. */
const deletedApplications = '';
/** What a node reports for a use that succeeded. */
const succeeded = 'SUCCEEDED';
const dayMs = 24 * 3600 * 1000;

const findOne = statement((db, key: { projectId: string; name: string }) =>
  db
    .selectFrom('applications')
    .selectAll()
    .where('project_id', '=', key.projectId)
    .where('name', '=', key.name),
);
const listIds = statement((db, page: { projectId: string; afterId: string; limit: number }) =>
  db
    .selectFrom('applications')
    .select('id')
    .where('project_id', '=', page.projectId)
    .where('id', '>', page.afterId)
    .orderBy('id')
    .limit(page.limit),
);
const insertOne = statement((db, row: ApplicationRow) => db.insertInto('applications').values(row));
const updateOne = statement((db, { id, ...columns }: Omit<ApplicationRow, 'project_id' | 'created_at'>) =>
  db.updateTable('applications').set(columns).where('id', '=', id),
);
const deleteOne = statement((db, key: { id: string }) =>
  db.deleteFrom('applications').where('id', '=', key.id),
);
const listUsage = statement((db, key: { applicationId: string }) =>
  db
    .selectFrom('key_usage')
    .selectAll()
    .where('application_id', '=', key.applicationId)
    .orderBy('jwk_id')
    .orderBy('operation')
    .orderBy('outcome'),
);

export class ApplicationTable implements ApplicationStore {
  readonly #database: Database;
  readonly #guard: RowGuard;

  constructor(database: Database, guard: RowGuard) {
    this.#database = database;
    this.#guard = guard;
  }

  async find(projectId: string, name: string): Promise<Application | undefined> {
    const row = await findOne.first(this.#database, { projectId, name });
    return row && this.#applicationOf(row);
  }

  async getMany(ids: readonly string[]): Promise<readonly Application[]> {
    return inOrderOf(
      ids,
      (chunk) => this.#database.selectFrom('applications').selectAll().where('id', 'in', chunk).execute(),
      (row) => this.#applicationOf(row),
    );
  }

  async list(
    projectId: string,
    query: ApplicationListQuery,
  ): Promise<{ readonly applications: readonly Application[]; readonly total: number }> {
    let matching = this.#database.selectFrom('applications').where('project_id', '=', projectId);
    const { unusedSince } = query;
    if (unusedSince !== undefined) {
      const since = unusedSince.getTime();
      matching = matching.where('created_at', '<=', since).where(
        sql<boolean>`not exists (select 1 from key_usage where key_usage.application_id = applications.id
  and key_usage.outcome = ${succeeded} and key_usage.last_used_at > ${since})`,
      );
    }
    const { rows, total } = await namedPage(matching, query);
    const applications = rows.map((row) => this.#applicationOf(row));
    return { applications, total };
  }

  async idsOfProject(projectId: string, afterId: string, limit: number): Promise<readonly string[]> {
    return (await listIds.all(this.#database, { projectId, afterId, limit })).map(({ id }) => id);
  }

  async grantedFor(projectId: string, objectId: string): Promise<readonly Application[]> {
    // Ids are UUIDs, so an id stands in the text of the grants only where it is meant.
    return this.#listWhere(sql`project_id = ${projectId} and grants like ${`%"${objectId}"%`}`);
  }

  async naming(projectId: string, objectId: string): Promise<readonly Application[]> {
    return this.#listWhere(sql`project_id = ${projectId} and credentials like ${`%"${objectId}"%`}`);
  }

  async knownBesideTokens(projectId: string): Promise<readonly Application[]> {
    // The text stands in a claim only where there is a JWT credential.
    return this.#listWhere(
      sql`project_id = ${projectId} and (credentials like '%"type":"MTLS"%' or credentials like '%"type":"JWT"%')`,
    );
  }

  async #listWhere(condition: RawBuilder<unknown>): Promise<readonly Application[]> {
    const { rows } = await sql<Row>`select * from applications where ${condition} order by name, id`.execute(
      this.#database,
    );
    return rows.map((row) => this.#applicationOf(row));
  }

  async insert(application: Application): Promise<void> {
    await insertOne.run(this.#database, await this.#guarded(application));
  }

  async update(application: Application): Promise<void> {
    const { project_id: _project, created_at: _created, ...columns } = await this.#guarded(application);
    await updateOne.run(this.#database, columns);
  }

  async delete(id: string): Promise<void> {
    // When a key was last used matters longer than by whom.
    const own = await listUsage.all(this.#database, { applicationId: id });
    await this.#add(own.map((row) => ({ ...row, application_id: deletedApplications })));
    await this.#database.deleteFrom('key_usage').where('application_id', '=', id).execute();
    await sql`insert into key_usage_days (application_id, jwk_id, operation, outcome, day, count, last_used_at)
select ${deletedApplications}, jwk_id, operation, outcome, day, count, last_used_at
from key_usage_days where application_id = ${id}
on conflict (jwk_id, application_id, operation, outcome, day) do update set
  count = key_usage_days.count + excluded.count,
  last_used_at = case when excluded.last_used_at > key_usage_days.last_used_at
    then excluded.last_used_at else key_usage_days.last_used_at end`.execute(this.#database);
    await this.#database.deleteFrom('key_usage_days').where('application_id', '=', id).execute();
    await deleteOne.run(this.#database, { id });
  }

  async addUsage(usage: readonly KeyUsage[]): Promise<void> {
    const users = usage.map(({ applicationId }) => applicationId);
    const applications = await this.#known('applications', users);
    const others = users.filter((id) => id !== kubernetesApplication && !applications.has(id));
    const outlets = await this.outletNames([...new Set(others)]);
    const jwks = await this.#known(
      'jwks',
      usage.map(({ jwkId }) => jwkId),
    );
    const rows = new Map<string, KeyUsageRow>();
    const days = new Map<string, KeyUsageDayRow>();
    for (const { applicationId, jwkId, operation, outcome, count, lastUsedAt } of usage) {
      const isKnown =
        applicationId === kubernetesApplication ||
        applications.has(applicationId) ||
        outlets.has(applicationId);
      if (!isKnown || !jwks.has(jwkId)) continue;
      const use = { application_id: applicationId, jwk_id: jwkId, operation, outcome };
      const at = lastUsedAt.getTime();
      const key = JSON.stringify([jwkId, applicationId, operation, outcome]);
      rows.set(key, { ...use, ...summed(rows.get(key), count, at) });
      const day = Math.floor(at / dayMs);
      const dayKey = `${key}${day}`;
      days.set(dayKey, { ...use, day, ...summed(days.get(dayKey), count, at) });
    }
    await this.#add([...rows.values()]);
    await this.#addDays([...days.values()]);
  }

  async outletNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    for (const chunk of inChunks(ids)) {
      const rows = await this.#database
        .selectFrom('outlets')
        .select(['id', 'name'])
        .where('id', 'in', chunk)
        .execute();
      for (const { id, name } of rows) names.set(id, name);
    }
    return names;
  }

  async #known(table: 'applications' | 'jwks', ids: readonly string[]): Promise<ReadonlySet<string>> {
    const known = new Set<string>();
    for (const chunk of inChunks([...new Set(ids)])) {
      const rows = await this.#database.selectFrom(table).select('id').where('id', 'in', chunk).execute();
      for (const { id } of rows) known.add(id);
    }
    return known;
  }

  /** No two of them for the same use. */
  async #add(rows: readonly KeyUsageRow[]): Promise<void> {
    for (const chunk of inChunksOnce(rows)) {
      await this.#database
        .insertInto('key_usage')
        .values(chunk)
        .onConflict((conflict) =>
          conflict.columns(['jwk_id', 'application_id', 'operation', 'outcome']).doUpdateSet((e) => ({
            count: e('key_usage.count', '+', e.ref('excluded.count')),
            last_used_at: sql<number>`case when excluded.last_used_at > key_usage.last_used_at
  then excluded.last_used_at else key_usage.last_used_at end`,
          })),
        )
        .execute();
    }
  }

  /** No two of them for the same use and day. */
  async #addDays(rows: readonly KeyUsageDayRow[]): Promise<void> {
    for (const chunk of inChunksOnce(rows)) {
      await this.#database
        .insertInto('key_usage_days')
        .values(chunk)
        .onConflict((conflict) =>
          conflict.columns(['jwk_id', 'application_id', 'operation', 'outcome', 'day']).doUpdateSet((e) => ({
            count: e('key_usage_days.count', '+', e.ref('excluded.count')),
            last_used_at: sql<number>`case when excluded.last_used_at > key_usage_days.last_used_at
  then excluded.last_used_at else key_usage_days.last_used_at end`,
          })),
        )
        .execute();
    }
  }

  async listUsage(
    projectId: string,
    { jwkId, keyRingId, applicationId, fromDay, toDay }: UsageFilter,
    { sort, offset, limit }: UsagePage,
  ): Promise<{ readonly usage: readonly KeyUsage[]; readonly total: number }> {
    const isOfAllTime = fromDay === undefined && toDay === undefined;
    const conditions = [
      sql`jwks.project_id = ${projectId}`,
      ...(jwkId === undefined ? [] : [sql`jwks.id = ${jwkId}`]),
      ...(keyRingId === undefined ? [] : [sql`jwks.ring_id = ${keyRingId}`]),
      ...(applicationId === undefined ? [] : [sql`uses.application_id = ${applicationId}`]),
      ...(fromDay === undefined ? [] : [sql`uses.day >= ${fromDay}`]),
      ...(toDay === undefined ? [] : [sql`uses.day <= ${toDay}`]),
    ];
    const grouped = sql`select uses.application_id, uses.jwk_id, uses.operation, uses.outcome,
  sum(uses.count) as count, max(uses.last_used_at) as last_used_at
from ${sql.table(isOfAllTime ? 'key_usage' : 'key_usage_days')} as uses join jwks on jwks.id = uses.jwk_id
where ${sql.join(conditions, sql` and `)}
group by uses.application_id, uses.jwk_id, uses.operation, uses.outcome`;
    const counted = await sql<{ total: number }>`select count(*) as total from (${grouped}) as found`.execute(
      this.#database,
    );
    const column = sort.field === 'count' ? sql`count` : sql`last_used_at`;
    const { rows } = await sql<Selectable<KeyUsageRow>>`${grouped}
order by ${column} ${sort.descending ? sql`desc` : sql`asc`}, jwk_id, application_id, operation, outcome
limit ${limit} offset ${offset}`.execute(this.#database);
    return { usage: rows.map(usageOf), total: Number(counted.rows[0]?.total ?? 0) };
  }

  async pruneUsageDays(before: Date, limit: number): Promise<number> {
    const deleted = await sql`delete from key_usage_days
where (jwk_id, application_id, operation, outcome, day) in (
  select jwk_id, application_id, operation, outcome, day from key_usage_days
  where day < ${Math.floor(before.getTime() / dayMs)} order by day limit ${limit})`.execute(this.#database);
    return Number(deleted.numAffectedRows ?? 0);
  }

  async usageOf(applicationId: string): Promise<readonly KeyUsage[]> {
    return (await listUsage.all(this.#database, { applicationId })).map(usageOf);
  }

  async latestUse(jwkId: string) {
    const row = await this.#database
      .selectFrom('key_usage')
      .leftJoin('applications', 'applications.id', 'key_usage.application_id')
      .select(['applications.name as name', 'key_usage.last_used_at as at'])
      .where('key_usage.jwk_id', '=', jwkId)
      .where('key_usage.outcome', '=', succeeded)
      .orderBy('key_usage.last_used_at', 'desc')
      // Of two in the same minute the one that is still there.
      .orderBy('key_usage.application_id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && { applicationName: row.name, lastUsedAt: new Date(Number(row.at)) };
  }

  async lastUsedBy(applicationIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    return this.#lastUsedOf('application_id', applicationIds);
  }

  async lastUsed(jwkIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    return this.#lastUsedOf('jwk_id', jwkIds);
  }

  async #lastUsedOf(
    column: 'application_id' | 'jwk_id',
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, Date>> {
    const latest = new Map<string, Date>();
    for (const chunk of inChunks(ids)) {
      const rows = await this.#database
        .selectFrom('key_usage')
        .select((e) => [e.ref(column).as('id'), e.fn.max('last_used_at').as('at')])
        .where(column, 'in', chunk)
        .where('outcome', '=', succeeded)
        .groupBy(column)
        .execute();
      for (const { id, at } of rows) latest.set(id, new Date(Number(at)));
    }
    return latest;
  }

  async #guarded(application: Application): Promise<ApplicationRow> {
    // Written again as it is, it would get a MAC that is right.
    if (application.altered) throw alteredInDatabase(`Application (name: ${application.name})`);
    const row = columnsOf(application, await this.#guard.auditSequence());
    return { ...row, mac: this.#guard.mac(applicationParts(row)) };
  }

  #applicationOf(row: Row): Application {
    const application = applicationOf(row);
    return this.#guard.isAltered(applicationParts(row), row.mac)
      ? { ...application, altered: true }
      : application;
  }
}

interface StoredToken {
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly validUntil: number | null;
}

/** Times are milliseconds since 1970. */
type StoredCredential =
  | MtlsCredential
  | JwtCredential
  | {
      readonly type: 'TOKEN';
      readonly name: string;
      readonly expiresAt: number | null;
      readonly tokens: readonly StoredToken[];
    };

function applicationOf(row: Row): Application {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    expiresAt: dateOrNull(row.expires_at),
    credentials: credentialsOf(row),
    grants: JSON.parse(row.grants),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

/** A row from before there were credentials has tokens alone. */
function credentialsOf({ credentials, tokens }: Row): readonly Credential[] {
  const stored: readonly StoredCredential[] =
    credentials === null
      ? [{ type: 'TOKEN', name: defaultCredentialName, expiresAt: null, tokens: JSON.parse(tokens) }]
      : JSON.parse(credentials);
  return stored.map((one): Credential => {
    if (one.type !== 'TOKEN') return one;
    return {
      ...one,
      expiresAt: dateOrNull(one.expiresAt),
      tokens: one.tokens.map(({ hash, validUntil }) => ({ hash, validUntil: dateOrNull(validUntil) })),
    };
  });
}

function storedCredential(credential: Credential): StoredCredential {
  if (credential.type !== 'TOKEN') return credential;
  const { type, name, expiresAt, tokens } = credential;
  return {
    type,
    name,
    expiresAt: timeOrNull(expiresAt),
    tokens: tokens.map(({ hash, validUntil }) => ({ hash, validUntil: timeOrNull(validUntil) })),
  };
}

/** Managers from before there were credentials read a row whose credentials are null. */
function credentialColumns(
  credentials: readonly Credential[],
): Pick<ApplicationColumns, 'tokens' | 'credentials'> {
  const stored = credentials.map(storedCredential);
  const [first] = stored;
  const isPlain =
    stored.length === 1 &&
    first?.type === 'TOKEN' &&
    first.name === defaultCredentialName &&
    first.expiresAt === null;
  return isPlain
    ? { tokens: JSON.stringify(first.tokens), credentials: null }
    : { tokens: '[]', credentials: JSON.stringify(stored) };
}

function columnsOf(application: Application, auditSequence: number): ApplicationColumns {
  const grants = application.grants.map(({ keyRingId, jwkId, tokenProfileId, operations, rate }) => {
    return { keyRingId, jwkId, tokenProfileId, operations, rate };
  });
  return {
    id: application.id,
    project_id: application.projectId,
    name: application.name,
    description: application.description,
    expires_at: timeOrNull(application.expiresAt),
    ...credentialColumns(application.credentials),
    grants: JSON.stringify(grants),
    created_at: application.createdAt.getTime(),
    updated_at: application.updatedAt.getTime(),
    audit_sequence: auditSequence,
  };
}

function summed(before: KeyUsageRow | undefined, count: number, at: number) {
  return { count: count + (before?.count ?? 0), last_used_at: Math.max(at, before?.last_used_at ?? 0) };
}

function usageOf(row: Selectable<KeyUsageRow>): KeyUsage {
  return {
    applicationId: row.application_id,
    jwkId: row.jwk_id,
    operation: row.operation,
    outcome: row.outcome,
    count: Number(row.count),
    lastUsedAt: new Date(Number(row.last_used_at)),
  };
}
