import type { Insertable } from 'kysely';
import type {
  DesiredObject,
  DesiredPage,
  DesiredStateStore,
  EnvironmentStanding,
  EnvironmentState,
} from '../../deployments/desired-state-store.ts';
import type { DeployedKind } from '../../protocol/content.ts';
import { emptyDigest } from '../../protocol/state-digest.ts';
import type { WakeTopic } from '../../unit-of-work.ts';
import { statement } from '../statement.ts';
import type { Database, DesiredObjectRow, EnvironmentStateRow } from '../tables.ts';

type ObjectKey = { environmentId: string; kind: DeployedKind; objectId: string };
type Page = { environmentId: string; afterRevision: number; limit: number };

const findState = statement((db, key: { environmentId: string }) =>
  db.selectFrom('environment_states').selectAll().where('environment_id', '=', key.environmentId),
);
// One statement for both: whoever looks at an environment once a second asks for no more than its state.
const findStanding = statement((db, key: { environmentId: string }) =>
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
const upsertState = statement((db, row: Insertable<EnvironmentStateRow>) =>
  db
    .insertInto('environment_states')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('environment_id').doUpdateSet((e) => ({
        revision: e.ref('excluded.revision'),
        digest: e.ref('excluded.digest'),
      })),
    ),
);
const findObject = statement((db, key: ObjectKey) =>
  db
    .selectFrom('desired_objects')
    .selectAll()
    .where('environment_id', '=', key.environmentId)
    .where('kind', '=', key.kind)
    .where('object_id', '=', key.objectId),
);
const upsertObject = statement((db, row: DesiredObjectRow) =>
  db
    .insertInto('desired_objects')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['environment_id', 'kind', 'object_id']).doUpdateSet((e) => ({
        project_id: e.ref('excluded.project_id'),
        revision: e.ref('excluded.revision'),
        digest: e.ref('excluded.digest'),
      })),
    ),
);
const listEnvironments = statement((db, key: { kind: DeployedKind; objectId: string }) =>
  db
    .selectFrom('desired_objects')
    .select('environment_id')
    .where('object_id', '=', key.objectId)
    .where('kind', '=', key.kind)
    .where('digest', 'is not', null)
    .orderBy('environment_id'),
);
const listRows = statement((db, page: DesiredPage & { environmentId: string }) =>
  db
    .selectFrom('desired_objects')
    .selectAll()
    .where('environment_id', '=', page.environmentId)
    .where('revision', '>', page.afterRevision)
    .where((e) => e.or([e('digest', 'is not', null), e('revision', '>', page.goneAboveRevision)]))
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
const listOfProject = statement((db, key: { environmentId: string; projectId: string }) =>
  db
    .selectFrom('desired_objects')
    .selectAll()
    .where('environment_id', '=', key.environmentId)
    .where('project_id', '=', key.projectId)
    .where('digest', 'is not', null)
    .orderBy('revision'),
);

export class DesiredStateTable implements DesiredStateStore {
  readonly #database: Database;
  readonly #notify: (topic: WakeTopic) => void;

  constructor(database: Database, notify: (topic: WakeTopic) => void) {
    this.#database = database;
    this.#notify = notify;
  }

  /** The lock is that of the transaction itself: a write is alone in every dialect. */
  async lockState(environmentId: string): Promise<EnvironmentState> {
    return this.state(environmentId);
  }

  async state(environmentId: string): Promise<EnvironmentState> {
    const row = await findState.first(this.#database, { environmentId });
    return { environmentId, revision: row?.revision ?? 0, digest: row?.digest ?? emptyDigest };
  }

  async standing(environmentId: string): Promise<EnvironmentStanding> {
    const row = await findStanding.first(this.#database, { environmentId });
    return {
      environmentId,
      revision: row?.revision ?? 0,
      digest: row?.digest ?? emptyDigest,
      floorRevision: row?.floor_revision ?? 0,
      lineage: row?.lineage ?? undefined,
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

  async putState(state: EnvironmentState): Promise<void> {
    await upsertState.send(this.#database, {
      environment_id: state.environmentId,
      revision: state.revision,
      digest: state.digest,
    });
    this.#notify('desired');
  }

  async find(
    environmentId: string,
    kind: DeployedKind,
    objectId: string,
  ): Promise<DesiredObject | undefined> {
    const row = await findObject.first(this.#database, { environmentId, kind, objectId });
    return row && objectOf(row);
  }

  async put(object: DesiredObject): Promise<void> {
    await upsertObject.send(this.#database, {
      environment_id: object.environmentId,
      kind: object.kind,
      object_id: object.objectId,
      project_id: object.projectId,
      revision: object.revision,
      digest: object.digest,
    });
  }

  async environmentsOf(kind: DeployedKind, objectId: string): Promise<readonly string[]> {
    const rows = await listEnvironments.all(this.#database, { kind, objectId });
    return rows.map((row) => row.environment_id);
  }

  async rowsAfter(environmentId: string, page: DesiredPage): Promise<readonly DesiredObject[]> {
    const { afterRevision, goneAboveRevision, limit } = page;
    const key = { environmentId, afterRevision, goneAboveRevision, limit };
    return (await listRows.all(this.#database, key)).map(objectOf);
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
    return rows.map(objectOf);
  }

  async presentOfProject(environmentId: string, projectId: string): Promise<readonly DesiredObject[]> {
    const rows = await listOfProject.all(this.#database, { environmentId, projectId });
    return rows.map(objectOf);
  }

  async raiseFloor(environmentId: string, floorRevision: number): Promise<void> {
    await raiseOne.run(this.#database, { environmentId, floor: floorRevision });
  }

  async deleteGone(environmentId: string, floorRevision: number, limit: number): Promise<number> {
    return deleteRows.run(this.#database, { environmentId, floor: floorRevision, limit });
  }
}

function objectOf(row: DesiredObjectRow): DesiredObject {
  return {
    environmentId: row.environment_id,
    kind: row.kind,
    objectId: row.object_id,
    projectId: row.project_id,
    revision: row.revision,
    digest: row.digest,
  };
}
