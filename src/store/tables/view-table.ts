import type { Selectable } from 'kysely';
import { alteredInDatabase } from '../../errors.ts';
import type { View } from '../../views/view.ts';
import type { ViewListQuery, ViewStore } from '../../views/view-store.ts';
import type { Database, ViewRow } from '../database-schema.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import { type ViewColumns, viewParts } from '../integrity/row-macs.ts';
import { statement } from '../statement.ts';
import { inOrderOf } from './in-chunks.ts';
import { namedPage } from './named-page.ts';

type Row = Selectable<ViewRow>;

const findOne = statement((db, key: { projectId: string; name: string }) =>
  db.selectFrom('views').selectAll().where('project_id', '=', key.projectId).where('name', '=', key.name),
);
const listIds = statement((db, page: { projectId: string; afterId: string; limit: number }) =>
  db
    .selectFrom('views')
    .select('id')
    .where('project_id', '=', page.projectId)
    .where('id', '>', page.afterId)
    .orderBy('id')
    .limit(page.limit),
);
/** Ids are UUIDs, so an id stands in the JSON only where it is meant. */
const listNaming = statement((db, key: { projectId: string; pattern: string }) =>
  db
    .selectFrom('views')
    .selectAll()
    .where('project_id', '=', key.projectId)
    .where((e) => e.or([e('included', 'like', key.pattern), e('excluded', 'like', key.pattern)]))
    .orderBy('name')
    .orderBy('id'),
);
const insertOne = statement((db, row: ViewRow) => db.insertInto('views').values(row));
const updateOne = statement((db, { id, ...columns }: Omit<ViewRow, 'project_id' | 'created_at'>) =>
  db.updateTable('views').set(columns).where('id', '=', id),
);
const deleteOne = statement((db, key: { id: string }) => db.deleteFrom('views').where('id', '=', key.id));

export class ViewTable implements ViewStore {
  readonly #database: Database;
  readonly #guard: RowGuard;

  constructor(database: Database, guard: RowGuard) {
    this.#database = database;
    this.#guard = guard;
  }

  async find(projectId: string, name: string): Promise<View | undefined> {
    const row = await findOne.first(this.#database, { projectId, name });
    return row && this.#viewOf(row);
  }

  async getMany(ids: readonly string[]): Promise<readonly View[]> {
    return inOrderOf(
      ids,
      (chunk) => this.#database.selectFrom('views').selectAll().where('id', 'in', chunk).execute(),
      (row) => this.#viewOf(row),
    );
  }

  async list(
    projectId: string,
    query: ViewListQuery,
  ): Promise<{ readonly views: readonly View[]; readonly total: number }> {
    const matching = this.#database.selectFrom('views').where('project_id', '=', projectId);
    const { rows, total } = await namedPage(matching, query);
    return { views: rows.map((row) => this.#viewOf(row)), total };
  }

  async idsOfProject(projectId: string, afterId: string, limit: number): Promise<readonly string[]> {
    return (await listIds.all(this.#database, { projectId, afterId, limit })).map(({ id }) => id);
  }

  async naming(projectId: string, objectId: string): Promise<readonly View[]> {
    const rows = await listNaming.all(this.#database, { projectId, pattern: `%"${objectId}"%` });
    return rows.map((row) => this.#viewOf(row));
  }

  async insert(view: View): Promise<void> {
    await insertOne.run(this.#database, await this.#guarded(view));
  }

  async update(view: View): Promise<void> {
    const { project_id: _project, created_at: _created, ...columns } = await this.#guarded(view);
    await updateOne.run(this.#database, columns);
  }

  async delete(id: string): Promise<void> {
    await deleteOne.run(this.#database, { id });
  }

  async #guarded(view: View): Promise<ViewRow> {
    // Written again as it is, it would get a MAC that is right.
    if (view.altered) throw alteredInDatabase(`View (name: ${view.name})`);
    const row = columnsOf(view, await this.#guard.auditSequence());
    return { ...row, mac: this.#guard.mac(viewParts(row)) };
  }

  #viewOf(row: Row): View {
    const view = viewOf(row);
    return this.#guard.isAltered(viewParts(row), row.mac) ? { ...view, altered: true } : view;
  }
}

function viewOf(row: Row): View {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    include: row.included === null ? null : JSON.parse(row.included),
    exclude: row.excluded === null ? null : JSON.parse(row.excluded),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

function columnsOf(view: View, auditSequence: number): ViewColumns {
  const { include, exclude } = view;
  return {
    id: view.id,
    project_id: view.projectId,
    name: view.name,
    description: view.description,
    included: include && JSON.stringify(include),
    excluded: exclude && JSON.stringify(exclude),
    created_at: view.createdAt.getTime(),
    updated_at: view.updatedAt.getTime(),
    audit_sequence: auditSequence,
  };
}
