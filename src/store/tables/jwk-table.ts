import { sql } from 'kysely';
import { alteredInDatabase } from '../../errors.ts';
import type {
  ConfirmedRevision,
  JwkListQuery,
  JwkStore,
  KidHolder,
  StoredJwk,
} from '../../jwks/jwk-store.ts';
import type { MemberState } from '../../jwks/ring-member.ts';
import type { Sealed } from '../../sealing/sealed.ts';
import type { Database, JwkRow } from '../database-schema.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import { jwkParts } from '../integrity/row-macs.ts';
import { listStatement, statement } from '../statement.ts';
import { dateOrNull, timeOrNull } from './column-values.ts';
import { inChunks } from './in-chunks.ts';
import { memberColumns, memberOf } from './ring-member-columns.ts';
import type { SealedValues } from './sealed-values.ts';
import { matchesSearch } from './search-pattern.ts';
import { type TableContext, withinOf } from './table-context.ts';

const findOne = statement((db, key: { projectId: string; name: string }) =>
  db.selectFrom('jwks').selectAll().where('project_id', '=', key.projectId).where('name', '=', key.name),
);
const getAll = listStatement((db, keys: readonly { id: string }[]) =>
  db
    .selectFrom('jwks')
    .selectAll()
    .where(
      'id',
      'in',
      keys.map(({ id }) => id),
    ),
);
const listPage = statement((db, page: { projectId: string; afterId: string; limit: number }) =>
  db
    .selectFrom('jwks')
    .selectAll()
    .where('project_id', '=', page.projectId)
    .where('id', '>', page.afterId)
    .orderBy('id')
    .limit(page.limit),
);
const listIds = statement((db, page: { projectId: string; afterId: string; limit: number }) =>
  db
    .selectFrom('jwks')
    .select('id')
    .where('project_id', '=', page.projectId)
    .where('id', '>', page.afterId)
    .orderBy('id')
    .limit(page.limit),
);
/** Written out, as the condition of the index `jwks_kid` has it: a bound value would not be known to imply it. */
const hasPublicHalf = sql<boolean>`type <> 'OCT'`;
/** Each create reads them, and a user may make any number of JWKs from one key. */
const mostKidHolders = 100;
const listKidHolders = statement((db, key: { projectId: string; kid: string; exceptId: string }) =>
  db
    .selectFrom(
      db
        .selectFrom('jwks')
        .select(['name', 'public_members'])
        .where('kid', '=', key.kid)
        .where('project_id', '=', key.projectId)
        .where('id', '<>', key.exceptId)
        .where(hasPublicHalf)
        .orderBy('id')
        .limit(mostKidHolders)
        .as('holders'),
    )
    .select((e) => [e.fn.min('name').as('name'), 'public_members'])
    .groupBy('public_members')
    .orderBy('name'),
);
const listKids = statement((db, page: { projectId: string; afterId: string; limit: number }) =>
  db
    .selectFrom('jwks')
    .select(['id', 'kid'])
    .where('project_id', '=', page.projectId)
    .where('id', '>', page.afterId)
    .where(hasPublicHalf)
    .orderBy('id')
    .limit(page.limit),
);
const listOfSource = statement((db, key: { sourceId: string }) =>
  db.selectFrom('jwks').selectAll().where('source_id', '=', key.sourceId).orderBy('id'),
);
const insertMany = listStatement((db, rows: readonly JwkRow[]) => db.insertInto('jwks').values(rows));
const updateOne = statement((db, { id, ...columns }: Omit<JwkRow, 'project_id' | 'created_at'>) =>
  db.updateTable('jwks').set(columns).where('id', '=', id).where('mac', 'is distinct from', columns.mac),
);
const listOfRing = statement((db, key: { ringId: string }) =>
  db.selectFrom('jwks').selectAll().where('ring_id', '=', key.ringId).orderBy('ring_version'),
);
const deleteOne = statement((db, key: { id: string }) => db.deleteFrom('jwks').where('id', '=', key.id));

const sortColumns = Object.freeze({
  name: 'name',
  type: 'type',
  kid: 'kid',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  expirationTime: 'expiration_time',
} as const);

export class JwkTable implements JwkStore {
  readonly #database: Database;
  readonly #guard: RowGuard;
  readonly #sealed: SealedValues;
  readonly #context: Pick<TableContext, 'cache' | 'turn'>;

  constructor(
    database: Database,
    guards: { readonly guard: RowGuard; readonly sealed: SealedValues },
    context: Pick<TableContext, 'cache' | 'turn'>,
  ) {
    this.#database = database;
    this.#guard = guards.guard;
    this.#sealed = guards.sealed;
    this.#context = context;
  }

  async find(projectId: string, name: string): Promise<StoredJwk | undefined> {
    const row = await findOne.first(this.#database, { projectId, name });
    return row && (await this.#jwksOf([row]))[0];
  }

  async getMany(ids: readonly string[]): Promise<readonly StoredJwk[]> {
    const found = new Map<string, StoredJwk>();
    for (const chunk of inChunks(ids.map((id) => ({ id })))) {
      const rows = await getAll.all(this.#database, chunk);
      for (const jwk of await this.#jwksOf(rows)) found.set(jwk.id, jwk);
    }
    return ids.map((id) => found.get(id)).filter((jwk) => jwk !== undefined);
  }

  async list(
    projectId: string,
    query: JwkListQuery,
  ): Promise<{ readonly jwks: readonly StoredJwk[]; readonly total: number }> {
    const { search, sort, offset, limit } = query;
    let matching = this.#database.selectFrom('jwks').where('project_id', '=', projectId);
    if (search !== undefined && search !== '') {
      matching = matching.where((e) => matchesSearch(search, [e.ref('name'), e.ref('description')]));
    }
    const { expiresBefore, expiresAfter } = query;
    if (expiresBefore) matching = matching.where('expiration_time', '<=', expiresBefore.getTime());
    if (expiresAfter) matching = matching.where('expiration_time', '>', expiresAfter.getTime());
    const { type, use, sourceType } = query;
    if (type) matching = matching.where('type', '=', type);
    if (use) matching = matching.where('use', '=', use);
    if (sourceType) matching = matching.where('source_type', '=', sourceType);
    if (query.unusedSince) {
      const since = query.unusedSince.getTime();
      matching = matching.where('created_at', '<=', since).where(
        sql<boolean>`not exists (select 1 from key_usage where key_usage.jwk_id = jwks.id
  and key_usage.outcome = 'SUCCEEDED' and key_usage.last_used_at > ${since})`,
      );
    }
    if (query.deployed) {
      const lacking = isLacking(query.deployed.confirmed);
      matching = matching.where((e) => (query.deployed?.everywhere ? e.not(lacking) : lacking));
    }
    // Ids alone first: sorting whole rows, sealed members and all, would hold the event loop.
    // No expiration sorts as the latest one; the dialects differ in where they put nulls by themselves.
    const ordered = matching
      .select('id')
      .orderBy(sortColumns[sort.field], (o) =>
        sort.descending ? o.desc().nullsFirst() : o.asc().nullsLast(),
      )
      .orderBy('id', sort.descending ? 'desc' : 'asc');
    if (search !== undefined && search !== '') {
      // The search reads every row, so it reads them once, for the page and for the count.
      const found = await ordered.execute();
      const page = found.slice(offset, offset + limit).map(({ id }) => id);
      return { jwks: await this.getMany(page), total: found.length };
    }
    const counted = await matching.select((e) => e.fn.countAll<number>().as('count')).executeTakeFirst();
    const page = await ordered.limit(limit).offset(offset).execute();
    return { jwks: await this.getMany(page.map(({ id }) => id)), total: counted?.count ?? 0 };
  }

  async listOfProject(projectId: string, afterId: string, limit: number): Promise<readonly StoredJwk[]> {
    return this.#jwksOf(await listPage.all(this.#database, { projectId, afterId, limit }));
  }

  async idsOfProject(projectId: string, afterId: string, limit: number): Promise<readonly string[]> {
    return (await listIds.all(this.#database, { projectId, afterId, limit })).map(({ id }) => id);
  }

  async listBySource(sourceId: string): Promise<readonly StoredJwk[]> {
    return this.#jwksOf(await listOfSource.all(this.#database, { sourceId }));
  }

  async listOfRing(ringId: string): Promise<readonly StoredJwk[]> {
    return this.#jwksOf(await listOfRing.all(this.#database, { ringId }));
  }

  /** Members of rings that are in this state, of all projects. */
  async listInState(state: MemberState): Promise<readonly StoredJwk[]> {
    const rows = await this.#database
      .selectFrom('jwks')
      .selectAll()
      .where('ring_id', 'is not', null)
      .where('ring_state', '=', state)
      .orderBy('ring_id')
      .orderBy('ring_version')
      .execute();
    return this.#jwksOf(rows);
  }

  async listByKid(projectId: string, kid: string, exceptId: string): Promise<readonly KidHolder[]> {
    const rows = await listKidHolders.all(this.#database, { projectId, kid, exceptId });
    return rows.map((row) => ({ name: row.name, publicMembers: row.public_members }));
  }

  async kidsOfProject(projectId: string, afterId: string, limit: number) {
    return listKids.all(this.#database, { projectId, afterId, limit });
  }

  async insert(jwk: StoredJwk): Promise<void> {
    const row = await this.#guarded(jwk);
    await insertMany.send(this.#database, [row]);
    const { cache, turn } = this.#context;
    if (turn !== undefined) withinOf(cache).inserted.push(row);
  }

  async update(jwk: StoredJwk): Promise<void> {
    const { project_id: _project, created_at: _created, ...columns } = await this.#guarded(jwk);
    await updateOne.run(this.#database, columns);
  }

  async delete(id: string): Promise<void> {
    await deleteOne.run(this.#database, { id });
  }

  async #guarded(jwk: StoredJwk): Promise<JwkRow> {
    // Written again as it is, it would get a MAC that is right.
    if (jwk.altered) throw alteredInDatabase(`JWK (name: ${jwk.name})`);
    const row = rowOf(jwk, await this.#guard.auditSequence());
    return { ...row, mac: this.#guard.mac(jwkParts(row)) };
  }

  async #jwksOf(rows: readonly JwkRow[]): Promise<readonly StoredJwk[]> {
    const jwks = rows.map((row) => this.#jwkOf(row));
    await this.#sealed.learn(jwks.map(({ privateMembers }) => privateMembers));
    return jwks;
  }

  #jwkOf(row: JwkRow): StoredJwk {
    const jwk = jwkOf(row);
    return this.#guard.isAltered(jwkParts(row), row.mac) ? { ...jwk, altered: true } : jwk;
  }
}

/** That a node of these environments has not confirmed the JWK as it is now. No environment: every node has it. */
function isLacking(environments: readonly ConfirmedRevision[]) {
  if (environments.length === 0) return sql<boolean>`1 = 0`;
  const unconfirmed = environments.map(({ environmentId, revision = -1 }) => {
    return sql`(desired_objects.environment_id = ${environmentId} and desired_objects.revision > ${revision})`;
  });
  return sql<boolean>`exists (select 1 from desired_objects where desired_objects.object_id = jwks.id
  and desired_objects.kind = 'jwk' and desired_objects.digest is not null and (${sql.join(unconfirmed, sql` or `)}))`;
}

function jwkOf(row: JwkRow): StoredJwk {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    sourceType: row.source_type,
    sourceId: row.source_id,
    sourceUrl: row.source_url,
    source: JSON.parse(row.source),
    type: row.type,
    kid: row.kid,
    use: row.use,
    algorithm: row.algorithm,
    notBeforeTime: dateOrNull(row.not_before_time),
    expirationTime: dateOrNull(row.expiration_time),
    publicMembers: row.public_members,
    privateMembers: row.private_members as Sealed | null,
    ...(row.kid_since !== null && { kidSince: new Date(row.kid_since) }),
    ...(row.ring_id !== null && { member: memberOf(row) }),
    ...(row.operations !== null && { operations: JSON.parse(row.operations) }),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

function rowOf(jwk: StoredJwk, auditSequence: number): Omit<JwkRow, 'mac'> {
  return {
    id: jwk.id,
    project_id: jwk.projectId,
    name: jwk.name,
    description: jwk.description,
    source_type: jwk.sourceType,
    source_id: jwk.sourceId,
    source_url: jwk.sourceUrl,
    source: JSON.stringify(jwk.source),
    type: jwk.type,
    kid: jwk.kid,
    use: jwk.use,
    algorithm: jwk.algorithm,
    not_before_time: timeOrNull(jwk.notBeforeTime),
    expiration_time: timeOrNull(jwk.expirationTime),
    public_members: jwk.publicMembers,
    private_members: jwk.privateMembers,
    kid_since: jwk.kidSince?.getTime() ?? null,
    ...memberColumns(jwk.member),
    operations: jwk.operations ? JSON.stringify(jwk.operations) : null,
    created_at: jwk.createdAt.getTime(),
    updated_at: jwk.updatedAt.getTime(),
    audit_sequence: auditSequence,
  };
}
