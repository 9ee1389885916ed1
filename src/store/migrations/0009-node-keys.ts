import type { Migration } from './column-types.ts';

/** The installation's identity, keys of nodes, and what an enrollment token limits. */
export const nodeKeys: Migration = ({ text, blob, integer, flag, strict }) => [
  // One is in use. Those before it keep no private key, only their signature over the next.
  `create table identity_keys (
  id ${text} not null primary key,
  public_key ${blob} not null unique,
  active ${flag} not null,
  private_key ${blob},
  signature ${text},
  created_at ${integer} not null
)${strict}`,
  'create unique index identity_keys_one_active on identity_keys (active) where active = 1',
  `create table node_keys (
  id ${text} not null primary key,
  environment_id ${text} not null references environments (id) on delete cascade,
  name ${text} not null,
  public_key ${blob} not null,
  token_id ${text},
  token_name ${text},
  private_keys ${flag} not null,
  registered_at ${integer} not null,
  barred_because ${text},
  unique (environment_id, public_key)
)${strict}`,
  'create unique index node_keys_one_of_a_name on node_keys (environment_id, name) where barred_because is null',
  'create index node_keys_name on node_keys (environment_id, name)',
  'create index node_keys_token_id on node_keys (token_id) where token_id is not null',
  // Null: a token of the first release.
  `alter table enrollment_tokens add column public_key ${blob}`,
  `alter table enrollment_tokens add column expires_at ${integer}`,
  `alter table enrollment_tokens add column max_nodes ${integer}`,
  `alter table enrollment_tokens add column registered ${integer} not null default 0`,
  `alter table enrollment_tokens add column private_keys ${flag} not null default 1`,
  `alter table enrollment_tokens add column identity_id ${text}`,
  'create unique index enrollment_tokens_public_key on enrollment_tokens (public_key) where public_key is not null',
  `alter table nodes add column key_id ${text}`,
  `alter table nodes add column private_keys ${flag} not null default 1`,
  `alter table nodes add column address ${text}`,
  `alter table nodes add column clock_offset_ms ${integer}`,
];
