import type { Migration } from './column-types.ts';

/**
 * What applications are known by beside a token, the sets of public keys that verify their JWTs, the use of keys by day,
 * and what JWKs may be used for beside the ordinary.
 */
export const credentials: Migration = ({ text, blob, integer, strict }) => [
  // Null: the tokens of the row are those of one TOKEN credential, `default`.
  `alter table applications add column credentials ${text}`,
  `create table issuer_key_sets (
  id ${text} not null primary key,
  project_id ${text} not null references projects (id) on delete cascade,
  jwks_uri ${text} not null,
  keys ${text} not null,
  created_at ${integer} not null,
  updated_at ${integer} not null,
  audit_sequence ${integer} not null,
  mac ${blob},
  refresh_at ${integer} not null,
  state ${text} not null,
  state_since ${integer} not null,
  state_reason ${text},
  fetched_at ${integer} not null,
  etag ${text},
  last_modified ${text},
  unique (project_id, jwks_uri)
)${strict}`,
  'create index issuer_key_sets_refresh_at on issuer_key_sets (refresh_at)',
  // The application is '' for the use by all that were deleted. A day is counted from 1970-01-01, in UTC.
  `create table key_usage_days (
  application_id ${text} not null,
  jwk_id ${text} not null references jwks (id) on delete cascade,
  operation ${text} not null,
  outcome ${text} not null,
  day ${integer} not null,
  count ${integer} not null,
  last_used_at ${integer} not null,
  primary key (jwk_id, application_id, operation, outcome, day)
)${strict}`,
  'create index key_usage_days_application_id on key_usage_days (application_id)',
  'create index key_usage_days_day on key_usage_days (day)',
  // JSON of `KeyAllowances`; null: none.
  `alter table jwks add column operations ${text}`,
];
