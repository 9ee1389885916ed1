// Rows of outlets and of their deliveries.

import type { OutletContent } from '../outlets/content/outlet-content.ts';
import type { OutletKindName } from '../outlets/kinds/kinds.ts';
import type { DeliveryStateName } from '../outlets/outlet.ts';
import type { OutletSourceType } from '../outlets/outlet-source.ts';

export interface OutletRow {
  id: string;
  project_id: string;
  name: string;
  description: string | null;
  kind: OutletKindName;
  source_type: OutletSourceType;
  /** Null: the project's set. */
  source_id: string | null;
  content: OutletContent;
  /** JSON; null: all that the project reaches. */
  environment_ids: string | null;
  /** JSON, as its kind reads it. */
  target: string;
  /** Sealed. */
  credential: Buffer | null;
  gate: number;
  generation: number;
  forced_generation: number | null;
  created_at: number;
  updated_at: number;
  audit_sequence: number;
  mac: Buffer | null;
}

export interface OutletDeliveryRow {
  outlet_id: string;
  environment_id: string;
  /** Empty: the manager delivers. */
  node_id: string;
  revision: number;
  digest: string | null;
  state: DeliveryStateName;
  delivered_at: number | null;
  attempts: number;
  last_error: string | null;
  /** Of the outlet, when it was delivered last. */
  generation: number;
  /** Of a secret, as it was written last. */
  remote_version: number | null;
  updated_at: number;
}

export interface OutletWriteRow {
  outlet_id: string;
  /** JSON: digests of what was begun to be written since the last delivery that was recorded. */
  digests: string;
}

/** A test that one manager asks of another. */
export interface OutletTestRow {
  id: string;
  environment_id: string;
  node_id: string;
  outlet_id: string;
  asked_at: number;
  /** JSON of `RelayedResult`; null until it is answered. */
  result: string | null;
}
