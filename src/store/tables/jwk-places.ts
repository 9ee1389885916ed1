// What a new JWK meets: its project, its name and kid in it, and the states of all environments that the project reaches.

import { type RawBuilder, sql } from 'kysely';
import type { NewJwkKey } from '../../deployments/desired-state-store.ts';
import type { Database, JwkRow } from '../database-schema.ts';
import { listStatement, statement } from '../statement.ts';
import { inChunks } from './in-chunks.ts';
import type { PlaceRow } from './place-row.ts';

/** Each of its members is a value or a column. */
type Key = Readonly<Record<keyof NewJwkKey, unknown>>;

/** @param taken which JWKs of the project have the name and the kid */
function lookups({ projectId }: Key, { namesake, holder }: Taken): RawBuilder<unknown> {
  return sql`(select id from projects where id = ${projectId}) as project,
    ${namesake} as namesake,
    ${holder} as holder,
    (select value from installation where key = 'lineage') as lineage`;
}

interface Taken {
  readonly namesake: RawBuilder<unknown>;
  readonly holder: RawBuilder<unknown>;
}

function taken({ id, projectId, name, kid }: Key): Taken {
  return {
    namesake: sql`(select id from jwks where project_id = ${projectId} and name = ${name})`,
    holder: sql`(select id from jwks where kid = ${kid} and project_id = ${projectId} and id <> ${id}
      and type <> 'OCT' limit 1)`,
  };
}

/**
 * The same, looked up in the order of the one index that has it. PostgreSQL keeps the plan of a statement that has a name.
 * While the table is empty all indexes are the same to it, and it would read every JWK of the project until the next
 * `analyze`.
 */
function takenInOrder({ id, projectId, name, kid }: Key): Taken {
  return {
    namesake: sql`(select id from (select id, project_id, name from jwks
      where (project_id, name) >= (${projectId}, ${name}) order by project_id, name limit 1) as next
      where project_id = ${projectId} and name = ${name})`,
    holder: sql`(select id from (select id, kid, project_id from jwks
      where (kid, project_id) >= (${kid}, ${projectId}) and id <> ${id} and type <> 'OCT'
      order by kid, project_id, id limit 1) as next
      where kid = ${kid} and project_id = ${projectId})`,
  };
}

/** @param isReached whether a restricted environment is one that the project of the place reaches */
function withStates<Row>(place: RawBuilder<unknown>, isReached: RawBuilder<unknown>): RawBuilder<Row> {
  return sql<Row>`
select place.*, environments.id as environment_id,
  environment_states.revision, environment_states.digest, environment_states.audit_sequence, environment_states.mac
from (${place}) as place
left join environments on environments.restricted = 0 or ${isReached}
left join environment_states on environment_states.environment_id = environments.id
order by environments.id`;
}

/** One statement for all that a create reads before it writes: each costs as much as the rows it reads. */
const findOne = statement((db, key: NewJwkKey) => {
  const query = withStates<PlaceRow>(
    sql`select ${lookups(key, taken(key))}`,
    sql`environments.id in
  (select environment_projects.environment_id from environment_projects where project_id = ${key.projectId})`,
  );
  return { compile: () => query.compile(db) };
});

/** The same for several, of PostgreSQL alone. What writes of the same group insert is added to it. */
const findMany = listStatement(
  (db, keys: readonly NewJwkKey[]) => {
    const wanted = keys.map(({ id, projectId, name, kid }) => sql`(${id}, ${projectId}, ${name}, ${kid})`);
    const columns = {
      id: sql`column1`,
      projectId: sql`column2`,
      name: sql`column3`,
      kid: sql`column4`,
    };
    const query = withStates<PlaceRow & { readonly jwk: string }>(
      sql`select column1 as jwk, column2 as project_id, ${lookups(columns, takenInOrder(columns))}
  from (values ${sql.join(wanted)}) as wanted`,
      sql`exists (select from environment_projects
    where environment_projects.environment_id = environments.id and environment_projects.project_id = place.project_id)`,
    );
    return { compile: () => query.compile(db) };
  },
  { standsAlone: true, isKept: true },
);

export function readPlace(database: Database, key: NewJwkKey): Promise<readonly PlaceRow[]> {
  return findOne.all(database, keyOf(key));
}

/** Statements are bound by the members of their values. */
function keyOf({ id, projectId, name, kid }: NewJwkKey): NewJwkKey {
  return { id, projectId, name, kid };
}

/** Several by one statement, of PostgreSQL alone. */
export async function readPlaces(
  database: Database,
  keys: readonly NewJwkKey[],
): Promise<ReadonlyMap<NewJwkKey, readonly PlaceRow[]>> {
  const found = new Map(keys.map(({ id }) => [id, new Map<string | null, PlaceRow>()]));
  for (const chunk of inChunks(keys.map(keyOf))) {
    for (const row of await findMany.all(database, chunk)) found.get(row.jwk)?.set(row.environment_id, row);
  }
  return new Map(keys.map((key) => [key, [...(found.get(key.id)?.values() ?? [])]]));
}

type JwkNames = Pick<JwkRow, 'id' | 'project_id' | 'name' | 'kid' | 'type'>;

export function isNamesake(one: JwkNames, { projectId, name }: NewJwkKey): boolean {
  return one.project_id === projectId && one.name === name;
}

export function isHolder(one: JwkNames, { id, projectId, kid }: NewJwkKey): boolean {
  return one.project_id === projectId && one.kid === kid && one.id !== id && one.type !== 'OCT';
}
