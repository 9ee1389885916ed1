import type { Migration } from './column-types.ts';

/**
 * Events, in the transaction of what they tell of; which JWKs were reported to expire and which nodes to be away; and how
 * far each webhook was delivered.
 */
export const events: Migration = ({ text, integer, strict }) => [
  `create table events (
  project_id ${text} not null,
  sequence ${integer} not null,
  id ${text} not null,
  type ${text} not null,
  object_type ${text} not null,
  object_name ${text} not null,
  kid ${text},
  facts ${text} not null,
  at ${integer} not null,
  primary key (project_id, sequence)
)${strict}`,
  // A new expiration time is reported again.
  `create table expiry_notices (
  jwk_id ${text} not null primary key references jwks (id) on delete cascade,
  expiration_time ${integer} not null,
  days ${integer} not null
)${strict}`,
  `create table node_absences (
  node_id ${text} not null primary key references nodes (id) on delete cascade,
  reported_at ${integer} not null
)${strict}`,
  `create table webhook_cursors (
  outlet_id ${text} not null primary key references outlets (id) on delete cascade,
  project_id ${text} not null,
  delivered ${integer} not null,
  lost ${integer} not null,
  attempts ${integer} not null,
  last_error ${text},
  delivered_at ${integer},
  stopped_version ${text}
)${strict}`,
  'create index webhook_cursors_project_id on webhook_cursors (project_id)',
];
