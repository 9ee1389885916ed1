// Common to certificates, keys and keystores: one table for what belongs to the project, distinguished by kind, and for
// each kind a table for what belongs to an environment.

import { sql } from 'kysely';
import { alteredInDatabase } from '../../errors.ts';
import type { Material, MaterialListQuery, MaterialStore } from '../../materials/material-store.ts';
import type { MacPart } from '../../sealing/integrity.ts';
import type { Sealed } from '../../sealing/sealed.ts';
import type { Database, MaterialRow } from '../database-schema.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import { materialParts } from '../integrity/row-macs.ts';
import { statement } from '../statement.ts';
import { inChunks } from './in-chunks.ts';
import { namedPage } from './named-page.ts';
import type { SealedValues } from './sealed-values.ts';

type Kind = MaterialRow['kind'];
type MaterialWith<Placed> = Material & { readonly environments: readonly Placed[] };
type PlacedEntry = { readonly altered?: boolean };

export interface PlacedRow<Placed> {
  readonly materialId: string;
  readonly placed: Placed;
  /** What the MAC covers of it. */
  readonly parts: readonly MacPart[];
  readonly mac: Buffer | null;
}

export interface GivenPlaced<Placed> {
  readonly materialId: string;
  readonly placed: Placed;
  macOf(parts: readonly MacPart[]): Buffer;
}

/** What all rows with secrets go through: MACs, and data keys. */
export interface RowGuards {
  readonly guard: RowGuard;
  readonly sealed: SealedValues;
}

/** What one kind adds. */
export interface MaterialTableLayout<M extends MaterialWith<Placed>, Placed> {
  readonly kind: Kind;
  /** Columns of `materials` that only this kind has. */
  columnsOf(material: M): Pick<MaterialRow, 'key_type' | 'algorithm'>;
  materialOf(row: MaterialRow, shared: Material, environments: readonly Placed[]): M;
  /** Where it keeps what belongs to an environment. */
  readonly placedTable: `${'certificate' | 'crypto_key' | 'keystore'}_environments`;
  /** What the materials have in environments, or in this one, each with the id of its material. */
  listPlaced(
    database: Database,
    materialIds: readonly string[],
    environmentId?: string,
  ): Promise<readonly PlacedRow<Placed>[]>;
  sealedOf(placed: Placed): readonly (Sealed | null)[];
  insertPlaced(database: Database, given: GivenPlaced<Placed>): Promise<void>;
  deletePlaced(database: Database, materialId: string): Promise<void>;
}

const findOne = statement((db, key: { kind: Kind; projectId: string; name: string }) =>
  db
    .selectFrom('materials')
    .selectAll()
    .where('project_id', '=', key.projectId)
    .where('kind', '=', key.kind)
    .where('name', '=', key.name),
);
const listAllOfProject = statement((db, key: { kind: Kind; projectId: string }) =>
  db
    .selectFrom('materials')
    .selectAll()
    .where('project_id', '=', key.projectId)
    .where('kind', '=', key.kind)
    .orderBy('name'),
);
const insertOne = statement((db, row: MaterialRow) => db.insertInto('materials').values(row));
const updateOne = statement((db, { id, kind, ...columns }: Omit<MaterialRow, 'project_id' | 'created_at'>) =>
  db.updateTable('materials').set(columns).where('id', '=', id).where('kind', '=', kind),
);
const deleteOne = statement((db, key: { kind: Kind; id: string }) =>
  db.deleteFrom('materials').where('id', '=', key.id).where('kind', '=', key.kind),
);

export class MaterialTable<M extends MaterialWith<Placed>, Placed extends PlacedEntry>
  implements MaterialStore<M>
{
  readonly #database: Database;
  readonly #kind: MaterialTableLayout<M, Placed>;
  readonly #guard: RowGuard;
  readonly #sealed: SealedValues;

  constructor(database: Database, kind: MaterialTableLayout<M, Placed>, { guard, sealed }: RowGuards) {
    this.#database = database;
    this.#kind = kind;
    this.#guard = guard;
    this.#sealed = sealed;
  }

  async find(projectId: string, name: string): Promise<M | undefined> {
    const row = await findOne.first(this.#database, { kind: this.#kind.kind, projectId, name });
    return row && (await this.#withEnvironments([row]))[0];
  }

  async getMany(ids: readonly string[], environmentId?: string): Promise<readonly M[]> {
    const found = new Map<string, M>();
    for (const chunk of inChunks(ids)) {
      const rows = await this.#database
        .selectFrom('materials')
        .selectAll()
        .where('id', 'in', chunk)
        .where('kind', '=', this.#kind.kind)
        .execute();
      for (const material of await this.#withEnvironments(rows, environmentId)) {
        found.set(material.id, material);
      }
    }
    return ids.map((id) => found.get(id)).filter((material) => material !== undefined);
  }

  async idsPlaced(projectId: string, environmentId: string): Promise<readonly string[]> {
    const table = sql.table(this.#kind.placedTable);
    const rows = await this.#database
      .selectFrom('materials')
      .select('id')
      .where(
        'id',
        'in',
        sql<string>`(select material_id from ${table} where environment_id = ${environmentId})`,
      )
      .where('project_id', '=', projectId)
      .where('kind', '=', this.#kind.kind)
      .orderBy('id')
      .execute();
    return rows.map(({ id }) => id);
  }

  async list(
    projectId: string,
    query: MaterialListQuery,
  ): Promise<{ readonly items: readonly M[]; readonly total: number }> {
    const matching = this.#database
      .selectFrom('materials')
      .where('project_id', '=', projectId)
      .where('kind', '=', this.#kind.kind);
    const { rows, total } = await namedPage(matching, query);
    return { items: await this.#withEnvironments(rows), total };
  }

  async listOfProject(projectId: string): Promise<readonly M[]> {
    const rows = await listAllOfProject.all(this.#database, { kind: this.#kind.kind, projectId });
    return this.#withEnvironments(rows);
  }

  async insert(material: M): Promise<void> {
    const row = await this.#rowOf(material);
    await insertOne.run(this.#database, row);
    await this.#insertEnvironments(material, row);
  }

  async update(material: M): Promise<void> {
    const row = await this.#rowOf(material);
    const { project_id: _project, created_at: _created, ...columns } = row;
    await updateOne.run(this.#database, columns);
    await this.#kind.deletePlaced(this.#database, material.id);
    await this.#insertEnvironments(material, row);
  }

  async delete(id: string): Promise<void> {
    await deleteOne.run(this.#database, { kind: this.#kind.kind, id });
  }

  async #insertEnvironments(material: M, row: MaterialRow): Promise<void> {
    const macOf = (parts: readonly MacPart[]) => this.#guard.mac(materialParts(row, parts));
    for (const placed of material.environments) {
      // Written again as it is, it would get a MAC that is right.
      if (placed.altered) throw alteredInDatabase(`The ${this.#kind.kind} (name: ${material.name})`);
      await this.#kind.insertPlaced(this.#database, { materialId: material.id, placed, macOf });
    }
  }

  async #withEnvironments(rows: readonly MaterialRow[], environmentId?: string): Promise<readonly M[]> {
    const byMaterial = new Map(rows.map((row) => [row.id, { row, found: [] as Placed[] }]));
    for (const chunk of inChunks([...byMaterial.keys()])) {
      const all = await this.#kind.listPlaced(this.#database, chunk, environmentId);
      await this.#sealed.learn(all.flatMap(({ placed }) => this.#kind.sealedOf(placed)));
      for (const { materialId, placed, parts, mac } of all) {
        const own = byMaterial.get(materialId);
        if (own === undefined) continue;
        const altered = this.#guard.isAltered(materialParts(own.row, parts), mac);
        own.found.push(altered ? { ...placed, altered } : placed);
      }
    }
    return rows.map((row) => this.#kind.materialOf(row, sharedOf(row), byMaterial.get(row.id)?.found ?? []));
  }

  async #rowOf(material: M): Promise<MaterialRow> {
    return {
      id: material.id,
      kind: this.#kind.kind,
      project_id: material.projectId,
      name: material.name,
      description: material.description,
      ...this.#kind.columnsOf(material),
      created_at: material.createdAt.getTime(),
      updated_at: material.updatedAt.getTime(),
      audit_sequence: await this.#guard.auditSequence(),
    };
  }
}

function sharedOf(row: MaterialRow): Material {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}
