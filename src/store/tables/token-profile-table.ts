import type { Selectable } from 'kysely';
import { alteredInDatabase } from '../../errors.ts';
import type { TokenProfile } from '../../token-profiles/token-profile.ts';
import type { TokenProfileListQuery, TokenProfileStore } from '../../token-profiles/token-profile-store.ts';
import type { Database, TokenProfileRow } from '../database-schema.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import { type TokenProfileColumns, tokenProfileParts } from '../integrity/row-macs.ts';
import { statement } from '../statement.ts';
import { inOrderOf } from './in-chunks.ts';
import { namedPage } from './named-page.ts';

type Row = Selectable<TokenProfileRow>;

const findOne = statement((db, key: { projectId: string; name: string }) =>
  db
    .selectFrom('token_profiles')
    .selectAll()
    .where('project_id', '=', key.projectId)
    .where('name', '=', key.name),
);
const listIds = statement((db, page: { projectId: string; afterId: string; limit: number }) =>
  db
    .selectFrom('token_profiles')
    .select('id')
    .where('project_id', '=', page.projectId)
    .where('id', '>', page.afterId)
    .orderBy('id')
    .limit(page.limit),
);
const listUsing = statement((db, key: { objectId: string }) =>
  db
    .selectFrom('token_profiles')
    .selectAll()
    .where((e) => e.or([e('ring_id', '=', key.objectId), e('encrypt_to_id', '=', key.objectId)]))
    .orderBy('name')
    .orderBy('id'),
);
const insertOne = statement((db, row: TokenProfileRow) => db.insertInto('token_profiles').values(row));
const updateOne = statement((db, { id, ...columns }: Omit<TokenProfileRow, 'project_id' | 'created_at'>) =>
  db.updateTable('token_profiles').set(columns).where('id', '=', id),
);
const deleteOne = statement((db, key: { id: string }) =>
  db.deleteFrom('token_profiles').where('id', '=', key.id),
);

export class TokenProfileTable implements TokenProfileStore {
  readonly #database: Database;
  readonly #guard: RowGuard;

  constructor(database: Database, guard: RowGuard) {
    this.#database = database;
    this.#guard = guard;
  }

  async find(projectId: string, name: string): Promise<TokenProfile | undefined> {
    const row = await findOne.first(this.#database, { projectId, name });
    return row && this.#profileOf(row);
  }

  async getMany(ids: readonly string[]): Promise<readonly TokenProfile[]> {
    return inOrderOf(
      ids,
      (chunk) => this.#database.selectFrom('token_profiles').selectAll().where('id', 'in', chunk).execute(),
      (row) => this.#profileOf(row),
    );
  }

  async list(
    projectId: string,
    query: TokenProfileListQuery,
  ): Promise<{ readonly profiles: readonly TokenProfile[]; readonly total: number }> {
    const matching = this.#database.selectFrom('token_profiles').where('project_id', '=', projectId);
    const { rows, total } = await namedPage(matching, query);
    return { profiles: rows.map((row) => this.#profileOf(row)), total };
  }

  async idsOfProject(projectId: string, afterId: string, limit: number): Promise<readonly string[]> {
    return (await listIds.all(this.#database, { projectId, afterId, limit })).map(({ id }) => id);
  }

  async using(objectId: string): Promise<readonly TokenProfile[]> {
    return (await listUsing.all(this.#database, { objectId })).map((row) => this.#profileOf(row));
  }

  async insert(profile: TokenProfile): Promise<void> {
    await insertOne.run(this.#database, await this.#guarded(profile));
  }

  async update(profile: TokenProfile): Promise<void> {
    const { project_id: _project, created_at: _created, ...columns } = await this.#guarded(profile);
    await updateOne.run(this.#database, columns);
  }

  async delete(id: string): Promise<void> {
    await deleteOne.run(this.#database, { id });
  }

  async #guarded(profile: TokenProfile): Promise<TokenProfileRow> {
    // Written again as it is, it would get a MAC that is right.
    if (profile.altered) throw alteredInDatabase(`Token profile (name: ${profile.name})`);
    const row = columnsOf(profile, await this.#guard.auditSequence());
    return { ...row, mac: this.#guard.mac(tokenProfileParts(row)) };
  }

  #profileOf(row: Row): TokenProfile {
    const profile = profileOf(row);
    return this.#guard.isAltered(tokenProfileParts(row), row.mac) ? { ...profile, altered: true } : profile;
  }
}

function profileOf(row: Row): TokenProfile {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    keyRingId: row.ring_id,
    rules: JSON.parse(row.rules),
    encryptTo: row.encrypt_to === null ? null : JSON.parse(row.encrypt_to),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

function columnsOf(profile: TokenProfile, auditSequence: number): TokenProfileColumns {
  const { encryptTo } = profile;
  return {
    id: profile.id,
    project_id: profile.projectId,
    name: profile.name,
    description: profile.description,
    ring_id: profile.keyRingId,
    rules: JSON.stringify(profile.rules),
    encrypt_to: encryptTo && JSON.stringify(encryptTo),
    encrypt_to_id: encryptTo && (encryptTo.jwkId ?? encryptTo.keyRingId),
    created_at: profile.createdAt.getTime(),
    updated_at: profile.updatedAt.getTime(),
    audit_sequence: auditSequence,
  };
}
