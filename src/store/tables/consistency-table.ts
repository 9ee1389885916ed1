import { type RawBuilder, sql } from 'kysely';
import type {
  AuditDisagreement,
  ConsistencyStore,
  DesiredDisagreement,
  HeadFacts,
  NamedObject,
} from '../../doctor/consistency-store.ts';
import { outletKindNamesAt } from '../../outlets/kinds/kinds.ts';
import { deliveryKinds, operationKinds, projectKinds, publicationKinds } from '../../protocol/content.ts';
import { emptyDigest } from '../../protocol/state-digest.ts';
import type { Database } from '../database-schema.ts';
import { dateOrNull } from './column-values.ts';
import { isReached } from './reach.ts';

/** Tables of which each row was made with an audit record. */
const recordedTables = [
  'users',
  'projects',
  'environments',
  'enrollment_tokens',
  'jwks',
  'materials',
  'key_rings',
  'applications',
  'token_profiles',
  'views',
  'outlets',
];
/** Of these, the ones that are dated by the clock that dates audit records. Rings go by the clock of the database. */
const datedTables = [
  'users',
  'projects',
  'environments',
  'enrollment_tokens',
  'materials',
  'applications',
  'token_profiles',
  'views',
  'outlets',
];
/** Of these, the ones whose changes are recorded, too. */
const changedTables = [
  'users',
  'projects',
  'environments',
  'materials',
  'applications',
  'token_profiles',
  'views',
  'outlets',
];

/** Every object that nodes can have, and what decides what they have, with the sequence that it remembers. */
const objects = sql`select jwks.id as id, 'jwk' as kind, jwks.name as name, jwks.project_id, jwks.audit_sequence,
  case when jwks.ring_id is null then 0 else 1 end as moves_by_itself from jwks
union all
select materials.id, materials.kind, materials.name, materials.project_id, materials.audit_sequence, 0 from materials
union all
select key_rings.id, 'key-ring', key_rings.name, key_rings.project_id, key_rings.audit_sequence, 1 from key_rings
union all
select applications.id, 'application', applications.name, applications.project_id, applications.audit_sequence, 1
from applications
union all
select token_profiles.id, 'token-profile', token_profiles.name, token_profiles.project_id,
  token_profiles.audit_sequence, 0
from token_profiles
union all
select views.id, 'view', views.name, views.project_id, views.audit_sequence, 0 from views
union all
select outlets.id, 'outlet', outlets.name, outlets.project_id, outlets.audit_sequence, 0 from outlets
union all
select projects.id, 'project', projects.name, null, projects.audit_sequence, 1 from projects
union all
select environments.id, 'environment', environments.name, null, environments.audit_sequence, 0 from environments`;

/** Ids are UUIDs, so an id stands in the list only where it is meant. */
const isOfRing = sql`(key_rings.environment_ids is null
  or key_rings.environment_ids like '%"' || environments.id || '"%')`;

/** Every place that something is in, by what its own rows say. */
const places = sql`select 'jwk' as kind, jwks.id as object_id, environments.id as environment_id
from jwks cross join environments left join key_rings on key_rings.id = jwks.ring_id
where ${isReached('jwks.project_id')}
  and (jwks.ring_id is null or (${isOfRing} and jwks.ring_state not in ('RETIRED', 'REVOKED')))
union all select 'key-ring', key_rings.id, environments.id from key_rings cross join environments
where ${isReached('key_rings.project_id')} and ${isOfRing}
union all select 'application', applications.id, environments.id from applications cross join environments
where ${isReached('applications.project_id')}
union all select 'token-profile', token_profiles.id, environments.id from token_profiles cross join environments
where ${isReached('token_profiles.project_id')}
union all select 'view', views.id, environments.id from views cross join environments
where ${isReached('views.project_id')}
union all select 'project-set', projects.id, environments.id from projects cross join environments
where projects.publish_key_types is not null and ${isReached('projects.id')}
union all select 'outlet', outlets.id, environments.id from outlets cross join environments
where ${isReached('outlets.project_id')} and outlets.kind in (${sql.join(outletKindNamesAt('NODE'))})
  and (outlets.environment_ids is null or outlets.environment_ids like '%"' || environments.id || '"%')
union all select 'environment-set', environments.id, environments.id from environments where environment_set = 0
union all select 'certificate', material_id, environment_id from certificate_environments
union all select 'key', material_id, environment_id from crypto_key_environments
union all select 'keystore', material_id, environment_id from keystore_environments`;

/** Open ones as what they become: behind the newest of the chain. */
const withOpen = sql`(select sequence, at, action, object_type, object_id, object_name, project_name, outcome from audit_records
union all
select (select coalesce(max(sequence), 0) from audit_head) + row_number() over (order by ticket, position, lane, lane_number),
  at, action, object_type, object_id, object_name, project_name, outcome from audit_records_open)`;

/** Actions that change the row itself; reads of it are recorded, too. */
const changes = sql`(action in (records.object_type || '.create', records.object_type || '.update',
  records.object_type || '.refresh', records.object_type || '.follow', records.object_type || '.detach',
  records.object_type || '.replaceToken', records.object_type || '.delete',
  records.object_type || '.deliver') or action like 'keyring.%')
  and outcome = 'SUCCESS'`;

const isDeletion = sql`newest_action in (kind || '.delete', 'keyring.delete')`;
/**
 * A ring and its members are also written when it is noted what nodes confirmed, an application with what it was granted, a
 * project when the ring of its historical keys is deleted.
 */
const isAhead = sql`(audit_sequence > head or (moves_by_itself = 0 and audit_sequence >= newest))`;

export class ConsistencyTable implements ConsistencyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async hasData(): Promise<boolean> {
    for (const table of recordedTables) {
      const rows = await this.#rows(sql`select 1 from ${sql.table(table)} limit 1`);
      if (rows.length > 0) return true;
    }
    return false;
  }

  async youngest(): Promise<Date | undefined> {
    const times = [
      ...datedTables.map((table) => sql`select max(created_at) as at from ${sql.table(table)}`),
      sql`select max(created_at) as at from jwks where ring_id is null`,
      sql`select max(updated_at) as at from jwks where ring_id is null`,
      ...changedTables.map((table) => sql`select max(updated_at) as at from ${sql.table(table)}`),
    ];
    const [row] = await this.#rows<{ at: number | null }>(
      sql`select max(at) as at from (${sql.join(times, sql` union all `)}) as times`,
    );
    return dateOrNull(row?.at ?? null) ?? undefined;
  }

  async newestRecordAt(): Promise<Date | undefined> {
    const [row] = await this.#rows<{ at: number | null }>(
      sql`select max(at) as at from ${await this.#records()} as records`,
    );
    return dateOrNull(row?.at ?? null) ?? undefined;
  }

  async heads(): Promise<readonly HeadFacts[]> {
    const rows = await this.#rows<{
      id: string;
      name: string;
      revision: number | null;
      digest: Buffer | null;
      audit_sequence: number | null;
      highest: number | null;
    }>(sql`select environments.id, environments.name, states.revision, states.digest, states.audit_sequence,
  (select max(revision) from desired_objects where environment_id = environments.id) as highest
from environments left join environment_states as states on states.environment_id = environments.id
order by environments.name`);
    return rows.map((row) => ({
      environmentId: row.id,
      environmentName: row.name,
      revision: row.revision ?? 0,
      digest: row.digest ?? emptyDigest,
      auditSequence: row.audit_sequence ?? 0,
      highestRow: row.highest ?? 0,
    }));
  }

  async againstAudit(limit: number): Promise<readonly AuditDisagreement[]> {
    const all = await this.#records();
    // The newest record of a change, and the one before it: the row was written after the one and before the other.
    const rows = await this.#rows<NamedRow & Compared>(sql`select found.* from (
  select compared.*, (
    select max(records.sequence) from ${all} as records
    where records.object_id = compared.id and records.object_type = compared.kind
      and records.sequence < compared.newest and ${changes}
  ) as before, (
    select records.action from ${all} as records where records.sequence = compared.newest
  ) as newest_action, (select max(sequence) from ${all} as every_record) as head
  from (
    select objects.*, projects.name as project_name, (
      select max(records.sequence) from ${all} as records
      where records.object_id = objects.id and records.object_type = objects.kind and ${changes}
    ) as newest
    from (${objects}) as objects left join projects on projects.id = objects.project_id
  ) as compared
) as found
where newest is null or ${isDeletion} or ${isAhead} or (before is not null and audit_sequence < before)
order by id limit ${limit}`);
    return rows.map((row) => ({ ...namedOf(row), how: howOf(row) }));
  }

  async removed(limit: number): Promise<readonly NamedObject[]> {
    const all = await this.#records();
    const rows = await this.#rows<NamedRow>(sql`select made.object_id as id, made.object_type as kind,
  made.object_name as name, made.project_name
from ${all} as made
where made.action in ('jwk.create', 'certificate.create', 'key.create', 'keystore.create', 'application.create',
    'token-profile.create', 'view.create', 'outlet.create', 'keyring.stage', 'keyring.create', 'keyring.adopt')
  and made.outcome = 'SUCCESS' and made.object_id is not null
  and not exists (select 1 from jwks where jwks.id = made.object_id)
  and not exists (select 1 from materials where materials.id = made.object_id)
  and not exists (select 1 from key_rings where key_rings.id = made.object_id)
  and not exists (select 1 from applications where applications.id = made.object_id)
  and not exists (select 1 from token_profiles where token_profiles.id = made.object_id)
  and not exists (select 1 from views where views.id = made.object_id)
  and not exists (select 1 from outlets where outlets.id = made.object_id)
  and not exists (
    select 1 from ${all} as gone where gone.object_id = made.object_id
      and gone.action in (made.object_type || '.delete', 'keyring.delete') and gone.outcome = 'SUCCESS')
  and (made.action <> 'keyring.stage' or not exists (
    select 1 from ${all} as gone where gone.action = 'keyring.delete' and gone.outcome = 'SUCCESS'
      and gone.sequence > made.sequence and gone.project_name = made.project_name
      and made.object_name like gone.object_name || '.%'))
  and not exists (
    select 1 from ${all} as gone where gone.action = 'project.delete' and gone.outcome = 'SUCCESS'
      and gone.object_name = made.project_name and gone.sequence > made.sequence)
order by made.sequence limit ${limit}`);
    return rows.map(namedOf);
  }

  async againstDesired(limit: number): Promise<readonly DesiredDisagreement[]> {
    const isDesired = sql`digest is not null and desired.kind in (${sql.join(['environment-set', ...projectKinds, ...operationKinds, ...publicationKinds, ...deliveryKinds].map((kind) => sql.lit(kind)))})`;
    const rows = await this.#rows<{
      kind: string;
      id: string;
      environment: string;
      how: string;
    }>(sql`select * from (
  select desired.kind as kind, desired.object_id as id, environments.name as environment, 'unwanted' as how
  from desired_objects as desired join environments on environments.id = desired.environment_id
  left join (${places}) as places on places.kind = desired.kind and places.object_id = desired.object_id
    and places.environment_id = desired.environment_id
  where ${isDesired} and places.object_id is null
  union all
  select places.kind, places.object_id, environments.name, 'missing'
  from (${places}) as places join environments on environments.id = places.environment_id
  left join desired_objects as desired on desired.kind = places.kind and desired.object_id = places.object_id
    and desired.environment_id = places.environment_id and desired.digest is not null
  where desired.object_id is null
) as found order by environment, kind, id limit ${limit}`);
    return rows.map(({ kind, id, environment, how }) => ({
      kind,
      objectId: id,
      environmentName: environment,
      how: how === 'missing' ? 'missing' : 'unwanted',
    }));
  }

  async #records(): Promise<RawBuilder<unknown>> {
    const open = await this.#rows(sql`select 1 from audit_records_open limit 1`);
    return open.length === 0 ? sql`audit_records` : withOpen;
  }

  async #rows<Row>(query: RawBuilder<unknown>): Promise<readonly Row[]> {
    return (await query.execute(this.#database)).rows as readonly Row[];
  }
}

interface NamedRow {
  readonly id: string;
  readonly kind: NamedObject['kind'];
  readonly name: string;
  readonly project_name: string | null;
}

interface Compared {
  readonly audit_sequence: number;
  readonly newest: number | null;
  readonly newest_action: string | null;
  readonly head: number | null;
  readonly moves_by_itself: number;
}

function namedOf({ id, kind, name, project_name }: NamedRow): NamedObject {
  return { id, kind, name, projectName: project_name ?? '' };
}

function howOf(found: NamedRow & Compared): AuditDisagreement['how'] {
  const { kind, audit_sequence, newest, newest_action, head, moves_by_itself } = found;
  const isAheadOfRecord = newest !== null && moves_by_itself === 0 && audit_sequence >= newest;
  if (isAheadOfRecord || (newest !== null && audit_sequence > (head ?? 0))) return 'ahead';
  const isDeleted = newest_action === `${kind}.delete` || newest_action === 'keyring.delete';
  return newest === null || isDeleted ? 'unrecorded' : 'behind';
}
