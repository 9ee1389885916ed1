import { sql } from 'kysely';
import { requireIntactEnvironment } from '../../altered-settings.ts';
import type { Environment, EnvironmentStore } from '../../environments/environment-store.ts';
import type { WakeTopic } from '../../unit-of-work.ts';
import type { Database, EnvironmentProjectRow, EnvironmentRow } from '../database-schema.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import { type EnvironmentColumns, environmentParts } from '../integrity/row-macs.ts';
import { listStatement, statement } from '../statement.ts';
import { flag } from './column-values.ts';
import { databaseNow } from './database-clock.ts';
import { deleteInPieces, type Piece } from './delete-in-pieces.ts';
import { inChunks } from './in-chunks.ts';

/** What an `Environment` has. */
type Columns = Omit<EnvironmentRow, 'node_removed_at'>;

const listAll = statement((db, _: object) => db.selectFrom('environments').selectAll().orderBy('name'));
const listAllLinks = statement((db, _: object) => db.selectFrom('environment_projects').selectAll());
const listReached = statement((db, key: { projectId: string }) =>
  db
    .selectFrom('environments')
    .selectAll()
    .where((e) =>
      e.or([
        e('restricted', '=', 0),
        e(
          'id',
          'in',
          e
            .selectFrom('environment_projects')
            .select('environment_id')
            .where('project_id', '=', key.projectId),
        ),
      ]),
    )
    .orderBy('name'),
);
const listLinks = statement((db, key: { environmentId: string }) =>
  db.selectFrom('environment_projects').selectAll().where('environment_id', '=', key.environmentId),
);
const findOne = statement((db, key: { name: string }) =>
  db.selectFrom('environments').selectAll().where('name', '=', key.name),
);
const getOne = statement((db, key: { id: string }) =>
  db.selectFrom('environments').selectAll().where('id', '=', key.id),
);
const findNames = listStatement((db, keys: readonly { id: string }[]) =>
  db
    .selectFrom('environments')
    .select(['id', 'name'])
    .where(
      'id',
      'in',
      keys.map(({ id }) => id),
    ),
);
const insertOne = statement((db, row: Columns) => db.insertInto('environments').values(row));
const updateOne = statement((db, row: Columns) =>
  db
    .updateTable('environments')
    .set({
      name: row.name,
      description: row.description,
      type: row.type,
      access_url: row.access_url,
      restricted: row.restricted,
      environment_set: row.environment_set,
      updated_at: row.updated_at,
      audit_sequence: row.audit_sequence,
      mac: row.mac,
    })
    .where('id', '=', row.id),
);
const deleteOne = statement((db, key: { id: string }) =>
  db.deleteFrom('environments').where('id', '=', key.id),
);
/** Of what the database would take along by itself, what may be so much that it would hold the event loop. */
const pieces: readonly Piece[] = [
  { table: 'desired_objects', key: 'revision', limit: 512 },
  { table: 'certificate_environments', key: 'material_id', limit: 128 },
  { table: 'crypto_key_environments', key: 'material_id', limit: 128 },
  { table: 'keystore_environments', key: 'material_id', limit: 8 },
  { table: 'nodes', key: 'id', limit: 512 },
];
const insertLink = statement((db, row: EnvironmentProjectRow) =>
  db.insertInto('environment_projects').values(row),
);
const deleteLinks = statement((db, key: { environmentId: string }) =>
  db.deleteFrom('environment_projects').where('environment_id', '=', key.environmentId),
);

export class EnvironmentTable implements EnvironmentStore {
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

  async list(): Promise<readonly Environment[]> {
    return this.#withLinks(await listAll.all(this.#database, {}));
  }

  async listReachedBy(projectId: string): Promise<readonly Environment[]> {
    return this.#withLinks(await listReached.all(this.#database, { projectId }));
  }

  async find(name: string): Promise<Environment | undefined> {
    const row = await findOne.first(this.#database, { name });
    return row && this.#withOwnLinks(row);
  }

  async get(id: string): Promise<Environment | undefined> {
    const row = await getOne.first(this.#database, { id });
    return row && this.#withOwnLinks(row);
  }

  async names(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    for (const chunk of inChunks(ids.map((id) => ({ id })))) {
      for (const { id, name } of await findNames.all(this.#database, chunk)) names.set(id, name);
    }
    return names;
  }

  async insert(environment: Environment): Promise<void> {
    await insertOne.run(this.#database, await this.#guarded(environment));
    await this.#insertLinks(environment);
  }

  async update(environment: Environment): Promise<void> {
    await updateOne.run(this.#database, await this.#guarded(environment));
    await deleteLinks.run(this.#database, { environmentId: environment.id });
    await this.#insertLinks(environment);
  }

  async delete(id: string): Promise<void> {
    await deleteInPieces(this.#database, { column: 'environment_id', id, pieces });
    await deleteOne.run(this.#database, { id });
    this.#notify('sessions');
  }

  async markRemoval(ids: readonly string[]): Promise<void> {
    for (const chunk of inChunks(ids)) {
      await this.#database
        .updateTable('environments')
        .set({ node_removed_at: sql<number>`${databaseNow(this.#database)}` })
        .where('id', 'in', chunk)
        .execute();
    }
  }

  async #guarded(environment: Environment): Promise<Columns> {
    // Written again as it is, it would get a MAC that is right.
    requireIntactEnvironment(environment);
    const row = columnsOf(environment, await this.#guard.auditSequence());
    return { ...row, mac: this.#guard.mac(environmentParts(row)) };
  }

  async #insertLinks(environment: Environment): Promise<void> {
    for (const projectId of new Set(environment.projectIds ?? [])) {
      await insertLink.run(this.#database, { environment_id: environment.id, project_id: projectId });
    }
  }

  async #withOwnLinks(row: EnvironmentRow): Promise<Environment> {
    const links = row.restricted === 0 ? [] : await listLinks.all(this.#database, { environmentId: row.id });
    return this.#environmentOf(row, links);
  }

  async #withLinks(rows: readonly EnvironmentRow[]): Promise<readonly Environment[]> {
    const hasRestricted = rows.some((row) => row.restricted !== 0);
    const links = hasRestricted ? await listAllLinks.all(this.#database, {}) : [];
    const byEnvironment = Map.groupBy(links, (link) => link.environment_id);
    return rows.map((row) => this.#environmentOf(row, byEnvironment.get(row.id) ?? []));
  }

  /** Checked when it is read: most callers of a list of thousands do not read it. */
  #environmentOf(row: EnvironmentRow, links: readonly EnvironmentProjectRow[]): Environment {
    const guard = this.#guard;
    return {
      id: row.id,
      name: row.name,
      description: row.description,
      type: row.type,
      accessUrl: row.access_url,
      projectIds: row.restricted === 0 ? null : links.map((link) => link.project_id).sort(),
      environmentSet: row.environment_set !== 0,
      createdAt: new Date(row.created_at),
      updatedAt: new Date(row.updated_at),
      get altered() {
        return guard.isAltered(environmentParts(row), row.mac) || undefined;
      },
    };
  }
}

function columnsOf(environment: Environment, auditSequence: number): EnvironmentColumns {
  return {
    id: environment.id,
    name: environment.name,
    description: environment.description,
    type: environment.type,
    access_url: environment.accessUrl,
    restricted: flag(environment.projectIds !== null),
    environment_set: flag(environment.environmentSet),
    created_at: environment.createdAt.getTime(),
    updated_at: environment.updatedAt.getTime(),
    audit_sequence: auditSequence,
  };
}
