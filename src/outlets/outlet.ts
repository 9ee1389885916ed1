// An outlet: keys of a project, or events of it, in the form and at the place that a component reads.

import type { Sealed } from '../sealing/sealed.ts';
import type { OutletContent } from './content/outlet-content.ts';
import type { OutletKindName } from './kinds/kinds.ts';
import type { OutletJson, OutletSource } from './outlet-source.ts';

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
