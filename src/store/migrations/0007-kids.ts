import type { Migration } from './column-types.ts';

/** Finds the published keys that have a kid: within a project when one is stored, across projects for findings. */
export const kids: Migration = () => [
  "create index jwks_kid on jwks (kid, project_id, id) where type <> 'OCT'",
];
