// What the MAC of each kind of row covers: every column but the MAC itself, and sealed values, which are bound to
// their row by their own seal and are sealed again under a new data key; of those, whether there is one.

import type { MacPart } from '../../sealing/integrity.ts';
import type {
  ApplicationRow,
  DesiredObjectRow,
  EnvironmentRow,
  IssuerKeySetRow,
  JwkRow,
  KeyRingRow,
  MaterialRow,
  ProjectRow,
  TokenProfileRow,
  ViewRow,
} from '../database-schema.ts';
import type { OutletRow } from '../outlet-rows.ts';

export interface MacOf {
  readonly kind: string;
  readonly parts: readonly MacPart[];
}

export function desiredObjectParts(row: Omit<DesiredObjectRow, 'mac'>): MacOf {
  const { environment_id, kind, object_id, project_id, revision, digest, since_revision } = row;
  return {
    kind: 'desired object',
    parts: [
      environment_id,
      kind,
      object_id,
      project_id,
      revision,
      digest,
      // Rows from before this column was there keep their MAC.
      ...(since_revision === null ? [] : [since_revision]),
    ],
  };
}

export interface HeadColumns {
  readonly environment_id: string;
  readonly revision: number;
  readonly digest: Buffer;
  readonly audit_sequence: number;
}

/**
 * The lineage is covered, so that only a restore can announce another history to nodes. The compaction revision is not:
 * a wrong one only causes snapshots.
 */
export function headParts(row: HeadColumns, lineage: string | undefined): MacOf {
  const { environment_id, revision, digest, audit_sequence } = row;
  return {
    kind: 'environment state',
    parts: [environment_id, revision, digest, audit_sequence, lineage ?? null],
  };
}

export function jwkParts(row: Omit<JwkRow, 'mac'>): MacOf {
  return {
    kind: 'jwk',
    parts: [
      row.id,
      row.project_id,
      row.name,
      row.description,
      row.source_type,
      row.source_id,
      row.source_url,
      row.source,
      row.type,
      row.kid,
      row.use,
      row.algorithm,
      row.not_before_time,
      row.expiration_time,
      row.public_members,
      row.private_members !== null,
      row.created_at,
      row.updated_at,
      row.audit_sequence,
      // Rows from before this column was there keep their MAC.
      ...(row.kid_since === null ? [] : [row.kid_since]),
      ...(row.ring_id === null ? [] : [row.ring_id, row.ring_version, row.ring_state, row.ring_member]),
      ...(row.operations === null ? [] : [row.operations]),
    ],
  };
}

type SharedColumns = Pick<
  MaterialRow,
  'id' | 'kind' | 'project_id' | 'name' | 'key_type' | 'algorithm' | 'audit_sequence'
>;

/** @param placed what the material has in one environment, that environment's id first */
export function materialParts(shared: SharedColumns, placed: readonly MacPart[]): MacOf {
  const { id, kind, project_id, name, key_type, algorithm, audit_sequence } = shared;
  return {
    kind: 'material',
    parts: [id, kind, project_id, name, key_type, algorithm, audit_sequence, ...placed],
  };
}

/** When it is examined next, and what was found then, are only a plan: the rules decide from the rest. */
export type KeyRingColumns = Omit<KeyRingRow, 'mac' | 'examine_at' | 'state' | 'late_since'>;

export function keyRingParts(row: KeyRingColumns): MacOf {
  return {
    kind: 'key ring',
    parts: [
      row.id,
      row.project_id,
      row.name,
      row.description,
      row.type,
      row.use,
      row.parameters,
      row.policy,
      row.environment_ids,
      row.former_limits,
      row.next_version,
      row.held_because,
      row.rotate_requested_at,
      row.requested_activation,
      row.resumed_at,
      row.created_at,
      row.updated_at,
      row.audit_sequence,
    ],
  };
}

export type ApplicationColumns = Omit<ApplicationRow, 'mac'>;

export function applicationParts(row: ApplicationColumns): MacOf {
  return {
    kind: 'application',
    parts: [
      row.id,
      row.project_id,
      row.name,
      row.description,
      row.expires_at,
      row.tokens,
      row.grants,
      row.created_at,
      row.updated_at,
      row.audit_sequence,
      // Rows from before this column was there keep their MAC.
      ...(row.credentials === null ? [] : [row.credentials]),
    ],
  };
}

/** When it is fetched next, and what the last fetch found, decide over no key. */
export type IssuerKeySetColumns = Pick<
  IssuerKeySetRow,
  'id' | 'project_id' | 'jwks_uri' | 'keys' | 'created_at' | 'updated_at' | 'audit_sequence'
>;

export function issuerKeySetParts(row: IssuerKeySetColumns): MacOf {
  const { id, project_id, jwks_uri, keys, created_at, updated_at, audit_sequence } = row;
  return {
    kind: 'issuer key set',
    parts: [id, project_id, jwks_uri, keys, created_at, updated_at, audit_sequence],
  };
}

export type TokenProfileColumns = Omit<TokenProfileRow, 'mac'>;

export function tokenProfileParts(row: TokenProfileColumns): MacOf {
  return {
    kind: 'token profile',
    parts: [
      row.id,
      row.project_id,
      row.name,
      row.description,
      row.ring_id,
      row.rules,
      row.encrypt_to,
      row.encrypt_to_id,
      row.created_at,
      row.updated_at,
      row.audit_sequence,
    ],
  };
}

export type ViewColumns = Omit<ViewRow, 'mac'>;

export function viewParts(row: ViewColumns): MacOf {
  return {
    kind: 'view',
    parts: [
      row.id,
      row.project_id,
      row.name,
      row.description,
      row.included,
      row.excluded,
      row.created_at,
      row.updated_at,
      row.audit_sequence,
    ],
  };
}

export type OutletColumns = Omit<OutletRow, 'mac'>;

export function outletParts(row: OutletColumns): MacOf {
  return {
    kind: 'outlet',
    parts: [
      row.id,
      row.project_id,
      row.name,
      row.description,
      row.kind,
      row.source_type,
      row.source_id,
      row.content,
      row.environment_ids,
      row.target,
      row.credential !== null,
      row.gate,
      row.generation,
      row.forced_generation,
      row.created_at,
      row.updated_at,
      row.audit_sequence,
    ],
  };
}

export type ProjectColumns = Omit<ProjectRow, 'mac'>;

export function projectParts(row: ProjectColumns): MacOf {
  return {
    kind: 'project',
    parts: [
      row.id,
      row.name,
      row.description,
      row.historical_key_ring_name,
      row.publish_key_types,
      row.created_at,
      row.updated_at,
      row.audit_sequence,
    ],
  };
}

/** When a node was removed last is what key rings wait by, and is written with the node. */
export type EnvironmentColumns = Omit<EnvironmentRow, 'mac' | 'node_removed_at'>;

export function environmentParts(row: EnvironmentColumns): MacOf {
  return {
    kind: 'environment',
    parts: [
      row.id,
      row.name,
      row.description,
      row.type,
      row.access_url,
      row.restricted,
      row.environment_set,
      row.created_at,
      row.updated_at,
      row.audit_sequence,
    ],
  };
}

export function installationParts({ key, value }: { readonly key: string; readonly value: string }): MacOf {
  return { kind: 'installation', parts: [key, value] };
}
