import { sql } from 'kysely';
import type { KidClaim, SharedKidStore } from '../../jwks/shared-kids.ts';
import type { Database } from '../database-schema.ts';

interface ClaimRow {
  readonly environment: string | null;
  readonly kid: string;
  readonly project: string;
  readonly name: string;
  readonly public_members: string;
}

/** Each examines all holders of the kid. */
const kidsAtMost = 500;

const reached = sql`(e.restricted = 0 or exists (
  select 1 from environment_projects l where l.environment_id = e.id and l.project_id = j.project_id))`;

export class SharedKidTable implements SharedKidStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async kidClaims(now: Date, limit: number): Promise<readonly KidClaim[]> {
    const isLive = sql`(j.expiration_time is null or j.expiration_time > ${now.getTime()})`;
    // The condition on the type is that of the index `jwks_kid`, which alone is read where no kid is held twice.
    const { rows } = await sql<ClaimRow>`
with doubled as (
  select kid from jwks where type <> 'OCT' and kid <> '' group by kid having count(*) > 1
), differing as (
  select j.kid from doubled d join jwks j on j.kid = d.kid and j.type <> 'OCT' where ${isLive}
  group by j.kid having min(j.public_members) <> max(j.public_members) order by j.kid limit ${kidsAtMost}
), held as (
  select j.id, j.kid, j.project_id, p.name as project, j.name, j.public_members, coalesce(j.kid_since, j.created_at) as since
  from differing d join jwks j on j.kid = d.kid and j.type <> 'OCT' join projects p on p.id = j.project_id where ${isLive}
), claimed as (
  select null as environment, j.*, 0 as there_since, min(j.public_members) over own as least, max(j.public_members) over own as greatest,
    '' as first_project, '-' as last_project
  from held j where exists (select 1 from environments e where ${reached})
  window own as (partition by j.project_id, j.kid)
  union all
  select e.name as environment, j.*, coalesce(d.since_revision, 0) as there_since, min(j.public_members) over mixed as least, max(j.public_members) over mixed as greatest,
    min(j.project_id) over mixed as first_project, max(j.project_id) over mixed as last_project
  from held j join environments e on e.environment_set = 1 and ${reached}
  left join desired_objects d on d.environment_id = e.id and d.kind = 'jwk' and d.object_id = j.id
  window mixed as (partition by e.id, j.kid)
)
select environment, kid, project, name, public_members from claimed
where least <> greatest and first_project <> last_project
order by coalesce(environment, ''), case when environment is null then project else '' end, kid, there_since, since, id
limit ${limit}`.execute(this.#database);
    return rows.map(({ environment, kid, project, name, public_members }) => ({
      kid,
      environmentName: environment,
      projectName: project,
      name,
      publicMembers: public_members,
    }));
  }
}
