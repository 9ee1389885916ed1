import type { Migration } from './column-types.ts';

/** Nodes whose history differs from the database's, and an index of tombstones. */
export const divergedNodes: Migration = ({ integer }) => [
  `alter table nodes add column diverged_revision ${integer}`,
  `alter table nodes add column diverged_at ${integer}`,
  'create index desired_objects_gone on desired_objects (environment_id, revision) where digest is null',
];
