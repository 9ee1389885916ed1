// The rows as they lie in the database. Times are milliseconds since 1970, flags 0 or 1, JSON is text.

import type { Generated, Kysely } from 'kysely';
import type { GeneratedTypeName } from '../jose/key-types.ts';
import type { StoredJwk } from '../jwks/jwk-store.ts';
import type { MemberState, RevocationReason } from '../jwks/ring-member.ts';
import type { CryptoKeyType, DeployedKind, KeystoreType, ProjectKind } from '../protocol/content.ts';
import type { HoldCause, RingState } from '../rings/ring.ts';
import type { AuditHeadRow, AuditLaneRow, AuditOpenRow, AuditRecordRow } from './audit-rows.ts';
import type { EventTables } from './event-rows.ts';
import type { OutletDeliveryRow, OutletRow, OutletTestRow, OutletWriteRow } from './outlet-rows.ts';

export interface InstallationRow {
  key: string;
  value: string;
  /** Only of settings that nodes get. */
  mac: Buffer | null;
}

export interface DataKeyRow {
  id: string;
  purpose: 'seal' | 'audit' | 'integrity';
  active: number;
  wrapped: Buffer;
  /** By the new master key, while the master key is changed. */
  wrapped_next: Buffer | null;
  created_at: number;
}

export interface UserRow {
  id: string;
  username: string;
  password_hash: string;
  admin: number;
  created_at: number;
  updated_at: number;
}

export interface TokenRow {
  id: string;
  user_id: string;
  name: string | null;
  hash: Buffer;
  kind: 'PERSONAL' | 'SESSION';
  created_at: number;
  expires_at: number | null;
  /** JSON of `NarrowedProject[]`; null: not narrowed. */
  projects: string | null;
  last_used_at: number | null;
}

export interface ProjectRow {
  id: string;
  name: string;
  description: string | null;
  historical_key_ring_name: string | null;
  /** JSON of key types; null: the default ones. */
  publish_key_types: string | null;
  created_at: number;
  updated_at: number;
  audit_sequence: number;
  mac: Buffer | null;
}

export interface MemberRow {
  project_id: string;
  user_id: string;
  roles: string;
}

export interface EnvironmentRow {
  id: string;
  name: string;
  description: string | null;
  type: 'PRODUCTION' | 'SANDBOX' | 'TEST';
  access_url: string | null;
  /** 1: only the projects of `environment_projects` reach it, be they none. */
  restricted: number;
  /** 1: its nodes publish one set of all projects. */
  environment_set: number;
  /** By the database's clock, when a node of it was last removed or took its leave. */
  node_removed_at: number | null;
  created_at: number;
  updated_at: number;
  audit_sequence: number;
  mac: Buffer | null;
}

export interface EnvironmentProjectRow {
  environment_id: string;
  project_id: string;
}

export interface EnrollmentTokenRow {
  id: string;
  environment_id: string;
  hash: Buffer;
  label: string | null;
  created_at: number;
  public_key: Buffer | null;
  expires_at: number | null;
  max_nodes: number | null;
  registered: Generated<number>;
  private_keys: Generated<number>;
  identity_id: string | null;
}

export interface NodeKeyRow {
  id: string;
  environment_id: string;
  name: string;
  public_key: Buffer;
  token_id: string | null;
  token_name: string | null;
  private_keys: number;
  registered_at: number;
  barred_because: 'removed' | 'revoked' | null;
}

export interface IdentityKeyRow {
  id: string;
  public_key: Buffer;
  active: number;
  /** Sealed; null once another key took its place. */
  private_key: Buffer | null;
  /** By this key, over the one that took its place; base64url. */
  signature: string | null;
  created_at: number;
}

export interface NodeRow {
  id: string;
  environment_id: string;
  name: string;
  version: string | null;
  applied_revision: number;
  connected: number;
  last_seen_at: number | null;
  created_at: number;
  /** The manager of its current or last stream; that manager may have stopped. */
  manager_id: string | null;
  /** How many streams it has had, of any manager. */
  connection: Generated<number>;
  refused_revision: number | null;
  refused_reason: string | null;
  diverged_revision: number | null;
  diverged_at: number | null;
  key_id: string | null;
  private_keys: Generated<number>;
  address: string | null;
  clock_offset_ms: number | null;
  /** By the database's clock, when `applied_revision` last changed to another; null: it never confirmed one. */
  applied_at: number | null;
  serve_limit_ms: number | null;
  ephemeral: Generated<number>;
  /** The last report of the use of keys that was counted. */
  usage_report: Generated<number>;
}

export interface ManagerRow {
  id: string;
  version: string;
  started_at: number;
  seen_at: number;
}

export interface LeaseRow {
  name: string;
  holder: string;
  fence: number;
  expires_at: number;
}

export interface IdempotencyKeyRow {
  user_id: string;
  idempotency_key: string;
  request_hash: Buffer;
  /** JSON of the deployment targets of what was stored. */
  targets: string;
  /** JSON of the response, once there was one. */
  answer: string | null;
  created_at: number;
}

export interface EnvironmentStateRow {
  environment_id: string;
  revision: number;
  digest: Buffer;
  floor_revision: Generated<number>;
  audit_sequence: number;
  mac: Buffer | null;
}

export interface DesiredObjectRow {
  environment_id: string;
  kind: DeployedKind;
  object_id: string;
  project_id: string;
  revision: number;
  digest: Buffer | null;
  since_revision: number | null;
  mac: Buffer | null;
}

export interface JwkRow {
  id: string;
  project_id: string;
  name: string;
  description: string | null;
  source_type: StoredJwk['sourceType'];
  source_id: string | null;
  source_url: string | null;
  source: string;
  type: StoredJwk['type'];
  kid: string;
  use: 'sig' | 'enc' | null;
  algorithm: string | null;
  not_before_time: number | null;
  expiration_time: number | null;
  public_members: string;
  private_members: Buffer | null;
  /** When it got its kid; null: at its creation. */
  kid_since: number | null;
  /** This and the next three: null outside a ring. */
  ring_id: string | null;
  ring_version: number | null;
  ring_state: MemberState | null;
  /** JSON of what else a `RingMember` has. */
  ring_member: string | null;
  /** JSON of `KeyAllowances`; null: none. */
  operations: string | null;
  created_at: number;
  updated_at: number;
  /** Of the newest audit record when the row was written; the record of that change has a higher one. */
  audit_sequence: number;
  /** Null only until the first start after an upgrade has filled it in. */
  mac: Buffer | null;
}

/** Certificates, keys and keystores; the last two columns are those of keys. */
export interface MaterialRow {
  id: string;
  kind: Exclude<ProjectKind, 'jwk'>;
  project_id: string;
  name: string;
  description: string | null;
  key_type: CryptoKeyType | null;
  algorithm: string | null;
  created_at: number;
  updated_at: number;
  audit_sequence: number;
}

export interface CertificateEnvironmentRow {
  material_id: string;
  environment_id: string;
  alias: string;
  /** JSON array of base64 of DER. */
  chain: string;
  start_date: number;
  end_date: number;
  sha1_thumbprint: string;
  subject_dn: string;
  /** Covers what the material says of itself, too. */
  mac: Buffer | null;
}

export interface CryptoKeyEnvironmentRow {
  material_id: string;
  environment_id: string;
  alias: string | null;
  content: Buffer;
  mac: Buffer | null;
}

export interface KeystoreEnvironmentRow {
  material_id: string;
  environment_id: string;
  alias: string | null;
  keystore_type: KeystoreType;
  file: Buffer;
  password: Buffer;
  key_password: Buffer | null;
  key_passwords: Buffer | null;
  mac: Buffer | null;
}

export interface KeyRingRow {
  id: string;
  project_id: string;
  name: string;
  description: string | null;
  type: GeneratedTypeName;
  use: 'sig' | 'enc';
  /** JSON of `GenerateParameters`. */
  parameters: string;
  /** JSON of `RingPolicy` without the environments. */
  policy: string;
  /** JSON array; null: all that the project reaches. */
  environment_ids: string | null;
  /** JSON of `FormerLimits`. */
  former_limits: string | null;
  next_version: number;
  held_because: HoldCause | null;
  rotate_requested_at: number | null;
  /** JSON of `RequestedActivation`. */
  requested_activation: string | null;
  resumed_at: number | null;
  created_at: number;
  updated_at: number;
  audit_sequence: number;
  mac: Buffer | null;
  /** This and the next two: what the scheduler found when it last examined the ring; no MAC covers them. */
  examine_at: Generated<number | null>;
  state: Generated<RingState | null>;
  late_since: Generated<number | null>;
}

export interface KeyRingRevocationRow {
  id: string;
  ring_id: string;
  /** JSON array. */
  kids: string;
  reason: RevocationReason;
  comment: string | null;
  revoked_at: number;
  activated_before_ready: number;
  /** JSON: revisions by environment id. */
  revisions: string;
  /** JSON: `SafeNode` by node id. */
  safe: string;
  done: number;
  nodes_safe_at: number | null;
}

export interface ApplicationRow {
  id: string;
  project_id: string;
  name: string;
  description: string | null;
  expires_at: number | null;
  /** JSON of the tokens of `default`, where `credentials` is null. */
  tokens: string;
  /** JSON of `Grant[]`. */
  grants: string;
  /** JSON of `Credential[]`; null in rows from before there were any beside tokens. */
  credentials: string | null;
  created_at: number;
  updated_at: number;
  audit_sequence: number;
  mac: Buffer | null;
}

export interface IssuerKeySetRow {
  id: string;
  project_id: string;
  jwks_uri: string;
  /** JSON of public JWKs. */
  keys: string;
  created_at: number;
  updated_at: number;
  audit_sequence: number;
  mac: Buffer | null;
  refresh_at: number;
  state: 'FRESH' | 'FAILING';
  state_since: number;
  state_reason: string | null;
  fetched_at: number;
  etag: string | null;
  last_modified: string | null;
}

/** The same use as `KeyUsageRow`, of one day. */
export interface KeyUsageDayRow extends KeyUsageRow {
  /** Days since 1970-01-01, in UTC. */
  day: number;
}

export interface TokenProfileRow {
  id: string;
  project_id: string;
  name: string;
  description: string | null;
  ring_id: string;
  /** JSON of `ProfileRules`. */
  rules: string;
  /** JSON of `EncryptionTarget`. */
  encrypt_to: string | null;
  /** The ring or JWK in it. */
  encrypt_to_id: string | null;
  created_at: number;
  updated_at: number;
  audit_sequence: number;
  mac: Buffer | null;
}

export interface ViewRow {
  id: string;
  project_id: string;
  name: string;
  description: string | null;
  /** JSON of `Selection`; null: all keys. */
  included: string | null;
  /** The same; null: none. */
  excluded: string | null;
  created_at: number;
  updated_at: number;
  audit_sequence: number;
  mac: Buffer | null;
}

export interface KeyUsageRow {
  /** Empty: all applications that were deleted. */
  application_id: string;
  jwk_id: string;
  operation: string;
  outcome: string;
  count: number;
  last_used_at: number;
}

export interface JwkRefreshRow {
  jwk_id: string;
  interval_ms: number;
  refresh_at: number;
  state: 'FRESH' | 'FAILING' | 'GONE';
  state_since: number;
  state_reason: string | null;
  etag: string | null;
  last_modified: string | null;
}

export interface Tables extends EventTables {
  installation: InstallationRow;
  data_keys: DataKeyRow;
  users: UserRow;
  tokens: TokenRow;
  projects: ProjectRow;
  members: MemberRow;
  environments: EnvironmentRow;
  environment_projects: EnvironmentProjectRow;
  enrollment_tokens: EnrollmentTokenRow;
  node_keys: NodeKeyRow;
  identity_keys: IdentityKeyRow;
  nodes: NodeRow;
  managers: ManagerRow;
  leases: LeaseRow;
  idempotency_keys: IdempotencyKeyRow;
  environment_states: EnvironmentStateRow;
  desired_objects: DesiredObjectRow;
  jwks: JwkRow;
  jwk_refreshes: JwkRefreshRow;
  key_rings: KeyRingRow;
  key_ring_revocations: KeyRingRevocationRow;
  applications: ApplicationRow;
  issuer_key_sets: IssuerKeySetRow;
  token_profiles: TokenProfileRow;
  views: ViewRow;
  outlets: OutletRow;
  outlet_deliveries: OutletDeliveryRow;
  outlet_writes: OutletWriteRow;
  outlet_tests: OutletTestRow;
  key_usage: KeyUsageRow;
  key_usage_days: KeyUsageDayRow;
  materials: MaterialRow;
  certificate_environments: CertificateEnvironmentRow;
  crypto_key_environments: CryptoKeyEnvironmentRow;
  keystore_environments: KeystoreEnvironmentRow;
  audit_records: AuditRecordRow;
  audit_records_open: AuditOpenRow;
  audit_lanes: AuditLaneRow;
  audit_head: AuditHeadRow;
}

/** Speaks inside one transaction. */
export type Database = Kysely<Tables>;
