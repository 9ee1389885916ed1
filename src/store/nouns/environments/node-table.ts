import { sql } from 'kysely';
import type {
  DivergedNode,
  NodeSighting,
  NodeStore,
  RegisteredNode,
} from '../../../environments/environment-store.ts';
import { statement } from '../../statement.ts';
import type { Database, NodeRow } from '../../tables.ts';
import { dateOrNull, flag, timeOrNull } from '../column-values.ts';
import { inChunks } from '../in-chunks.ts';

const listOfEnvironment = statement((db, key: { environmentId: string }) =>
  db.selectFrom('nodes').selectAll().where('environment_id', '=', key.environmentId).orderBy('name'),
);
const findOne = statement((db, key: { environmentId: string; name: string }) =>
  db
    .selectFrom('nodes')
    .selectAll()
    .where('environment_id', '=', key.environmentId)
    .where('name', '=', key.name),
);
const insertOne = statement((db, row: NodeRow) => db.insertInto('nodes').values(row));
const listAllDiverged = statement((db, _: object) =>
  db
    .selectFrom('nodes')
    .select(['id', 'environment_id', 'name', 'diverged_revision', 'diverged_at'])
    .where('diverged_revision', 'is not', null)
    .orderBy('name'),
);
const setDiverged = statement((db, row: { id: string; revision: number | null; at: number | null }) =>
  db
    .updateTable('nodes')
    .set({ diverged_revision: row.revision, diverged_at: row.at })
    .where('id', '=', row.id),
);
const deleteOne = statement((db, key: { id: string }) => db.deleteFrom('nodes').where('id', '=', key.id));

export class NodeTable implements NodeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(environmentId: string): Promise<readonly RegisteredNode[]> {
    return (await listOfEnvironment.all(this.#database, { environmentId })).map(nodeOf);
  }

  async find(environmentId: string, name: string): Promise<RegisteredNode | undefined> {
    const row = await findOne.first(this.#database, { environmentId, name });
    return row && nodeOf(row);
  }

  async insert(node: RegisteredNode): Promise<void> {
    await insertOne.run(this.#database, {
      id: node.id,
      environment_id: node.environmentId,
      name: node.name,
      version: node.version,
      applied_revision: node.appliedRevision,
      connected: flag(node.connected),
      last_seen_at: timeOrNull(node.lastSeenAt),
      created_at: node.createdAt.getTime(),
      manager_id: null,
      refused_revision: null,
      refused_reason: null,
      diverged_revision: null,
      diverged_at: null,
    });
  }

  async record(sightings: readonly NodeSighting[]): Promise<void> {
    // The latest of several sightings of one node counts: an update from a list takes any of them.
    const latest = new Map(sightings.map((sighting) => [sighting.nodeId, sighting]));
    for (const chunk of inChunks([...latest.values()])) await this.#recordChunk(chunk);
  }

  async #recordChunk(sightings: readonly NodeSighting[]): Promise<void> {
    const rows = sightings.map(
      (seen) =>
        sql`(${seen.nodeId}, cast(${seen.appliedRevision} as bigint), cast(${flag(seen.connected)} as smallint), cast(${seen.version} as text), cast(${seen.lastSeenAt.getTime()} as bigint))`,
    );
    // Both dialects call the columns of a list of values column1, column2, …; only PostgreSQL could rename them.
    await sql`update nodes
set applied_revision = seen.column2,
  connected = seen.column3,
  version = coalesce(seen.column4, nodes.version),
  last_seen_at = seen.column5
from (values ${sql.join(rows)}) as seen
where nodes.id = seen.column1`.execute(this.#database);
  }

  async delete(id: string): Promise<void> {
    await deleteOne.run(this.#database, { id });
  }

  async listDiverged(): Promise<readonly DivergedNode[]> {
    return (await listAllDiverged.all(this.#database, {})).map((row) => ({
      nodeId: row.id,
      environmentId: row.environment_id,
      name: row.name,
      revision: row.diverged_revision ?? 0,
      since: new Date(row.diverged_at ?? 0),
    }));
  }

  async markDiverged(
    id: string,
    divergence: { readonly revision: number; readonly since: Date } | undefined,
  ): Promise<void> {
    const at = timeOrNull(divergence?.since ?? null);
    await setDiverged.run(this.#database, { id, revision: divergence?.revision ?? null, at });
  }
}

function nodeOf(row: NodeRow): RegisteredNode {
  return {
    id: row.id,
    environmentId: row.environment_id,
    name: row.name,
    version: row.version,
    appliedRevision: row.applied_revision,
    connected: row.connected === 1,
    lastSeenAt: dateOrNull(row.last_seen_at),
    createdAt: new Date(row.created_at),
  };
}
