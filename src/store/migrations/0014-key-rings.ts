import type { Migration } from './column-types.ts';

/** Key rings with their members, applications with the use of keys, and what nodes tell of themselves for both. */
export const keyRings: Migration = ({ text, blob, integer, flag, strict }) => [
  `create table key_rings (
  id ${text} not null primary key,
  project_id ${text} not null references projects (id) on delete cascade,
  name ${text} not null,
  description ${text},
  type ${text} not null,
  "use" ${text} not null,
  parameters ${text} not null,
  policy ${text} not null,
  environment_ids ${text},
  former_limits ${text},
  next_version ${integer} not null,
  held_because ${text},
  rotate_requested_at ${integer},
  requested_activation ${text},
  resumed_at ${integer},
  created_at ${integer} not null,
  updated_at ${integer} not null,
  audit_sequence ${integer} not null,
  mac ${blob},
  examine_at ${integer},
  state ${text},
  late_since ${integer},
  unique (project_id, name)
)${strict}`,
  'create index key_rings_project_id on key_rings (project_id, id)',
  'create index key_rings_examine_at on key_rings (examine_at) where examine_at is not null',
  'create index key_rings_state on key_rings (state)',
  'create index key_rings_late_since on key_rings (late_since) where late_since is not null',
  `create table key_ring_revocations (
  id ${text} not null primary key,
  ring_id ${text} not null references key_rings (id) on delete cascade,
  kids ${text} not null,
  reason ${text} not null,
  comment ${text},
  revoked_at ${integer} not null,
  activated_before_ready ${flag} not null,
  revisions ${text} not null,
  safe ${text} not null,
  done ${flag} not null,
  nodes_safe_at ${integer}
)${strict}`,
  'create index key_ring_revocations_ring_id on key_ring_revocations (ring_id)',
  'create index key_ring_revocations_open on key_ring_revocations (revoked_at) where done = 0',
  // Outside a ring all of them are null.
  `alter table jwks add column ring_id ${text}`,
  `alter table jwks add column ring_version ${integer}`,
  `alter table jwks add column ring_state ${text}`,
  `alter table jwks add column ring_member ${text}`,
  'create unique index jwks_ring on jwks (ring_id, ring_version) where ring_id is not null',
  "create index jwks_retiring on jwks (ring_id) where ring_state = 'RETIRING'",
  `create table applications (
  id ${text} not null primary key,
  project_id ${text} not null references projects (id) on delete cascade,
  name ${text} not null,
  description ${text},
  expires_at ${integer},
  tokens ${text} not null,
  grants ${text} not null,
  created_at ${integer} not null,
  updated_at ${integer} not null,
  audit_sequence ${integer} not null,
  mac ${blob},
  unique (project_id, name)
)${strict}`,
  'create index applications_project_id on applications (project_id, id)',
  // The application is '' for the use by all that were deleted.
  `create table key_usage (
  application_id ${text} not null,
  jwk_id ${text} not null references jwks (id) on delete cascade,
  operation ${text} not null,
  outcome ${text} not null,
  count ${integer} not null,
  last_used_at ${integer} not null,
  primary key (jwk_id, application_id, operation, outcome)
)${strict}`,
  'create index key_usage_application_id on key_usage (application_id)',
  `alter table projects add column historical_key_ring_name ${text}`,
  // When the node last confirmed another revision; null: it never confirmed one.
  `alter table nodes add column applied_at ${integer}`,
  'update nodes set applied_at = coalesce(last_seen_at, created_at) where last_seen_at is not null',
  // When a node of it was last removed, or took its leave.
  `alter table environments add column node_removed_at ${integer}`,
  `alter table nodes add column serve_limit_ms ${integer}`,
  `alter table nodes add column ephemeral ${flag} not null default 0`,
  // The last report of the use of keys that was counted: one that is sent again is not counted again.
  `alter table nodes add column usage_report ${integer} not null default 0`,
];
