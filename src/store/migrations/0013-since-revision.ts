import type { Migration } from './column-types.ts';

/** Since which revision an object is in its environment, a JWK under its kid. Null in rows from before this column. */
export const sinceRevision: Migration = ({ integer }) => [
  `alter table desired_objects add column since_revision ${integer}`,
];
