export interface BackOffBounds {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Exponential back-off, without jitter.
 * @param attempt 0 for the first
 */
export function backOffMs(attempt: number, { baseMs, capMs }: BackOffBounds): number {
  return Math.min(capMs, baseMs * 2 ** attempt);
}

/**
 * A random wait of up to `waitMs`, so that a thousand clients that failed together do not retry together.
 * @param share the part of the wait that is random: 1 is full jitter, 0.5 keeps at least half of the wait
 * @param random from 0 to below 1
 */
export function jittered(waitMs: number, share: number, random: number): number {
  return waitMs * (1 - share + share * random);
}
