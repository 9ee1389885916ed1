// Responses of the operations listener, for the metrics of the node. Increments are cheap; a request for metrics reads them.

import type { ErrorReason } from '../../error-reasons.ts';
import type { Operation } from './node-operation.ts';

export interface OperationCount {
  readonly operation: Operation;
  readonly outcome: 'succeeded' | 'refused';
  /** Null where it succeeded. */
  readonly reason: ErrorReason | null;
  readonly count: number;
}

/** Seconds, each with everything below; the last has all. */
export const durationBuckets: readonly number[] = Object.freeze([
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
]);

export interface Durations {
  /** By bucket, not cumulative; one more for what is above all of them. */
  readonly counts: readonly number[];
  readonly sumSeconds: number;
}

export class OperationCounts {
  readonly #counts = new Map<string, { -readonly [Name in keyof OperationCount]: OperationCount[Name] }>();
  readonly #durations = new Map<Operation, { counts: number[]; sumSeconds: number }>();

  /** Answered with a result. */
  succeeded(operation: Operation, durationMs: number): void {
    this.#add(operation, null);
    const durations = this.#durations.get(operation) ?? {
      counts: Array.from({ length: durationBuckets.length + 1 }, () => 0),
      sumSeconds: 0,
    };
    const seconds = durationMs / 1_000;
    const found = durationBuckets.findIndex((most) => seconds <= most);
    const bucket = found < 0 ? durationBuckets.length : found;
    durations.counts[bucket] = (durations.counts[bucket] ?? 0) + 1;
    durations.sumSeconds += seconds;
    this.#durations.set(operation, durations);
  }

  refused(operation: Operation, reason: ErrorReason): void {
    this.#add(operation, reason);
  }

  all(): Iterable<OperationCount> {
    return this.#counts.values();
  }

  durations(): Iterable<readonly [Operation, Durations]> {
    return this.#durations;
  }

  #add(operation: Operation, reason: ErrorReason | null): void {
    const key = `${operation} ${reason ?? ''}`;
    const known = this.#counts.get(key);
    if (known) known.count += 1;
    else {
      const outcome = reason === null ? 'succeeded' : 'refused';
      this.#counts.set(key, { operation, outcome, reason, count: 1 });
    }
  }
}
