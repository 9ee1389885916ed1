CREATE TABLE schema_version (version integer not null primary key) strict;
CREATE TABLE installation (
  key text not null primary key,
  value text not null
, mac blob) strict;
CREATE TABLE data_keys (
  id text not null primary key,
  purpose text not null,
  active integer not null,
  wrapped blob not null,
  created_at integer not null
, wrapped_next blob) strict;
CREATE UNIQUE INDEX data_keys_one_active on data_keys (purpose) where active = 1;
CREATE TABLE users (
  id text not null primary key,
  username text not null unique,
  password_hash text not null,
  admin integer not null,
  created_at integer not null,
  updated_at integer not null
) strict;
CREATE TABLE tokens (
  id text not null primary key,
  user_id text not null references users (id) on delete cascade,
  name text,
  hash blob not null unique,
  kind text not null,
  created_at integer not null,
  expires_at integer, projects text, last_used_at integer,
  unique (user_id, name)
) strict;
CREATE INDEX tokens_expires_at on tokens (expires_at) where expires_at is not null;
CREATE TABLE projects (
  id text not null primary key,
  name text not null unique,
  description text,
  created_at integer not null,
  updated_at integer not null
, historical_key_ring_name text, publish_key_types text, audit_sequence integer not null default 0, mac blob) strict;
CREATE TABLE members (
  project_id text not null references projects (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  roles text not null,
  primary key (project_id, user_id)
) strict;
CREATE INDEX members_user_id on members (user_id);
CREATE TABLE environments (
  id text not null primary key,
  name text not null unique,
  description text,
  type text not null,
  access_url text,
  restricted integer not null,
  created_at integer not null,
  updated_at integer not null
, environment_set integer not null default 1, node_removed_at integer, audit_sequence integer not null default 0, mac blob) strict;
CREATE TABLE environment_projects (
  environment_id text not null references environments (id) on delete cascade,
  project_id text not null references projects (id) on delete cascade,
  primary key (environment_id, project_id)
) strict;
CREATE INDEX environment_projects_project_id on environment_projects (project_id);
CREATE TABLE enrollment_tokens (
  id text not null primary key,
  environment_id text not null references environments (id) on delete cascade,
  hash blob not null unique,
  label text,
  created_at integer not null
, public_key blob, expires_at integer, max_nodes integer, registered integer not null default 0, private_keys integer not null default 1, identity_id text) strict;
CREATE INDEX enrollment_tokens_label on enrollment_tokens (environment_id, label);
CREATE TABLE nodes (
  id text not null primary key,
  environment_id text not null references environments (id) on delete cascade,
  name text not null,
  version text,
  applied_revision integer not null,
  connected integer not null,
  last_seen_at integer,
  created_at integer not null, manager_id text, connection integer not null default 0, refused_revision integer, refused_reason text, diverged_revision integer, diverged_at integer, key_id text, private_keys integer not null default 1, address text, clock_offset_ms integer, applied_at integer, serve_limit_ms integer, ephemeral integer not null default 0, usage_report integer not null default 0,
  unique (environment_id, name)
) strict;
CREATE TABLE materials (
  id text not null primary key,
  kind text not null,
  project_id text not null references projects (id) on delete cascade,
  name text not null,
  description text,
  key_type text,
  algorithm text,
  created_at integer not null,
  updated_at integer not null, audit_sequence integer not null default 0,
  unique (project_id, kind, name)
) strict;
CREATE TABLE certificate_environments (
  material_id text not null references materials (id) on delete cascade,
  environment_id text not null references environments (id) on delete cascade,
  alias text not null,
  chain text not null,
  start_date integer not null,
  end_date integer not null,
  sha1_thumbprint text not null,
  subject_dn text not null, mac blob,
  primary key (material_id, environment_id),
  unique (environment_id, alias)
) strict;
CREATE TABLE crypto_key_environments (
  material_id text not null references materials (id) on delete cascade,
  environment_id text not null references environments (id) on delete cascade,
  alias text,
  content blob not null, mac blob,
  primary key (material_id, environment_id)
) strict;
CREATE INDEX crypto_key_environments_environment_id on crypto_key_environments (environment_id);
CREATE TABLE keystore_environments (
  material_id text not null references materials (id) on delete cascade,
  environment_id text not null references environments (id) on delete cascade,
  alias text,
  keystore_type text not null,
  file blob not null,
  password blob not null,
  key_password blob, mac blob, key_passwords blob,
  primary key (material_id, environment_id)
) strict;
CREATE INDEX keystore_environments_environment_id on keystore_environments (environment_id);
CREATE TABLE jwks (
  id text not null primary key,
  project_id text not null references projects (id) on delete cascade,
  name text not null,
  description text,
  source_type text not null,
  source_id text,
  source_url text,
  source text not null,
  type text not null,
  kid text not null,
  use text,
  algorithm text,
  not_before_time integer,
  expiration_time integer,
  public_members text not null,
  private_members blob,
  created_at integer not null,
  updated_at integer not null, audit_sequence integer not null default 0, mac blob, kid_since integer, ring_id text, ring_version integer, ring_state text, ring_member text, operations text,
  unique (project_id, name)
) strict;
CREATE INDEX jwks_project_id on jwks (project_id, id);
CREATE INDEX jwks_source_id on jwks (source_id) where source_id is not null;
CREATE TABLE environment_states (
  environment_id text not null primary key references environments (id) on delete cascade,
  revision integer not null,
  digest blob not null
, floor_revision integer not null default 0, audit_sequence integer not null default 0, mac blob) strict;
CREATE TABLE desired_objects (
  environment_id text not null references environments (id) on delete cascade,
  kind text not null,
  object_id text not null,
  project_id text not null,
  revision integer not null,
  digest blob, mac blob, since_revision integer,
  primary key (environment_id, kind, object_id),
  unique (environment_id, revision)
) strict;
CREATE INDEX desired_objects_object_id on desired_objects (object_id);
CREATE INDEX desired_objects_project_id on desired_objects (environment_id, project_id);
CREATE TABLE audit_records (
  sequence integer not null primary key,
  at integer not null,
  actor text not null,
  action text not null,
  object_type text not null,
  object_id text,
  object_name text not null,
  project_name text,
  outcome text not null,
  details text not null,
  hash blob not null
, lane text, lane_number integer) strict;
CREATE TABLE audit_head (
  id integer not null primary key check (id = 1),
  sequence integer not null,
  mark blob not null
) strict;
CREATE TABLE jwk_refreshes (
  jwk_id text not null primary key references jwks (id) on delete cascade,
  interval_ms integer not null,
  refresh_at integer not null,
  state text not null,
  state_since integer not null,
  state_reason text,
  etag text,
  last_modified text
) strict;
CREATE INDEX jwk_refreshes_refresh_at on jwk_refreshes (refresh_at);
CREATE INDEX jwks_expiration_time on jwks (project_id, expiration_time) where expiration_time is not null;
CREATE TABLE managers (
  id text not null primary key,
  version text not null,
  started_at integer not null,
  seen_at integer not null
) strict;
CREATE TABLE leases (
  name text not null primary key,
  holder text not null,
  fence integer not null,
  expires_at integer not null
) strict;
CREATE TABLE idempotency_keys (
  user_id text not null references users (id) on delete cascade,
  idempotency_key text not null,
  request_hash blob not null,
  targets text not null,
  answer text,
  created_at integer not null,
  primary key (user_id, idempotency_key)
) strict;
CREATE INDEX idempotency_keys_created_at on idempotency_keys (created_at);
CREATE INDEX desired_objects_gone on desired_objects (environment_id, revision) where digest is null;
CREATE INDEX audit_records_object_id on audit_records (object_id, sequence) where object_id is not null;
CREATE INDEX jwks_kind on jwks (project_id, type, use);
CREATE INDEX jwks_kid on jwks (kid, project_id, id) where type <> 'OCT';
CREATE TRIGGER desired_objects_insert_with_mac before insert on desired_objects when new.mac is null begin select raise(abort, 'this database belongs to a newer keyplane: stop this manager'); end;
CREATE TRIGGER environment_states_insert_with_mac before insert on environment_states when new.mac is null begin select raise(abort, 'this database belongs to a newer keyplane: stop this manager'); end;
CREATE TRIGGER jwks_insert_with_mac before insert on jwks when new.mac is null begin select raise(abort, 'this database belongs to a newer keyplane: stop this manager'); end;
CREATE TRIGGER certificate_environments_insert_with_mac before insert on certificate_environments when new.mac is null begin select raise(abort, 'this database belongs to a newer keyplane: stop this manager'); end;
CREATE TRIGGER crypto_key_environments_insert_with_mac before insert on crypto_key_environments when new.mac is null begin select raise(abort, 'this database belongs to a newer keyplane: stop this manager'); end;
CREATE TRIGGER keystore_environments_insert_with_mac before insert on keystore_environments when new.mac is null begin select raise(abort, 'this database belongs to a newer keyplane: stop this manager'); end;
CREATE TRIGGER jwks_update_with_mac before update of updated_at on jwks when new.mac is old.mac begin select raise(abort, 'this database belongs to a newer keyplane: stop this manager'); end;
CREATE TABLE identity_keys (
  id text not null primary key,
  public_key blob not null unique,
  active integer not null,
  private_key blob,
  signature text,
  created_at integer not null
) strict;
CREATE UNIQUE INDEX identity_keys_one_active on identity_keys (active) where active = 1;
CREATE TABLE node_keys (
  id text not null primary key,
  environment_id text not null references environments (id) on delete cascade,
  name text not null,
  public_key blob not null,
  token_id text,
  token_name text,
  private_keys integer not null,
  registered_at integer not null,
  barred_because text,
  unique (environment_id, public_key)
) strict;
CREATE UNIQUE INDEX node_keys_one_of_a_name on node_keys (environment_id, name) where barred_because is null;
CREATE INDEX node_keys_name on node_keys (environment_id, name);
CREATE INDEX node_keys_token_id on node_keys (token_id) where token_id is not null;
CREATE UNIQUE INDEX enrollment_tokens_public_key on enrollment_tokens (public_key) where public_key is not null;
CREATE TABLE key_rings (
  id text not null primary key,
  project_id text not null references projects (id) on delete cascade,
  name text not null,
  description text,
  type text not null,
  "use" text not null,
  parameters text not null,
  policy text not null,
  environment_ids text,
  former_limits text,
  next_version integer not null,
  held_because text,
  rotate_requested_at integer,
  requested_activation text,
  resumed_at integer,
  created_at integer not null,
  updated_at integer not null,
  audit_sequence integer not null,
  mac blob,
  examine_at integer,
  state text,
  late_since integer,
  unique (project_id, name)
) strict;
CREATE INDEX key_rings_project_id on key_rings (project_id, id);
CREATE INDEX key_rings_examine_at on key_rings (examine_at) where examine_at is not null;
CREATE INDEX key_rings_state on key_rings (state);
CREATE INDEX key_rings_late_since on key_rings (late_since) where late_since is not null;
CREATE TABLE key_ring_revocations (
  id text not null primary key,
  ring_id text not null references key_rings (id) on delete cascade,
  kids text not null,
  reason text not null,
  comment text,
  revoked_at integer not null,
  activated_before_ready integer not null,
  revisions text not null,
  safe text not null,
  done integer not null,
  nodes_safe_at integer
) strict;
CREATE INDEX key_ring_revocations_ring_id on key_ring_revocations (ring_id);
CREATE INDEX key_ring_revocations_open on key_ring_revocations (revoked_at) where done = 0;
CREATE UNIQUE INDEX jwks_ring on jwks (ring_id, ring_version) where ring_id is not null;
CREATE INDEX jwks_retiring on jwks (ring_id) where ring_state = 'RETIRING';
CREATE TABLE applications (
  id text not null primary key,
  project_id text not null references projects (id) on delete cascade,
  name text not null,
  description text,
  expires_at integer,
  tokens text not null,
  grants text not null,
  created_at integer not null,
  updated_at integer not null,
  audit_sequence integer not null,
  mac blob, credentials text,
  unique (project_id, name)
) strict;
CREATE INDEX applications_project_id on applications (project_id, id);
CREATE TABLE key_usage (
  application_id text not null,
  jwk_id text not null references jwks (id) on delete cascade,
  operation text not null,
  outcome text not null,
  count integer not null,
  last_used_at integer not null,
  primary key (jwk_id, application_id, operation, outcome)
) strict;
CREATE INDEX key_usage_application_id on key_usage (application_id);
CREATE TABLE issuer_key_sets (
  id text not null primary key,
  project_id text not null references projects (id) on delete cascade,
  jwks_uri text not null,
  keys text not null,
  created_at integer not null,
  updated_at integer not null,
  audit_sequence integer not null,
  mac blob,
  refresh_at integer not null,
  state text not null,
  state_since integer not null,
  state_reason text,
  fetched_at integer not null,
  etag text,
  last_modified text,
  unique (project_id, jwks_uri)
) strict;
CREATE INDEX issuer_key_sets_refresh_at on issuer_key_sets (refresh_at);
CREATE TABLE key_usage_days (
  application_id text not null,
  jwk_id text not null references jwks (id) on delete cascade,
  operation text not null,
  outcome text not null,
  day integer not null,
  count integer not null,
  last_used_at integer not null,
  primary key (jwk_id, application_id, operation, outcome, day)
) strict;
CREATE INDEX key_usage_days_application_id on key_usage_days (application_id);
CREATE INDEX key_usage_days_day on key_usage_days (day);
CREATE TABLE token_profiles (
  id text not null primary key,
  project_id text not null references projects (id) on delete cascade,
  name text not null,
  description text,
  ring_id text not null,
  rules text not null,
  encrypt_to text,
  encrypt_to_id text,
  created_at integer not null,
  updated_at integer not null,
  audit_sequence integer not null,
  mac blob,
  unique (project_id, name)
) strict;
CREATE INDEX token_profiles_project_id on token_profiles (project_id, id);
CREATE INDEX token_profiles_ring_id on token_profiles (ring_id);
CREATE INDEX token_profiles_encrypt_to_id on token_profiles (encrypt_to_id) where encrypt_to_id is not null;
CREATE TABLE views (
  id text not null primary key,
  project_id text not null references projects (id) on delete cascade,
  name text not null,
  description text,
  included text,
  excluded text,
  created_at integer not null,
  updated_at integer not null,
  audit_sequence integer not null,
  mac blob,
  unique (project_id, name)
) strict;
CREATE INDEX views_project_id on views (project_id, id);
CREATE TABLE outlets (
  id text not null primary key,
  project_id text not null references projects (id) on delete cascade,
  name text not null,
  description text,
  kind text not null,
  source_type text not null,
  source_id text,
  content text not null,
  environment_ids text,
  target text not null,
  credential blob,
  gate integer not null,
  generation integer not null,
  forced_generation integer,
  created_at integer not null,
  updated_at integer not null,
  audit_sequence integer not null,
  mac blob,
  unique (project_id, name)
) strict;
CREATE INDEX outlets_project_id on outlets (project_id, id);
CREATE INDEX outlets_source_id on outlets (source_id) where source_id is not null;
CREATE TABLE outlet_deliveries (
  outlet_id text not null references outlets (id) on delete cascade,
  environment_id text not null references environments (id) on delete cascade,
  node_id text not null,
  revision integer not null,
  digest text,
  state text not null,
  delivered_at integer,
  attempts integer not null,
  last_error text,
  generation integer not null default 0,
  remote_version integer,
  updated_at integer not null,
  primary key (outlet_id, environment_id, node_id)
) strict;
CREATE INDEX outlet_deliveries_environment_id on outlet_deliveries (environment_id);
CREATE INDEX outlet_deliveries_node_id on outlet_deliveries (node_id);
CREATE TABLE events (
  project_id text not null,
  sequence integer not null,
  id text not null,
  type text not null,
  object_type text not null,
  object_name text not null,
  kid text,
  facts text not null,
  at integer not null,
  primary key (project_id, sequence)
) strict;
CREATE TABLE expiry_notices (
  jwk_id text not null primary key references jwks (id) on delete cascade,
  expiration_time integer not null,
  days integer not null
) strict;
CREATE TABLE node_absences (
  node_id text not null primary key references nodes (id) on delete cascade,
  reported_at integer not null
) strict;
CREATE TABLE webhook_cursors (
  outlet_id text not null primary key references outlets (id) on delete cascade,
  project_id text not null,
  delivered integer not null,
  lost integer not null,
  attempts integer not null,
  last_error text,
  delivered_at integer,
  stopped_version text
, ahead_until integer not null default 0, held text not null default '[]') strict;
CREATE INDEX webhook_cursors_project_id on webhook_cursors (project_id);
CREATE TABLE audit_records_open (
  lane text not null,
  lane_number integer not null,
  ticket integer not null,
  position integer not null,
  at integer not null,
  actor text not null,
  action text not null,
  object_type text not null,
  object_id text,
  object_name text not null,
  project_name text,
  outcome text not null,
  details text not null,
  mac blob not null,
  primary key (lane, lane_number)
) strict;
CREATE TABLE audit_lanes (
  lane text not null primary key,
  number integer not null,
  mac blob not null
) strict;
CREATE TABLE outlet_writes (
  outlet_id text not null primary key references outlets (id) on delete cascade,
  digests text not null
) strict;
CREATE TABLE outlet_tests (
  id text not null primary key,
  environment_id text not null,
  node_id text not null,
  outlet_id text not null,
  asked_at integer not null,
  result text
) strict;
CREATE TRIGGER projects_insert_with_mac before insert on projects when new.mac is null begin select raise(abort, 'this database belongs to a newer keyplane: stop this manager'); end;
CREATE TRIGGER projects_update_with_mac before update of updated_at on projects when new.mac is old.mac begin select raise(abort, 'this database belongs to a newer keyplane: stop this manager'); end;
CREATE TRIGGER environments_insert_with_mac before insert on environments when new.mac is null begin select raise(abort, 'this database belongs to a newer keyplane: stop this manager'); end;
CREATE TRIGGER environments_update_with_mac before update of updated_at on environments when new.mac is old.mac begin select raise(abort, 'this database belongs to a newer keyplane: stop this manager'); end;
