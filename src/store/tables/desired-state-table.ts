import { type Compilable, type Insertable, type RawBuilder, type Selectable, sql } from 'kysely';
import type {
  DesiredKey,
  DesiredObject,
  DesiredPage,
  DesiredStateStore,
  EnvironmentHead,
  EnvironmentState,
  LockedState,
  NewJwkKey,
  NewJwkPlace,
} from '../../deployments/desired-state-store.ts';
import { KeyplaneError } from '../../errors.ts';
import type { DeployedKind } from '../../protocol/content.ts';
import { emptyDigest } from '../../protocol/state-digest.ts';
import type { Database, DesiredObjectRow, EnvironmentStateRow } from '../database-schema.ts';
import { RequiresExclusive } from '../engine.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import { desiredObjectParts, headParts } from '../integrity/row-macs.ts';
import { latestOfEach, listStatement, statement } from '../statement.ts';
import { inChunks, inChunksOnce } from './in-chunks.ts';
import { isHolder, isNamesake, readPlace, readPlaces } from './jwk-places.ts';
import type { PlaceRow } from './place-row.ts';
import { type TableContext, type WithinTurn, withinOf } from './table-context.ts';

type Page = { environmentId: string; afterRevision: number; limit: number };

const findState = statement((db, key: { environmentId: string }) =>
  db.selectFrom('environment_states').selectAll().where('environment_id', '=', key.environmentId),
);
// One statement for both: polling an environment once a second needs only its state.
const findHead = statement((db, key: { environmentId: string }) =>
  db
    .selectFrom('environment_states')
    .selectAll()
    .select((e) => e.selectFrom('installation').select('value').where('key', '=', 'lineage').as('lineage'))
    .where('environment_id', '=', key.environmentId),
);
const listStates = statement((db, _: object) =>
  db
    .selectFrom('environments')
    .leftJoin('environment_states', 'environment_states.environment_id', 'environments.id')
    .select(['environments.id', 'environment_states.revision', 'environment_states.digest'])
    .orderBy('environments.id'),
);
const findStates = listStatement((db, keys: readonly { environmentId: string }[]) =>
  db
    .selectFrom('environment_states')
    .selectAll()
    .select((e) => e.selectFrom('installation').select('value').where('key', '=', 'lineage').as('lineage'))
    .where(
      'environment_id',
      'in',
      keys.map(({ environmentId }) => environmentId),
    ),
);
/** The ticket of audit records is drawn behind the lock. */
const lockRows = listStatement(
  (db, keys: readonly { environmentId: string }[]) =>
    compilable(
      db,
      sql<LockedRow>`
select locked.*, nextval('audit_tickets') as ticket from (
  select environment_id, revision, digest, audit_sequence, mac,
    (select value from installation where key = 'lineage') as lineage
  from environment_states
  where environment_id in (${sql.join(keys.map(({ environmentId }) => sql`${environmentId}`))})
  order by environment_id for update of environment_states
) as locked`,
    ),
  { isKept: true },
);
type LockedRow = HeadRow & { readonly lineage: string | null; readonly ticket: number };
/** What the MAC of an environment's state covers, and the MAC. */
type HeadRow = Omit<Selectable<EnvironmentStateRow>, 'floor_revision'>;
const upsertStates = listStatement(
  (db, rows: readonly Insertable<EnvironmentStateRow>[]) =>
    db
      .insertInto('environment_states')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('environment_id').doUpdateSet((e) => ({
          revision: e.ref('excluded.revision'),
          digest: e.ref('excluded.digest'),
          audit_sequence: e.ref('excluded.audit_sequence'),
          mac: e.ref('excluded.mac'),
        })),
      ),
  { together: latestOfEach((row) => row.environment_id) },
);
const findLineage = statement((db, _: object) =>
  db.selectFrom('installation').select('value').where('key', '=', 'lineage'),
);
// The list comes first, so that SQLite looks each of its members up. Both dialects call its columns column1, column2, …
const findObjects = listStatement((db, keys: readonly DesiredKey[]) =>
  compilable(
    db,
    sql<DesiredObjectRow>`select desired_objects.*
from (values ${sql.join(keys.map((key) => sql`(${key.environmentId}, ${key.kind}, ${key.objectId})`))}) as wanted
cross join desired_objects
where desired_objects.environment_id = wanted.column1
  and desired_objects.kind = wanted.column2
  and desired_objects.object_id = wanted.column3`,
  ),
);
const findAnyPlace = listStatement((db, keys: readonly { kind: DeployedKind; objectId: string }[]) =>
  compilable(
    db,
    sql<{ object_id: string; environment_id: string | null }>`select wanted.column2 as object_id,
  (select min(environment_id) from desired_objects
    where object_id = wanted.column2 and kind = wanted.column1 and digest is not null) as environment_id
from (values ${sql.join(keys.map((key) => sql`(${key.kind}, ${key.objectId})`))}) as wanted`,
  ),
);
const upsertObjects = listStatement(
  (db, rows: readonly DesiredObjectRow[]) =>
    db
      .insertInto('desired_objects')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['environment_id', 'kind', 'object_id']).doUpdateSet((e) => ({
          project_id: e.ref('excluded.project_id'),
          revision: e.ref('excluded.revision'),
          digest: e.ref('excluded.digest'),
          since_revision: e.ref('excluded.since_revision'),
          mac: e.ref('excluded.mac'),
        })),
      ),
  { together: latestOfEach((row) => `${row.environment_id}/${row.kind}/${row.object_id}`) },
);
const listPlaces = statement((db, key: { kind: DeployedKind; objectId: string }) =>
  db
    .selectFrom('desired_objects')
    .select(['environment_id', 'revision', 'digest'])
    .where('object_id', '=', key.objectId)
    .where('kind', '=', key.kind)
    .orderBy('environment_id'),
);
const listRows = statement((db, page: DesiredPage & { environmentId: string }) =>
  db
    .selectFrom('desired_objects')
    .selectAll()
    .where('environment_id', '=', page.environmentId)
    .where('revision', '>', page.afterRevision)
    .where((e) => e.or([e('digest', 'is not', null), e('revision', '>', page.tombstonesAboveRevision)]))
    .orderBy('revision')
    .limit(page.limit),
);
const countRows = statement((db, key: { environmentId: string; revision: number }) =>
  db
    .selectFrom('desired_objects')
    .select((e) => e.fn.countAll<number | string>().as('count'))
    .where('environment_id', '=', key.environmentId)
    .where('revision', '>', key.revision),
);
const countDesired = statement((db, key: { environmentId: string }) =>
  db
    .selectFrom('desired_objects')
    .select((e) => e.fn.countAll<number | string>().as('count'))
    .where('environment_id', '=', key.environmentId)
    .where('digest', 'is not', null),
);
const raiseOne = statement((db, key: { environmentId: string; floor: number }) =>
  db
    .updateTable('environment_states')
    .set({ floor_revision: key.floor })
    .where('environment_id', '=', key.environmentId)
    .where('floor_revision', '<', key.floor),
);
const deleteRows = statement((db, key: { environmentId: string; floor: number; limit: number }) =>
  db
    .deleteFrom('desired_objects')
    .where('environment_id', '=', key.environmentId)
    .where('revision', 'in', (e) =>
      e
        .selectFrom('desired_objects as gone')
        .select('gone.revision')
        .where('gone.environment_id', '=', key.environmentId)
        .where('gone.digest', 'is', null)
        .where('gone.revision', '<=', key.floor)
        .orderBy('gone.revision')
        .limit(key.limit),
    ),
);
const listPresent = statement((db, page: Page) =>
  db
    .selectFrom('desired_objects')
    .selectAll()
    .where('environment_id', '=', page.environmentId)
    .where('revision', '>', page.afterRevision)
    .where('digest', 'is not', null)
    .orderBy('revision')
    .limit(page.limit),
);
const listOfProject = statement((db, page: Page & { projectId: string }) =>
  db
    .selectFrom('desired_objects')
    .selectAll()
    .where('environment_id', '=', page.environmentId)
    .where('project_id', '=', page.projectId)
    .where('digest', 'is not', null)
    .where('revision', '>', page.afterRevision)
    .orderBy('revision')
    .limit(page.limit),
);

function compilable<Row>(database: Database, query: RawBuilder<Row>): Compilable<Row> {
  return { compile: () => query.compile(database) };
}

export class DesiredStateTable implements DesiredStateStore {
  readonly #database: Database;
  readonly #context: Pick<TableContext, 'cache' | 'notify' | 'turn'>;
  readonly #guard: RowGuard;
  /** As the states were locked with it. */
  #lineage: string | undefined;

  constructor(database: Database, context: Pick<TableContext, 'cache' | 'notify' | 'turn'>, guard: RowGuard) {
    this.#database = database;
    this.#context = context;
    this.#guard = guard;
  }

  /** The lock is that of the transaction itself where it is exclusive. */
  async lockStates(environmentIds: readonly string[]): Promise<readonly LockedState[]> {
    const { turn } = this.#context;
    if (turn !== undefined) return this.#lockTogether(turn, environmentIds);
    const found = new Map<string, Selectable<EnvironmentStateRow> & { lineage: string | null }>();
    for (const chunk of inChunks(environmentIds.map((environmentId) => ({ environmentId })))) {
      for (const row of await findStates.all(this.#database, chunk)) {
        if (this.#isAlteredHead(row)) throw alteredState();
        this.#lineage = row.lineage ?? undefined;
        found.set(row.environment_id, row);
      }
    }
    return environmentIds.map((environmentId) => {
      const row = found.get(environmentId);
      return { ...stateOf(environmentId, row), lineage: row?.lineage ?? undefined };
    });
  }

  async lockJwkPlace(key: NewJwkKey): Promise<NewJwkPlace> {
    const { cache, turn } = this.#context;
    const rows = await (turn === undefined
      ? readPlace(this.#database, key)
      : withinOf(cache).places.read(key, (keys) => readPlaces(this.#database, keys)));
    await turn?.begins;
    const earlier = turn === undefined ? [] : withinOf(cache).inserted;
    const [place] = rows;
    this.#lineage = place?.lineage ?? undefined;
    return {
      hasProject: (place?.project ?? null) !== null,
      isNameTaken: (place?.namesake ?? null) !== null || earlier.some((one) => isNamesake(one, key)),
      // JWKs without a kid share none.
      isKidHeld:
        key.kid !== '' && ((place?.holder ?? null) !== null || earlier.some((one) => isHolder(one, key))),
      states: rows.flatMap((row) => this.#reachedState(row) ?? []),
    };
  }

  #reachedState({
    environment_id,
    revision,
    digest,
    audit_sequence,
    mac,
  }: PlaceRow): LockedState | undefined {
    if (environment_id === null) return undefined;
    if (revision === null || digest === null || audit_sequence === null) {
      if (this.#context.turn !== undefined) throw withoutState();
      return { ...stateOf(environment_id, undefined), lineage: this.#lineage };
    }
    const row = { environment_id, revision, digest, audit_sequence };
    if (this.#guard.isAltered(headParts(row, this.#lineage), mac)) throw alteredState();
    return { environmentId: environment_id, revision, digest, lineage: this.#lineage };
  }

  async whenLocked(states: readonly LockedState[]): Promise<readonly LockedState[]> {
    const { turn } = this.#context;
    if (turn === undefined) return states;
    return this.#lockTogether(
      turn,
      states.map(({ environmentId }) => environmentId),
    );
  }

  /** The rows are locked in one statement for all writes of the group, until it commits. */
  async #lockTogether(turn: WithinTurn, environmentIds: readonly string[]): Promise<readonly LockedState[]> {
    const all = await turn.lockTogether(environmentIds);
    const within = withinOf(this.#context.cache);
    if (within.states.size === 0) {
      const tickets: number[] = [];
      for (const chunk of inChunks(all.map((environmentId) => ({ environmentId })))) {
        for (const row of await lockRows.all(this.#database, chunk)) {
          if (this.#isAlteredHead(row)) throw alteredState();
          within.lineage = row.lineage ?? undefined;
          within.states.set(row.environment_id, stateOf(row.environment_id, row));
          tickets.push(row.ticket);
        }
      }
      if (tickets.length > 0) within.ticket = Promise.resolve(Math.max(...tickets));
    }
    this.#lineage = within.lineage;
    return environmentIds.map((environmentId) => {
      const state = within.states.get(environmentId);
      if (state === undefined) throw withoutState();
      return { ...state, lineage: within.lineage };
    });
  }

  async state(environmentId: string): Promise<EnvironmentState> {
    return stateOf(environmentId, await findState.first(this.#database, { environmentId }));
  }

  async head(environmentId: string): Promise<EnvironmentHead> {
    const row = await findHead.first(this.#database, { environmentId });
    return {
      environmentId,
      revision: row?.revision ?? 0,
      digest: row?.digest ?? emptyDigest,
      compactionRevision: row?.floor_revision ?? 0,
      lineage: row?.lineage ?? undefined,
      ...(row !== undefined && this.#isAlteredHead(row) && { altered: true }),
    };
  }

  async states(): Promise<readonly EnvironmentState[]> {
    const rows = await listStates.all(this.#database, {});
    return rows.map((row) => ({
      environmentId: row.id,
      revision: row.revision ?? 0,
      digest: row.digest ?? emptyDigest,
    }));
  }

  async putStates(states: readonly EnvironmentState[]): Promise<void> {
    if (states.length === 0) return;
    const lineage = this.#lineage ?? (await findLineage.first(this.#database, {}))?.value;
    const audit_sequence = await this.#guard.auditSequence();
    const rows = states.map(({ environmentId, revision, digest }) => {
      const row = { environment_id: environmentId, revision, digest, audit_sequence };
      return { ...row, mac: this.#guard.mac(headParts(row, lineage)) };
    });
    for (const chunk of inChunksOnce(rows)) await upsertStates.send(this.#database, chunk);
    const { cache, turn, notify } = this.#context;
    if (turn !== undefined)
      for (const state of states) withinOf(cache).states.set(state.environmentId, state);
    notify('desired');
  }

  async findMany(keys: readonly DesiredKey[]): Promise<readonly DesiredObject[]> {
    const found = new Map<string, DesiredObject>();
    for (const chunk of inChunks(keys)) {
      for (const row of await findObjects.all(this.#database, chunk)) {
        found.set(`${row.environment_id}/${row.kind}/${row.object_id}`, this.#objectOf(row));
      }
    }
    return [...found.values()];
  }

  async digestsAnywhere(
    kind: DeployedKind,
    objectIds: readonly string[],
  ): Promise<ReadonlyMap<string, Buffer>> {
    const places: DesiredKey[] = [];
    for (const chunk of inChunks(objectIds.map((objectId) => ({ kind, objectId })))) {
      for (const { object_id: objectId, environment_id } of await findAnyPlace.all(this.#database, chunk)) {
        if (environment_id !== null) places.push({ environmentId: environment_id, kind, objectId });
      }
    }
    const digests = new Map<string, Buffer>();
    for (const { objectId, digest, altered } of await this.findMany(places)) {
      if (digest !== null && !altered) digests.set(objectId, digest);
    }
    return digests;
  }

  async putMany(objects: readonly DesiredObject[]): Promise<void> {
    const rows = objects.map((object) => {
      const row = {
        environment_id: object.environmentId,
        kind: object.kind,
        object_id: object.objectId,
        project_id: object.projectId,
        revision: object.revision,
        digest: object.digest,
        since_revision: object.sinceRevision,
      };
      return { ...row, mac: this.#guard.mac(desiredObjectParts(row)) };
    });
    for (const chunk of inChunksOnce(rows)) await upsertObjects.send(this.#database, chunk);
  }

  async environmentsOf(kind: DeployedKind, objectId: string): Promise<readonly string[]> {
    const rows = await listPlaces.all(this.#database, { kind, objectId });
    return rows.filter(({ digest }) => digest !== null).map((row) => row.environment_id);
  }

  async withdrawnFrom(
    kind: DeployedKind,
    objectId: string,
  ): Promise<readonly Pick<DesiredObject, 'environmentId' | 'revision'>[]> {
    const rows = (await listPlaces.all(this.#database, { kind, objectId })).filter(
      (row) => row.digest === null,
    );
    return rows.map((row) => ({ environmentId: row.environment_id, revision: Number(row.revision) }));
  }

  async rowsAfter(environmentId: string, page: DesiredPage): Promise<readonly DesiredObject[]> {
    const { afterRevision, tombstonesAboveRevision, limit } = page;
    const key = { environmentId, afterRevision, tombstonesAboveRevision, limit };
    return (await listRows.all(this.#database, key)).map((row) => this.#objectOf(row));
  }

  async countAfter(environmentId: string, revision: number): Promise<number> {
    return Number((await countRows.first(this.#database, { environmentId, revision }))?.count ?? 0);
  }

  async countPresent(environmentId: string): Promise<number> {
    return Number((await countDesired.first(this.#database, { environmentId }))?.count ?? 0);
  }

  async present(
    environmentId: string,
    afterRevision: number,
    limit: number,
  ): Promise<readonly DesiredObject[]> {
    const rows = await listPresent.all(this.#database, { environmentId, afterRevision, limit });
    return rows.map((row) => this.#objectOf(row));
  }

  async presentOfProject(
    environmentId: string,
    projectId: string,
    { afterRevision, limit }: Pick<DesiredPage, 'afterRevision' | 'limit'>,
  ): Promise<readonly DesiredObject[]> {
    const page = { environmentId, projectId, afterRevision, limit };
    return (await listOfProject.all(this.#database, page)).map((row) => this.#objectOf(row));
  }

  async raiseCompactionRevision(environmentId: string, compactionRevision: number): Promise<void> {
    await raiseOne.run(this.#database, { environmentId, floor: compactionRevision });
  }

  async deleteTombstones(environmentId: string, compactionRevision: number, limit: number): Promise<number> {
    return deleteRows.run(this.#database, { environmentId, floor: compactionRevision, limit });
  }

  #isAlteredHead(row: HeadRow & { readonly lineage: string | null }): boolean {
    return this.#guard.isAltered(headParts(row, row.lineage ?? undefined), row.mac);
  }

  #objectOf(row: DesiredObjectRow): DesiredObject {
    const object = objectOf(row);
    return this.#guard.isAltered(desiredObjectParts(row), row.mac) ? { ...object, altered: true } : object;
  }
}

/** There is no row to lock before the first change of an environment. */
function withoutState(): RequiresExclusive {
  return new RequiresExclusive('an environment that has no state is not locked');
}

function alteredState(): KeyplaneError {
  return new KeyplaneError(
    'unavailable',
    'The deployment state of an environment was altered in the database outside keyplane: nothing is deployed to it until an operator has examined it (keyplane doctor)!',
    { reason: 'ALTERED_IN_DATABASE' },
  );
}

function stateOf(environmentId: string, row: HeadRow | undefined): EnvironmentState {
  return { environmentId, revision: row?.revision ?? 0, digest: row?.digest ?? emptyDigest };
}

function objectOf(row: DesiredObjectRow): DesiredObject {
  return {
    environmentId: row.environment_id,
    kind: row.kind,
    objectId: row.object_id,
    projectId: row.project_id,
    revision: row.revision,
    digest: row.digest,
    sinceRevision: row.since_revision,
  };
}
