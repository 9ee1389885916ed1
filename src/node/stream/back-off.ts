export interface BackOffBounds {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Exponential, with full jitter: a thousand nodes that lost one manager do not come back in one instant.
 * @param attempt 0 for the first
 * @param random from 0 to below 1
 */
export function backOffMs(attempt: number, { baseMs, capMs }: BackOffBounds, random: number): number {
  return random * Math.min(capMs, baseMs * 2 ** attempt);
}
