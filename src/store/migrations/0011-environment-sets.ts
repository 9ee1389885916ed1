import type { Migration } from './column-types.ts';

/** Whether the nodes of an environment publish one set of all projects. Those that exist did so before this. */
export const environmentSets: Migration = ({ flag }) => [
  `alter table environments add column environment_set ${flag} not null default 1`,
];
