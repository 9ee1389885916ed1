import type { Selectable } from 'kysely';
import { alteredInDatabase } from '../../errors.ts';
import type { OutletKindName } from '../../outlets/kinds/kinds.ts';
import type { Outlet } from '../../outlets/outlet.ts';
import type { OutletListQuery, OutletStore } from '../../outlets/outlet-store.ts';
import type { Sealed } from '../../sealing/sealed.ts';
import type { Database } from '../database-schema.ts';
import { type OutletColumns, outletParts } from '../integrity/row-macs.ts';
import type { OutletRow } from '../outlet-rows.ts';
import { statement } from '../statement.ts';
import { flag } from './column-values.ts';
import { inOrderOf } from './in-chunks.ts';
import type { RowGuards } from './material-table.ts';
import { namedPage } from './named-page.ts';

type Row = Selectable<OutletRow>;

const findOne = statement((db, key: { projectId: string; name: string }) =>
  db.selectFrom('outlets').selectAll().where('project_id', '=', key.projectId).where('name', '=', key.name),
);
const listIds = statement((db, page: { projectId: string; afterId: string; limit: number }) =>
  db
    .selectFrom('outlets')
    .select('id')
    .where('project_id', '=', page.projectId)
    .where('id', '>', page.afterId)
    .orderBy('id')
    .limit(page.limit),
);
const listOfProject = statement((db, key: { projectId: string }) =>
  db.selectFrom('outlets').selectAll().where('project_id', '=', key.projectId).orderBy('name').orderBy('id'),
);
const listGenerations = statement((db, key: { kind: OutletKindName }) =>
  db.selectFrom('outlets').select(['id', 'generation']).where('kind', '=', key.kind),
);
const listUsing = statement((db, key: { sourceId: string }) =>
  db.selectFrom('outlets').selectAll().where('source_id', '=', key.sourceId).orderBy('name').orderBy('id'),
);
const insertOne = statement((db, row: OutletRow) => db.insertInto('outlets').values(row));
const updateOne = statement((db, { id, ...columns }: Omit<OutletRow, 'project_id' | 'created_at'>) =>
  db.updateTable('outlets').set(columns).where('id', '=', id),
);
const deleteOne = statement((db, key: { id: string }) => db.deleteFrom('outlets').where('id', '=', key.id));

export class OutletTable implements OutletStore {
  readonly #database: Database;
  readonly #guards: RowGuards;

  constructor(database: Database, guards: RowGuards) {
    this.#database = database;
    this.#guards = guards;
  }

  async find(projectId: string, name: string): Promise<Outlet | undefined> {
    const row = await findOne.first(this.#database, { projectId, name });
    const [outlet] = await this.#outletsOf(row ? [row] : []);
    return outlet;
  }

  async getMany(ids: readonly string[]): Promise<readonly Outlet[]> {
    const outlets = await inOrderOf(
      ids,
      (chunk) => this.#database.selectFrom('outlets').selectAll().where('id', 'in', chunk).execute(),
      (row) => this.#outletOf(row),
    );
    await this.#guards.sealed.learn(outlets.map(({ credential }) => credential));
    return outlets;
  }

  async list(
    projectId: string,
    query: OutletListQuery,
  ): Promise<{ readonly outlets: readonly Outlet[]; readonly total: number }> {
    const ofProject = this.#database.selectFrom('outlets').where('project_id', '=', projectId);
    const { sourceId } = query;
    const matching = sourceId === undefined ? ofProject : ofProject.where('source_id', '=', sourceId);
    const { rows, total } = await namedPage(matching, query);
    return { outlets: await this.#outletsOf(rows), total };
  }

  async idsOfProject(projectId: string, afterId: string, limit: number): Promise<readonly string[]> {
    return (await listIds.all(this.#database, { projectId, afterId, limit })).map(({ id }) => id);
  }

  async ofProject(projectId: string): Promise<readonly Outlet[]> {
    return this.#outletsOf(await listOfProject.all(this.#database, { projectId }));
  }

  async generationsOf(kind: OutletKindName): Promise<ReadonlyMap<string, number>> {
    const rows = await listGenerations.all(this.#database, { kind });
    return new Map(rows.map(({ id, generation }) => [id, generation]));
  }

  async using(sourceId: string): Promise<readonly Outlet[]> {
    return this.#outletsOf(await listUsing.all(this.#database, { sourceId }));
  }

  async insert(outlet: Outlet): Promise<void> {
    await insertOne.run(this.#database, await this.#guarded(outlet));
  }

  async update(outlet: Outlet): Promise<void> {
    const { project_id: _project, created_at: _created, ...columns } = await this.#guarded(outlet);
    await updateOne.run(this.#database, columns);
  }

  async delete(id: string): Promise<void> {
    await deleteOne.run(this.#database, { id });
  }

  async #guarded(outlet: Outlet): Promise<OutletRow> {
    // Written again as it is, it would get a MAC that is right.
    if (outlet.altered) throw alteredInDatabase(`Outlet (name: ${outlet.name})`);
    const row = columnsOf(outlet, await this.#guards.guard.auditSequence());
    return { ...row, mac: this.#guards.guard.mac(outletParts(row)) };
  }

  async #outletsOf(rows: readonly Row[]): Promise<readonly Outlet[]> {
    const outlets = rows.map((row) => this.#outletOf(row));
    await this.#guards.sealed.learn(outlets.map(({ credential }) => credential));
    return outlets;
  }

  #outletOf(row: Row): Outlet {
    const outlet = outletOf(row);
    return this.#guards.guard.isAltered(outletParts(row), row.mac) ? { ...outlet, altered: true } : outlet;
  }
}

function outletOf(row: Row): Outlet {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    kind: row.kind,
    source: { type: row.source_type, id: row.source_id },
    content: row.content,
    environmentIds: row.environment_ids === null ? null : JSON.parse(row.environment_ids),
    target: JSON.parse(row.target),
    credential: row.credential as Sealed | null,
    gate: row.gate === 1,
    generation: row.generation,
    forcedGeneration: row.forced_generation,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

function columnsOf(outlet: Outlet, auditSequence: number): OutletColumns {
  return {
    id: outlet.id,
    project_id: outlet.projectId,
    name: outlet.name,
    description: outlet.description,
    kind: outlet.kind,
    source_type: outlet.source.type,
    source_id: outlet.source.id,
    content: outlet.content,
    environment_ids: outlet.environmentIds && JSON.stringify(outlet.environmentIds),
    target: JSON.stringify(outlet.target),
    credential: outlet.credential,
    gate: flag(outlet.gate),
    generation: outlet.generation,
    forced_generation: outlet.forcedGeneration,
    created_at: outlet.createdAt.getTime(),
    updated_at: outlet.updatedAt.getTime(),
    audit_sequence: auditSequence,
  };
}
