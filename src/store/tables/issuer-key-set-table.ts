import { type Selectable, sql } from 'kysely';
import type { IssuerKeySet, IssuerKeySetStore, KeySetRefresh } from '../../applications/issuer-key-set.ts';
import { alteredInDatabase } from '../../errors.ts';
import type { Database, IssuerKeySetRow } from '../database-schema.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import { issuerKeySetParts } from '../integrity/row-macs.ts';
import { statement } from '../statement.ts';
import { dateOrNull } from './column-values.ts';
import { inChunks, inOrderOf } from './in-chunks.ts';

type Row = Selectable<IssuerKeySetRow>;
type RefreshColumns = Pick<
  IssuerKeySetRow,
  'refresh_at' | 'state' | 'state_since' | 'state_reason' | 'fetched_at' | 'etag' | 'last_modified'
>;

/** A page is soon done, also where no issuer of a project answers. */
const dueOfProject = 4;

const insertOne = statement((db, row: IssuerKeySetRow) => db.insertInto('issuer_key_sets').values(row));
const updateOne = statement((db, { id, ...columns }: Omit<IssuerKeySetRow, 'project_id' | 'created_at'>) =>
  db.updateTable('issuer_key_sets').set(columns).where('id', '=', id),
);
const putRefreshOf = statement((db, { id, ...columns }: RefreshColumns & { readonly id: string }) =>
  db.updateTable('issuer_key_sets').set(columns).where('id', '=', id),
);
const deleteOne = statement((db, key: { id: string }) =>
  db.deleteFrom('issuer_key_sets').where('id', '=', key.id),
);

const findNext = statement((db, _: object) =>
  db.selectFrom('issuer_key_sets').select((e) => e.fn.min('refresh_at').as('at')),
);

export class IssuerKeySetTable implements IssuerKeySetStore {
  readonly #database: Database;
  readonly #guard: RowGuard;

  constructor(database: Database, guard: RowGuard) {
    this.#database = database;
    this.#guard = guard;
  }

  async findMany(projectId: string, jwksUris: readonly string[]): Promise<readonly IssuerKeySet[]> {
    const found = new Map<string, IssuerKeySet>();
    for (const chunk of inChunks(jwksUris)) {
      const rows = await this.#database
        .selectFrom('issuer_key_sets')
        .selectAll()
        .where('project_id', '=', projectId)
        .where('jwks_uri', 'in', chunk)
        .execute();
      for (const row of rows) found.set(row.jwks_uri, this.#keySetOf(row));
    }
    return jwksUris.map((uri) => found.get(uri)).filter((set) => set !== undefined);
  }

  async next(): Promise<Date | null> {
    return dateOrNull((await findNext.first(this.#database, {}))?.at ?? null);
  }

  async due(
    { now, furthest, except }: Parameters<IssuerKeySetStore['due']>[0],
    limit: number,
  ): Promise<readonly IssuerKeySet[]> {
    // What is excepted is left out here: both dialects bound the number of parameters.
    const { rows } = await sql<{ id: string; project_id: string }>`select id, project_id from (
  select id, project_id, state, refresh_at,
    row_number() over (partition by project_id order by state desc, refresh_at, id) as turn
  from issuer_key_sets where refresh_at <= ${now.getTime()} or refresh_at > ${furthest.getTime()}
) as due order by state desc, turn, refresh_at, id`.execute(this.#database);
    const taken = new Map<string, number>();
    const ids: string[] = [];
    for (const { id, project_id } of rows) {
      const turn = taken.get(project_id) ?? 0;
      if (ids.length === limit) break;
      if (turn === dueOfProject || except.has(id)) continue;
      taken.set(project_id, turn + 1);
      ids.push(id);
    }
    return inOrderOf(
      ids,
      (chunk) => this.#database.selectFrom('issuer_key_sets').selectAll().where('id', 'in', chunk).execute(),
      (row) => this.#keySetOf(row),
    );
  }

  async insert(set: IssuerKeySet): Promise<void> {
    // Written again as it is, it would get a MAC that is right.
    if (set.altered) throw alteredInDatabase(`Key set (jwksUri: ${set.jwksUri})`);
    await insertOne.run(this.#database, await this.#guarded(set));
  }

  async update(set: IssuerKeySet): Promise<void> {
    if (set.altered) throw alteredInDatabase(`Key set (jwksUri: ${set.jwksUri})`);
    const { project_id: _project, created_at: _created, ...columns } = await this.#guarded(set);
    await updateOne.run(this.#database, columns);
  }

  async putRefresh(id: string, refresh: KeySetRefresh): Promise<void> {
    await putRefreshOf.run(this.#database, { id, ...refreshColumns(refresh) });
  }

  async delete(id: string): Promise<void> {
    await deleteOne.run(this.#database, { id });
  }

  async #guarded(set: IssuerKeySet): Promise<IssuerKeySetRow> {
    const row = {
      id: set.id,
      project_id: set.projectId,
      jwks_uri: set.jwksUri,
      keys: JSON.stringify(set.keys),
      created_at: set.createdAt.getTime(),
      updated_at: set.updatedAt.getTime(),
      audit_sequence: await this.#guard.auditSequence(),
    };
    return { ...row, mac: this.#guard.mac(issuerKeySetParts(row)), ...refreshColumns(set.refresh) };
  }

  #keySetOf(row: Row): IssuerKeySet {
    const set = keySetOf(row);
    return this.#guard.isAltered(issuerKeySetParts(row), row.mac) ? { ...set, altered: true } : set;
  }
}

function keySetOf(row: Row): IssuerKeySet {
  return {
    id: row.id,
    projectId: row.project_id,
    jwksUri: row.jwks_uri,
    keys: JSON.parse(row.keys),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    refresh: {
      refreshAt: new Date(row.refresh_at),
      state: row.state,
      stateSince: new Date(row.state_since),
      stateReason: row.state_reason,
      fetchedAt: new Date(row.fetched_at),
      etag: row.etag,
      lastModified: row.last_modified,
    },
  };
}

function refreshColumns(refresh: KeySetRefresh): RefreshColumns {
  return {
    refresh_at: refresh.refreshAt.getTime(),
    state: refresh.state,
    state_since: refresh.stateSince.getTime(),
    state_reason: refresh.stateReason,
    fetched_at: refresh.fetchedAt.getTime(),
    etag: refresh.etag,
    last_modified: refresh.lastModified,
  };
}
