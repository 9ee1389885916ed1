import { sql } from 'kysely';

/**
 * Whether a project reaches an environment, where `environments` is joined.
 * @param projectId the column with the id of the project
 */
export function isReached(projectId: string) {
  return sql<boolean>`(environments.restricted = 0 or exists (
  select 1 from environment_projects as reach
  where reach.environment_id = environments.id and reach.project_id = ${sql.ref(projectId)}))`;
}
