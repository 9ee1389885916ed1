import type { Migration } from './column-types.ts';

/**
 * What several managers on one database share, and what a create says twice. Only additions with a default, so that
 * a manager of the schema before goes on working until it is replaced.
 */
export const severalManagers: Migration = ({ text, blob, integer, strict }) => [
  // One row a running manager process; one that has not been seen for long is dead.
  `create table managers (
  id ${text} not null primary key,
  version ${text} not null,
  started_at ${integer} not null,
  seen_at ${integer} not null
)${strict}`,
  // A stopped manager leaves its id here; readers check the manager's row.
  `alter table nodes add column manager_id ${text}`,
  // Counts the node's streams, so that what a manager says of an earlier one no longer counts.
  `alter table nodes add column connection ${integer} not null default 0`,
  `alter table nodes add column refused_revision ${integer}`,
  `alter table nodes add column refused_reason ${text}`,
  // The fence grows with every holder: a write that names an older one is that of a manager that lost its lease.
  `create table leases (
  name ${text} not null primary key,
  holder ${text} not null,
  fence ${integer} not null,
  expires_at ${integer} not null
)${strict}`,
  `create table idempotency_keys (
  user_id ${text} not null references users (id) on delete cascade,
  idempotency_key ${text} not null,
  request_hash ${blob} not null,
  targets ${text} not null,
  answer ${text},
  created_at ${integer} not null,
  primary key (user_id, idempotency_key)
)${strict}`,
  'create index idempotency_keys_created_at on idempotency_keys (created_at)',
  // Tombstones at or below this revision are deleted: a node behind it gets a snapshot.
  `alter table environment_states add column floor_revision ${integer} not null default 0`,
];
