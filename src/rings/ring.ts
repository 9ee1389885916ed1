// A key ring: the keys that serve one purpose, one after the other, and the policy by which they follow each other.

import type { GeneratedTypeName } from '../jose/key-types.ts';
import type { GenerateParameters } from '../jwks/generate/generate-plan.ts';

export const ringStates = Object.freeze(['STEADY', 'ROTATING', 'BLOCKED', 'HELD', 'REVOKING'] as const);
export type RingState = (typeof ringStates)[number];

/** Why scheduled rotation is suspended. */
export const holdCauses = Object.freeze(['REQUESTED', 'ROLLBACK', 'RESTORED'] as const);
export type HoldCause = (typeof holdCauses)[number];

/** Durations as they were given (ISO 8601). */
export interface RingPolicy {
  /** Null: keys are rotated by hand only. */
  readonly rotationInterval: string | null;
  readonly maxTokenLifetime: string;
  readonly verifierCacheTime: string;
  readonly clockSkew: string;
  /** Null: a node that hears from no manager signs without end. */
  readonly signingLease: string | null;
  readonly exportable: boolean;
  /** Ids; null: all environments that the project reaches, also later ones. */
  readonly environmentIds: readonly string[] | null;
}

/**
 * What a policy allowed before it was tightened. Nodes that have not confirmed the change go by it, and tokens that were
 * signed by it are still valid, so the larger limits count until then.
 */
export interface FormerLimits {
  readonly maxTokenLifetimeMs: number;
  /** Null: without end. */
  readonly signingLeaseMs: number | null;
  /** By environment id: the revision that brings the present policy. */
  readonly revisions: Readonly<Record<string, number>>;
  /** When the last token signed by it has expired; null until every node has confirmed the present policy. */
  readonly until: Date | null;
}

/** An activation that waits for nodes: a rollback, until they know that the member does not retire. */
export interface RequestedActivation {
  readonly version: number;
  /** Nodes that are not connected do not block it. */
  readonly force: boolean;
  readonly reason: string | null;
  readonly actor: string;
}

export interface KeyRing {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string | null;
  readonly type: GeneratedTypeName;
  readonly use: 'sig' | 'enc';
  /** The object of its type, as a generation takes it: what the next member is generated with. */
  readonly parameters: GenerateParameters;
  readonly policy: RingPolicy;
  /** Null: no tighter policy replaced another lately. */
  readonly formerLimits: FormerLimits | null;
  /** Of the member that is generated next. */
  readonly nextVersion: number;
  /** Null unless held. */
  readonly heldBecause: HoldCause | null;
  /** `rotate` was called, and no activation followed yet. */
  readonly rotateRequestedAt: Date | null;
  readonly requestedActivation: RequestedActivation | null;
  /** When a hold last ended; null: it was never held. */
  readonly resumedAt: Date | null;
  /** When the scheduler examines it next; null: when something changes. */
  readonly examineAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The row was altered outside keyplane. */
  readonly altered?: boolean;
}
