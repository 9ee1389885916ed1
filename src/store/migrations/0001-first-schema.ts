// Ids are UUIDv7 and tables keep SQLite's own row ids: rows then go to the end of the table and of its index.

import type { ColumnTypes, Migration } from './column-types.ts';

export const firstSchema: Migration = (types) => [
  ...installation(types),
  ...access(types),
  ...environments(types),
  ...materials(types),
  ...jwks(types),
  ...desiredState(types),
  ...audit(types),
];

function installation({ text, blob, integer, flag, strict }: ColumnTypes): readonly string[] {
  return [
    `create table installation (
  key ${text} not null primary key,
  value ${text} not null
)${strict}`,
    `create table data_keys (
  id ${text} not null primary key,
  purpose ${text} not null,
  active ${flag} not null,
  wrapped ${blob} not null,
  created_at ${integer} not null
)${strict}`,
    'create unique index data_keys_one_active on data_keys (purpose) where active = 1',
  ];
}

function access({ text, blob, integer, flag, strict }: ColumnTypes): readonly string[] {
  return [
    `create table users (
  id ${text} not null primary key,
  username ${text} not null unique,
  password_hash ${text} not null,
  admin ${flag} not null,
  created_at ${integer} not null,
  updated_at ${integer} not null
)${strict}`,
    `create table tokens (
  id ${text} not null primary key,
  user_id ${text} not null references users (id) on delete cascade,
  name ${text},
  hash ${blob} not null unique,
  kind ${text} not null,
  created_at ${integer} not null,
  expires_at ${integer},
  unique (user_id, name)
)${strict}`,
    'create index tokens_expires_at on tokens (expires_at) where expires_at is not null',
    `create table projects (
  id ${text} not null primary key,
  name ${text} not null unique,
  description ${text},
  created_at ${integer} not null,
  updated_at ${integer} not null
)${strict}`,
    `create table members (
  project_id ${text} not null references projects (id) on delete cascade,
  user_id ${text} not null references users (id) on delete cascade,
  roles ${text} not null,
  primary key (project_id, user_id)
)${strict}`,
    'create index members_user_id on members (user_id)',
  ];
}

function environments({ text, blob, integer, flag, strict }: ColumnTypes): readonly string[] {
  return [
    `create table environments (
  id ${text} not null primary key,
  name ${text} not null unique,
  description ${text},
  type ${text} not null,
  access_url ${text},
  restricted ${flag} not null,
  created_at ${integer} not null,
  updated_at ${integer} not null
)${strict}`,
    `create table environment_projects (
  environment_id ${text} not null references environments (id) on delete cascade,
  project_id ${text} not null references projects (id) on delete cascade,
  primary key (environment_id, project_id)
)${strict}`,
    'create index environment_projects_project_id on environment_projects (project_id)',
    `create table enrollment_tokens (
  id ${text} not null primary key,
  environment_id ${text} not null references environments (id) on delete cascade,
  hash ${blob} not null unique,
  label ${text},
  created_at ${integer} not null
)${strict}`,
    'create index enrollment_tokens_label on enrollment_tokens (environment_id, label)',
    `create table nodes (
  id ${text} not null primary key,
  environment_id ${text} not null references environments (id) on delete cascade,
  name ${text} not null,
  version ${text},
  applied_revision ${integer} not null,
  connected ${flag} not null,
  last_seen_at ${integer},
  created_at ${integer} not null,
  unique (environment_id, name)
)${strict}`,
  ];
}

function materials({ text, blob, integer, strict }: ColumnTypes): readonly string[] {
  const place = `material_id ${text} not null references materials (id) on delete cascade,
  environment_id ${text} not null references environments (id) on delete cascade`;
  return [
    `create table materials (
  id ${text} not null primary key,
  kind ${text} not null,
  project_id ${text} not null references projects (id) on delete cascade,
  name ${text} not null,
  description ${text},
  key_type ${text},
  algorithm ${text},
  created_at ${integer} not null,
  updated_at ${integer} not null,
  unique (project_id, kind, name)
)${strict}`,
    `create table certificate_environments (
  ${place},
  alias ${text} not null,
  chain ${text} not null,
  start_date ${integer} not null,
  end_date ${integer} not null,
  sha1_thumbprint ${text} not null,
  subject_dn ${text} not null,
  primary key (material_id, environment_id),
  unique (environment_id, alias)
)${strict}`,
    `create table crypto_key_environments (
  ${place},
  alias ${text},
  content ${blob} not null,
  primary key (material_id, environment_id)
)${strict}`,
    'create index crypto_key_environments_environment_id on crypto_key_environments (environment_id)',
    `create table keystore_environments (
  ${place},
  alias ${text},
  keystore_type ${text} not null,
  file ${blob} not null,
  password ${blob} not null,
  key_password ${blob},
  primary key (material_id, environment_id)
)${strict}`,
    'create index keystore_environments_environment_id on keystore_environments (environment_id)',
  ];
}

function jwks({ text, blob, integer, strict }: ColumnTypes): readonly string[] {
  return [
    `create table jwks (
  id ${text} not null primary key,
  project_id ${text} not null references projects (id) on delete cascade,
  name ${text} not null,
  description ${text},
  source_type ${text} not null,
  source_id ${text},
  source_url ${text},
  source ${text} not null,
  type ${text} not null,
  kid ${text} not null,
  use ${text},
  algorithm ${text},
  not_before_time ${integer},
  expiration_time ${integer},
  public_members ${text} not null,
  private_members ${blob},
  created_at ${integer} not null,
  updated_at ${integer} not null,
  unique (project_id, name)
)${strict}`,
    'create index jwks_project_id on jwks (project_id, id)',
    'create index jwks_source_id on jwks (source_id) where source_id is not null',
  ];
}

/**
 * Rows outlive their project, so that nodes get the tombstones of its objects; they are deleted with the environment.
 */
function desiredState({ text, blob, integer, strict }: ColumnTypes): readonly string[] {
  return [
    `create table environment_states (
  environment_id ${text} not null primary key references environments (id) on delete cascade,
  revision ${integer} not null,
  digest ${blob} not null
)${strict}`,
    `create table desired_objects (
  environment_id ${text} not null references environments (id) on delete cascade,
  kind ${text} not null,
  object_id ${text} not null,
  project_id ${text} not null,
  revision ${integer} not null,
  digest ${blob},
  primary key (environment_id, kind, object_id),
  unique (environment_id, revision)
)${strict}`,
    'create index desired_objects_object_id on desired_objects (object_id)',
    'create index desired_objects_project_id on desired_objects (environment_id, project_id)',
  ];
}

function audit({ text, blob, integer, flag, strict }: ColumnTypes): readonly string[] {
  return [
    `create table audit_records (
  sequence ${integer} not null primary key,
  at ${integer} not null,
  actor ${text} not null,
  action ${text} not null,
  object_type ${text} not null,
  object_id ${text},
  object_name ${text} not null,
  project_name ${text},
  outcome ${text} not null,
  details ${text} not null,
  hash ${blob} not null
)${strict}`,
    `create table audit_head (
  id ${flag} not null primary key check (id = 1),
  sequence ${integer} not null,
  mark ${blob} not null
)${strict}`,
  ];
}
