// The policy of a ring as the forms hold it, and what of it a request has.

import { parseDuration } from '../../../../src/iso-duration.ts';
import { isoOf, policyUnits, type Quantity, quantityOf } from '../../quantity/quantity.ts';
import type { KeyRing } from '../ring-types.ts';

export interface PolicyDraft {
  /** Keys are rotated by hand only. */
  readonly isManual: boolean;
  readonly rotationInterval: Quantity;
  readonly maxTokenLifetime: Quantity;
  readonly verifierCacheTime: Quantity;
  readonly clockSkew: Quantity;
  /** Nodes sign without limit, however long they have no contact with a manager. */
  readonly isEndless: boolean;
  readonly signingLease: Quantity;
  readonly exportable: boolean;
  /** Null: all environments that the project reaches. */
  readonly environmentNames: readonly string[] | null;
}

/** The defaults of the manager. */
export const defaultPolicy: PolicyDraft = {
  isManual: false,
  rotationInterval: { amount: '90', unit: 'd' },
  maxTokenLifetime: { amount: '1', unit: 'h' },
  verifierCacheTime: { amount: '24', unit: 'h' },
  clockSkew: { amount: '1', unit: 'min' },
  isEndless: false,
  signingLease: { amount: '7', unit: 'd' },
  exportable: false,
  environmentNames: null,
};

type DurationName =
  | 'rotationInterval'
  | 'maxTokenLifetime'
  | 'verifierCacheTime'
  | 'clockSkew'
  | 'signingLease';

export interface PolicyBody {
  readonly rotationInterval?: string | null;
  readonly maxTokenLifetime?: string;
  readonly verifierCacheTime?: string;
  readonly clockSkew?: string;
  readonly signingLease?: string | null;
  readonly exportable?: boolean;
  readonly environmentNames?: readonly string[] | null;
}

function wholePolicy(draft: PolicyDraft): Required<PolicyBody> {
  return {
    rotationInterval: draft.isManual ? null : isoOf(draft.rotationInterval),
    maxTokenLifetime: isoOf(draft.maxTokenLifetime),
    verifierCacheTime: isoOf(draft.verifierCacheTime),
    clockSkew: isoOf(draft.clockSkew),
    signingLease: draft.isEndless ? null : isoOf(draft.signingLease),
    exportable: draft.exportable,
    environmentNames: draft.environmentNames === null ? null : [...draft.environmentNames],
  };
}

/** What differs from a policy: what is left out stays, or takes its default. */
export function changedPolicy(draft: PolicyDraft, before: PolicyDraft): PolicyBody {
  const former = wholePolicy(before);
  const changes = Object.entries(wholePolicy(draft)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(former[name as keyof PolicyBody]),
  );
  return Object.fromEntries(changes);
}

/** With what the form always shows, whether it is the default or not. */
export function newPolicy(draft: PolicyDraft): PolicyBody {
  const { rotationInterval, maxTokenLifetime } = wholePolicy(draft);
  return { rotationInterval, maxTokenLifetime, ...changedPolicy(draft, defaultPolicy) };
}

export function policyDraftOf(
  ring: Pick<KeyRing, DurationName | 'exportable' | 'environmentNames'>,
): PolicyDraft {
  const { rotationInterval, signingLease } = ring;
  return {
    isManual: rotationInterval === null,
    rotationInterval:
      rotationInterval === null ? defaultPolicy.rotationInterval : quantityOfDuration(rotationInterval),
    maxTokenLifetime: quantityOfDuration(ring.maxTokenLifetime),
    verifierCacheTime: quantityOfDuration(ring.verifierCacheTime),
    clockSkew: quantityOfDuration(ring.clockSkew),
    isEndless: signingLease === null,
    signingLease: signingLease === null ? defaultPolicy.signingLease : quantityOfDuration(signingLease),
    exportable: ring.exportable,
    environmentNames: ring.environmentNames,
  };
}

function quantityOfDuration(text: string): Quantity {
  return quantityOf(parseDuration(text) ?? 0, policyUnits);
}
