// A manager in a process of its own, started as `keyplane serve` starts it, that also tells how its event loop fares.
// Its settings are KEYPLANE_ variables; any message starts a new measurement and is answered with the one before,
// so that nothing is measured, at its own cost, before it is asked for.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pino } from 'pino';
import { startManager } from '../src/compose.ts';
import { processEnvironment, readManagerConfig } from '../src/config.ts';

/** In milliseconds. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const resolutionMs = 1;
const manager = await startManager(readManagerConfig(processEnvironment()), pino({ name: 'keyplane' }));
const histogram = monitorEventLoopDelay({ resolution: resolutionMs });

process.on('message', () => {
  // Each sample is the time between two timers of that resolution, so a loop that is never held shows it too.
  const ms = (nanoseconds: number) => Math.max(nanoseconds / 1e6 - resolutionMs, 0);
  const delay = {
    p50: ms(histogram.percentile(50)),
    p99: ms(histogram.percentile(99)),
    max: ms(histogram.max),
  };
  histogram.reset();
  histogram.enable();
  process.send?.(delay satisfies LoopDelay);
});
process.once('disconnect', () => process.exit());
process.send?.(manager.url);
