import type { Migration } from './column-types.ts';

/**
 * While the master key is changed, each data key lies here wrapped by the new one as well. A manager of the schema
 * before goes on with the old one until the change is finished.
 */
export const dataKeyNextWrap: Migration = ({ blob }) => [
  `alter table data_keys add column wrapped_next ${blob}`,
];
