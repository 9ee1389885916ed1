// An outlet: keys of a project, or events of it, in the form and at the place that a component reads.

import type { Sealed } from '../sealing/sealed.ts';
import type { OutletContent } from './content/outlet-content.ts';

export const outletKindNames = Object.freeze(['FILES', 'ENVOY', 'VAULT_KV', 'WEBHOOK'] as const);
export type OutletKindName = (typeof outletKindNames)[number];

export const outletSourceTypes = Object.freeze([
  'PROJECT',
  'KEY_RING',
  'JWK',
  'VIEW',
  'CERTIFICATE',
  'TOKEN_PROFILE',
] as const);
export type OutletSourceType = (typeof outletSourceTypes)[number];

/** What is delivered. `id` is null where it is the project's set. */
export interface OutletSource {
  readonly type: OutletSourceType;
  readonly id: string | null;
}

/** What a kind of outlet reads of its target or credential, checked. */
export type OutletJson = Readonly<Record<string, unknown>>;

export interface Outlet {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string | null;
  readonly kind: OutletKindName;
  readonly source: OutletSource;
  readonly content: OutletContent;
  /** Null: all that the project reaches, also later ones. */
  readonly environmentIds: readonly string[] | null;
  readonly target: OutletJson;
  /** JSON. Binding: outlet, outlets, the outlet's id, credential. */
  readonly credential: Sealed | null;
  /** Whether it counts in the gate of a key ring. */
  readonly gate: boolean;
  /** Each request to deliver raises it; nodes deliver again where it is higher than before. */
  readonly generation: number;
  /** The generation that takes over what another program wrote; null: none does. */
  readonly forcedGeneration: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The row was altered outside keyplane. */
  readonly altered?: boolean;
}

export const deliveryStates = Object.freeze(['CURRENT', 'LAGGING', 'FAILING'] as const);
export type DeliveryStateName = (typeof deliveryStates)[number];
