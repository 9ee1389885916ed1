import type { Migration } from './column-types.ts';

/** What the manager has begun to write for an outlet and not recorded as delivered: a server may have it all the same. */
export const outletWrites: Migration = ({ text, strict }) => [
  `create table outlet_writes (
  outlet_id ${text} not null primary key references outlets (id) on delete cascade,
  digests ${text} not null
)${strict}`,
];
