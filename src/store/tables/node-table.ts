import { type Insertable, type RawBuilder, type Selectable, sql } from 'kysely';
import type {
  DivergedNode,
  EnvironmentNodes,
  ExpectedNode,
  HeldNode,
  NodeClaim,
  NodeHeartbeat,
  NodeRefusal,
  NodeStatus,
  NodeStore,
  RecordedHeartbeat,
  RegisteredNode,
} from '../../environments/environment-store.ts';
import type { Database, NodeRow } from '../database-schema.ts';
import { listStatement, statement } from '../statement.ts';
import { dateOrNull, flag, timeOrNull } from './column-values.ts';
import { databaseNow } from './database-clock.ts';
import { inChunks } from './in-chunks.ts';
import { isAlive, isAliveAt } from './manager-table.ts';
import type { TableContext } from './table-context.ts';

const insertOne = statement((db, row: Insertable<NodeRow>) => db.insertInto('nodes').values(row));
const findHolder = statement((db, key: { nodeId: string }) =>
  db.selectFrom('nodes').select('manager_id').where('id', '=', key.nodeId),
);
const claimOne = statement(
  (
    db,
    claim: Omit<NodeClaim, 'privateKeys' | 'ephemeral'> & {
      privateKeys: number;
      ephemeral: number;
    },
  ) =>
    db
      .updateTable('nodes')
      .set((e) => ({
        manager_id: claim.managerId,
        connection: e('connection', '+', 1),
        connected: 1,
        applied_revision: 0,
        version: claim.version,
        last_seen_at: databaseNow(db),
        key_id: claim.keyId,
        private_keys: claim.privateKeys,
        address: claim.address,
        clock_offset_ms: claim.clockOffsetMs,
        serve_limit_ms: claim.serveLimitMs,
        ephemeral: claim.ephemeral,
        refused_revision: null,
        refused_reason: null,
      }))
      .where('id', '=', claim.nodeId)
      .returning('connection'),
);
const listHeld = statement((db, key: { managerId: string }) =>
  db
    .selectFrom('nodes')
    .select(['id', 'connection', 'applied_revision'])
    .where('manager_id', '=', key.managerId),
);
const countAll = statement((db, _: object) =>
  db.selectFrom('nodes').select((e) => e.fn.countAll<number>().as('count')),
);
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
const deleteDeliveries = statement((db, key: { id: string }) =>
  db.deleteFrom('outlet_deliveries').where('node_id', '=', key.id),
);

type StatusRow = ReturnType<typeof statusRow>;

function statusRow({ nodeId, managerId, connection, version, refusal, ...seen }: NodeStatus) {
  return {
    nodeId,
    managerId,
    connection,
    appliedRevision: seen.appliedRevision,
    connected: flag(seen.connected),
    version,
    refusedRevision: refusal?.revision ?? null,
    refusedReason: refusal?.reason ?? null,
  };
}

const recordStatuses = listStatement((db, statuses: readonly StatusRow[]) => {
  const rows = statuses.map(
    (seen) => sql`(${seen.nodeId}, cast(${seen.managerId} as text), cast(${seen.connection} as bigint),
  cast(${seen.appliedRevision} as bigint), cast(${seen.connected} as smallint), cast(${seen.version} as text),
  cast(${seen.refusedRevision} as bigint), cast(${seen.refusedReason} as text))`,
  );
  // Both dialects call the columns of a list of values column1, column2, …; only PostgreSQL could rename them.
  // SQLite would otherwise index the list by manager and connection, which nearly all entries share, and compare each
  // node with each entry. An expression that it cannot index leaves only the node's id.
  const query = sql`update nodes
set applied_revision = seen.column4,
  applied_at = case when seen.column4 = nodes.applied_revision then nodes.applied_at
    else ${databaseNow(db)} end,
  connected = seen.column5,
  version = coalesce(seen.column6, nodes.version),
  last_seen_at = ${databaseNow(db)},
  refused_revision = seen.column7,
  refused_reason = seen.column8
from (values ${sql.join(rows)}) as seen
where nodes.id = seen.column1
  and nodes.manager_id = coalesce(seen.column2, '') and nodes.connection = coalesce(seen.column3, 0)`;
  return { compile: () => query.compile(db) };
});

interface HeardRow {
  readonly id: string;
  readonly last_seen_at: number;
}

const recordHeardOfOneManager = recordHeard(false);
const recordHeardAmongManagers = recordHeard(true);

function recordHeard(isShared: boolean) {
  return listStatement((db, heartbeats: readonly NodeHeartbeat[]) => {
    const rows = heartbeats.map(
      (seen) => sql`(${seen.nodeId}, cast(${seen.managerId} as text), cast(${seen.connection} as bigint),
  cast(${seen.clockOffsetMs} as bigint))`,
    );
    const ids = sql.join(heartbeats.map(({ nodeId }) => nodeId));
    // Statuses of the same nodes are written at the same time, in any order: neither may wait for the other.
    const free = isShared
      ? sql`and nodes.id in (select id from nodes where id in (${ids}) for no key update skip locked)`
      : sql``;
    const query = sql<HeardRow>`update nodes
set last_seen_at = ${databaseNow(db)}, clock_offset_ms = seen.column4
from (values ${sql.join(rows)}) as seen
where nodes.id = seen.column1 and nodes.manager_id = coalesce(seen.column2, '')
  and nodes.connection = coalesce(seen.column3, 0) ${free}
returning nodes.id as id, nodes.last_seen_at as last_seen_at`;
    return { compile: () => query.compile(db) };
  });
}

interface ExpectedRow
  extends Pick<NodeRow, 'name' | 'applied_revision' | 'manager_id' | 'refused_revision' | 'refused_reason'> {
  readonly environment_id: string;
  readonly environment_name: string;
  /** Null in the one row of an environment without nodes, and so are all others of the node. */
  readonly id: string | null;
  readonly connected: number;
}

const listOfOneManager = listExpected(false);
const listAmongManagers = listExpected(true);

/** A manager that cannot be alive has no connected nodes, even if it recorded some. */
function listExpected(isShared: boolean) {
  return listStatement(
    (db, keys: readonly { environmentId: string }[]) => {
      const alive = isShared ? isAliveAt(databaseNow(db)) : sql`1 = 1`;
      const ids = sql.join(keys.map(({ environmentId }) => environmentId));
      const query = sql<ExpectedRow>`select environments.id as environment_id, environments.name as environment_name,
  nodes.id as id, nodes.name as name, nodes.applied_revision as applied_revision, nodes.manager_id as manager_id,
  nodes.refused_revision as refused_revision, nodes.refused_reason as refused_reason,
  case when nodes.connected = 1 and managers.id is not null then 1 else 0 end as connected
from environments
left join nodes on nodes.environment_id = environments.id
left join managers on managers.id = nodes.manager_id and ${alive}
where environments.id in (${ids}) order by nodes.name`;
      return { compile: () => query.compile(db) };
    },
    { isKept: true },
  );
}

function expectedOf(row: ExpectedRow & { readonly id: string }): ExpectedNode {
  return {
    id: row.id,
    environmentId: row.environment_id,
    name: row.name,
    appliedRevision: row.applied_revision,
    connected: row.connected === 1,
    managerId: row.manager_id,
    refusal: refusalOf(row),
  };
}

function refusalOf(row: Pick<NodeRow, 'refused_revision' | 'refused_reason'>): NodeRefusal | null {
  if (row.refused_revision === null) return null;
  return { revision: row.refused_revision, reason: row.refused_reason ?? '' };
}

export class NodeTable implements NodeStore {
  readonly #database: Database;
  readonly #context: TableContext;

  constructor(database: Database, context: TableContext) {
    this.#database = database;
    this.#context = context;
  }

  async list(environmentId: string): Promise<readonly RegisteredNode[]> {
    return this.#select(sql`nodes.environment_id = ${environmentId}`);
  }

  async deployedIn(environmentIds: readonly string[]): Promise<readonly EnvironmentNodes[]> {
    const { isShared } = this.#context.engine;
    const found = new Map<string, Omit<EnvironmentNodes, 'nodes'> & { readonly nodes: ExpectedNode[] }>();
    for (const chunk of inChunks(environmentIds.map((environmentId) => ({ environmentId })))) {
      const rows = await (isShared ? listAmongManagers : listOfOneManager).all(this.#database, chunk);
      for (const row of rows) {
        const { environment_id: environmentId, environment_name: environmentName } = row;
        const environment = found.get(environmentId) ?? { environmentId, environmentName, nodes: [] };
        found.set(environmentId, environment);
        if (row.id !== null) environment.nodes.push(expectedOf({ ...row, id: row.id }));
      }
    }
    return [...found.values()];
  }

  async listOf(environmentIds: readonly string[]): Promise<readonly RegisteredNode[]> {
    if (environmentIds.length === 0) return [];
    return this.#select(sql`nodes.environment_id in (${sql.join(environmentIds)})`);
  }

  async find(environmentId: string, name: string): Promise<RegisteredNode | undefined> {
    const [node] = await this.#select(sql`nodes.environment_id = ${environmentId} and nodes.name = ${name}`);
    return node;
  }

  /** A manager that cannot be alive has no connected nodes, even if it recorded some. */
  async #select(where: RawBuilder<unknown>): Promise<readonly RegisteredNode[]> {
    const { rows } = await sql<Selectable<NodeRow> & { alive: number }>`select nodes.*,
  case when exists (select 1 from managers
    where managers.id = nodes.manager_id and ${isAlive(this.#context.engine)}) then 1 else 0 end as alive
from nodes where ${where} order by nodes.name`.execute(this.#database);
    return rows.map(nodeOf);
  }

  async claim(claim: NodeClaim): Promise<number | undefined> {
    const { nodeId, managerId, privateKeys } = claim;
    const before = await findHolder.first(this.#database, { nodeId });
    if (before === undefined) return undefined;
    const { notify } = this.#context;
    notify('nodes');
    if (before.manager_id !== managerId) notify('sessions');
    const claimed = await claimOne.first(this.#database, {
      nodeId,
      managerId,
      version: claim.version,
      keyId: claim.keyId,
      address: claim.address,
      clockOffsetMs: claim.clockOffsetMs,
      privateKeys: flag(privateKeys),
      serveLimitMs: claim.serveLimitMs,
      ephemeral: flag(claim.ephemeral),
    });
    return claimed?.connection;
  }

  async count(): Promise<number> {
    const row = await countAll.first(this.#database, {});
    // PostgreSQL counts in 64 bits, which come as a text.
    return Number(row?.count ?? 0);
  }

  async heldBy(managerId: string): Promise<readonly HeldNode[]> {
    const rows = await listHeld.all(this.#database, { managerId });
    return rows.map(({ id, connection, applied_revision }) => ({
      nodeId: id,
      connection,
      appliedRevision: applied_revision,
    }));
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
      manager_id: node.managerId,
      refused_revision: node.refusal?.revision ?? null,
      refused_reason: node.refusal?.reason ?? null,
      diverged_revision: null,
      diverged_at: null,
      key_id: node.keyId,
      private_keys: flag(node.privateKeys),
      address: node.address,
      clock_offset_ms: node.clockOffsetMs,
      applied_at: timeOrNull(node.appliedAt),
      serve_limit_ms: node.serveLimitMs,
      ephemeral: flag(node.ephemeral),
    });
  }

  async takeUsageReport(nodeId: string, report: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#database
      .updateTable('nodes')
      .set({ usage_report: report })
      .where('id', '=', nodeId)
      .where('usage_report', '<', report)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async record(statuses: readonly NodeStatus[]): Promise<void> {
    // The latest of several statuses of one node counts: an update from a list takes any of them.
    const latest = new Map(statuses.map((status) => [status.nodeId, status]));
    const rows = [...latest.values()].map(statusRow);
    for (const chunk of inChunks(rows)) {
      await recordStatuses.run(this.#database, chunk);
      this.#context.notify('nodes');
    }
  }

  async recordHeartbeats(heartbeats: readonly NodeHeartbeat[]): Promise<readonly RecordedHeartbeat[]> {
    const recorded: RecordedHeartbeat[] = [];
    const { isShared } = this.#context.engine;
    for (const chunk of inChunks(heartbeats)) {
      const written = await (isShared ? recordHeardAmongManagers : recordHeardOfOneManager).all(
        this.#database,
        chunk,
      );
      for (const { id, last_seen_at } of written)
        recorded.push({ nodeId: id, lastSeenAt: Number(last_seen_at) });
    }
    return recorded;
  }

  async leave(stream: Pick<NodeHeartbeat, 'nodeId' | 'managerId' | 'connection'>): Promise<void> {
    const { nodeId, managerId, connection } = stream;
    const { rows } = await sql<{ id: string }>`select id from nodes
where id = ${nodeId} and manager_id = ${managerId} and connection = ${connection}`.execute(this.#database);
    if (rows.length > 0) await this.delete(nodeId);
  }

  async delete(id: string): Promise<void> {
    await sql`update environments set node_removed_at = ${databaseNow(this.#database)}
where id = (select environment_id from nodes where id = ${id})`.execute(this.#database);
    await deleteOne.run(this.#database, { id });
    await deleteDeliveries.run(this.#database, { id });
    this.#context.notify('sessions');
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

function nodeOf(row: Selectable<NodeRow> & { alive: number }): RegisteredNode {
  return {
    id: row.id,
    environmentId: row.environment_id,
    name: row.name,
    version: row.version,
    appliedRevision: row.applied_revision,
    connected: row.connected === 1 && row.alive === 1,
    lastSeenAt: dateOrNull(row.last_seen_at),
    createdAt: new Date(row.created_at),
    managerId: row.manager_id,
    refusal: refusalOf(row),
    ...(row.diverged_revision !== null && { divergedRevision: row.diverged_revision }),
    keyId: row.key_id,
    privateKeys: row.private_keys === 1,
    address: row.address,
    clockOffsetMs: row.clock_offset_ms,
    appliedAt: dateOrNull(row.applied_at),
    serveLimitMs: row.serve_limit_ms,
    ephemeral: row.ephemeral === 1,
  };
}
