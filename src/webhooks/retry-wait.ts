import { backOffMs, jittered } from '../runtime/back-off.ts';

const retry = Object.freeze({ baseMs: 1_000, capMs: 300_000 });
/** At least half of each wait. */
const jitterShare = 0.5;

/**
 * @param attempts that failed, at least 1
 * @param random from 0 to below 1
 */
export function retryWaitMs(attempts: number, random: number): number {
  return jittered(backOffMs(attempts - 1, retry), jitterShare, random);
}
