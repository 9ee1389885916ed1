// How one delivery stands, and when it is tried again: the same for nodes and the manager. PURE.

import { backOffMs, jittered } from '../runtime/back-off.ts';
import type { DeliveryStateName } from './outlet.ts';

export interface DeliveryState {
  readonly state: DeliveryStateName;
  /** Of the environment whose content was delivered last; 0: none. */
  readonly revision: number;
  /** Of what was delivered last. */
  readonly digest: string | null;
  /** Milliseconds since 1970. */
  readonly deliveredAt: number | null;
  /** To deliver what is to be delivered now. */
  readonly attempts: number;
  readonly lastError: string | null;
  /** Monotonic milliseconds; null: it is due at once, or nothing is due. */
  readonly retryAtMs: number | null;
}

export const newDelivery: DeliveryState = Object.freeze({
  state: 'LAGGING',
  revision: 0,
  digest: null,
  deliveredAt: null,
  attempts: 0,
  lastError: null,
  retryAtMs: null,
});

const backOff = Object.freeze({ baseMs: 1_000, capMs: 300_000 });
/** At least half of a wait is kept, so that a component that is down is not asked in a tight loop. */
const randomShare = 0.5;
const longestError = 300;

/** There is something to deliver, at once. One that fails goes on failing until a delivery succeeds. */
export function wanted(delivery: DeliveryState): DeliveryState {
  const state = delivery.state === 'FAILING' ? 'FAILING' : 'LAGGING';
  return { ...delivery, state, attempts: 0, retryAtMs: null };
}

export interface DeliverySuccess {
  readonly revision: number;
  readonly digest: string;
  /** False: it was there already. */
  readonly changed: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function succeeded(
  delivery: DeliveryState,
  { revision, digest, changed, now }: DeliverySuccess,
): DeliveryState {
  const isNews = changed || delivery.digest !== digest || delivery.deliveredAt === null;
  return {
    state: 'CURRENT',
    revision,
    digest,
    deliveredAt: isNews ? now : delivery.deliveredAt,
    attempts: delivery.state === 'CURRENT' && !isNews ? delivery.attempts : delivery.attempts + 1,
    lastError: null,
    retryAtMs: null,
  };
}

export interface DeliveryFailure {
  readonly error: string;
  /** Monotonic milliseconds. */
  readonly nowMs: number;
  /** From 0 to below 1. */
  readonly random: number;
}

export function failed(delivery: DeliveryState, { error, nowMs, random }: DeliveryFailure): DeliveryState {
  const waitMs = jittered(backOffMs(Math.min(delivery.attempts, 30), backOff), randomShare, random);
  return {
    ...delivery,
    state: 'FAILING',
    attempts: delivery.attempts + 1,
    lastError: shownError(error),
    retryAtMs: nowMs + waitMs,
  };
}

/** As much of it as is reported. */
export function shownError(error: string): string {
  return error.length > longestError ? `${error.slice(0, longestError - 1)}…` : error;
}

/** Whether it is to be tried now. */
export function isDue({ state, retryAtMs }: DeliveryState, nowMs: number): boolean {
  return state !== 'CURRENT' && (retryAtMs === null || retryAtMs <= nowMs);
}
