import type { Migration } from './column-types.ts';

/** Nodes whose history is another than that of the database, and rows of gone objects found without reading the rest. */
export const divergedNodes: Migration = ({ integer }) => [
  `alter table nodes add column diverged_revision ${integer}`,
  `alter table nodes add column diverged_at ${integer}`,
  'create index desired_objects_gone on desired_objects (environment_id, revision) where digest is null',
];
