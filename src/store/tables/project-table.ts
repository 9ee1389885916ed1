import type { Project, ProjectStore } from '../../access/access-store.ts';
import { requireIntactProject } from '../../altered-settings.ts';
import type { WakeTopic } from '../../unit-of-work.ts';
import type { Database, ProjectRow } from '../database-schema.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import { type ProjectColumns, projectParts } from '../integrity/row-macs.ts';
import { statement } from '../statement.ts';
import { deleteInPieces, type Piece } from './delete-in-pieces.ts';

const listAll = statement((db, _: object) => db.selectFrom('projects').selectAll().orderBy('name'));
const findOne = statement((db, key: { name: string }) =>
  db.selectFrom('projects').selectAll().where('name', '=', key.name),
);
const getOne = statement((db, key: { id: string }) =>
  db.selectFrom('projects').selectAll().where('id', '=', key.id),
);
const insertOne = statement((db, row: ProjectRow) => db.insertInto('projects').values(row));
const updateOne = statement((db, row: ProjectRow) =>
  db
    .updateTable('projects')
    .set({
      name: row.name,
      description: row.description,
      historical_key_ring_name: row.historical_key_ring_name,
      publish_key_types: row.publish_key_types,
      updated_at: row.updated_at,
      audit_sequence: row.audit_sequence,
      mac: row.mac,
    })
    .where('id', '=', row.id),
);
const deleteOne = statement((db, key: { id: string }) => db.deleteFrom('projects').where('id', '=', key.id));

/** Of what the database would take along by itself, what may be so much that it would hold the event loop. */
const pieces: readonly Piece[] = [
  { table: 'jwks', key: 'id', limit: 256 },
  { table: 'key_rings', key: 'id', limit: 256 },
  { table: 'applications', key: 'id', limit: 256 },
  { table: 'token_profiles', key: 'id', limit: 256 },
  { table: 'events', key: 'sequence', limit: 1_000 },
  { table: 'views', key: 'id', limit: 256 },
  { table: 'outlets', key: 'id', limit: 256 },
  // With what it has in every environment, and a keystore's file may be 10 MiB.
  { table: 'materials', key: 'id', limit: 4 },
];

export class ProjectTable implements ProjectStore {
  readonly #database: Database;
  readonly #notify: (topic: WakeTopic) => void;
  readonly #guard: RowGuard;

  constructor(
    database: Database,
    { notify, guard }: { readonly notify: (topic: WakeTopic) => void; readonly guard: RowGuard },
  ) {
    this.#database = database;
    this.#notify = notify;
    this.#guard = guard;
  }

  async list(): Promise<readonly Project[]> {
    return (await listAll.all(this.#database, {})).map((row) => projectOf(row, this.#guard));
  }

  async find(name: string): Promise<Project | undefined> {
    const row = await findOne.first(this.#database, { name });
    return row && projectOf(row, this.#guard);
  }

  async get(id: string): Promise<Project | undefined> {
    const row = await getOne.first(this.#database, { id });
    return row && projectOf(row, this.#guard);
  }

  async insert(project: Project): Promise<void> {
    await insertOne.run(this.#database, await this.#guarded(project));
  }

  async update(project: Project): Promise<void> {
    await updateOne.run(this.#database, await this.#guarded(project));
    this.#notify('access');
  }

  async delete(id: string): Promise<void> {
    await deleteInPieces(this.#database, { column: 'project_id', id, pieces });
    await deleteOne.run(this.#database, { id });
    this.#notify('access');
  }

  async #guarded(project: Project): Promise<ProjectRow> {
    // Written again as it is, it would get a MAC that is right.
    requireIntactProject(project);
    const row = columnsOf(project, await this.#guard.auditSequence());
    return { ...row, mac: this.#guard.mac(projectParts(row)) };
  }
}

/** Checked when it is read: most callers of a list of thousands do not read it. */
export function projectOf(row: ProjectRow, guard: RowGuard): Project {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    historicalKeyRingName: row.historical_key_ring_name,
    publishKeyTypes: row.publish_key_types === null ? null : JSON.parse(row.publish_key_types),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    get altered() {
      return guard.isAltered(projectParts(row), row.mac) || undefined;
    },
  };
}

function columnsOf(project: Project, auditSequence: number): ProjectColumns {
  return {
    id: project.id,
    name: project.name,
    description: project.description,
    historical_key_ring_name: project.historicalKeyRingName,
    publish_key_types: project.publishKeyTypes && JSON.stringify(project.publishKeyTypes),
    created_at: project.createdAt.getTime(),
    updated_at: project.updatedAt.getTime(),
    audit_sequence: auditSequence,
  };
}
