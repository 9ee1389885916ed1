import type { BackOffBounds } from '../../runtime/back-off.ts';

export interface StreamTiming extends BackOffBounds {
  /** Between attempts that only an operator's hand can make better; jittered down to half. */
  readonly slowRetryMs: number;
  /** From connecting to the manager's welcome. */
  readonly welcomeMs: number;
  readonly pingMs: number;
  /** Between reports of the use of keys. */
  readonly usageMs: number;
  /** Without any message for this time the connection is half open. */
  readonly deadMs: number;
}

export const defaultTiming: StreamTiming = Object.freeze({
  baseMs: 100,
  capMs: 5_000,
  slowRetryMs: 10_000,
  welcomeMs: 10_000,
  pingMs: 5_000,
  usageMs: 10_000,
  deadMs: 15_000,
});
