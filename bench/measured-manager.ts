// A manager in its own process, started as `keyplane serve` starts it, that also reports its event loop and deployments
// since the last query and its memory now. Its settings are KEYPLANE_ variables. The event loop is measured only from
// the first query on, because measuring has a cost.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pino } from 'pino';
import { startManager } from '../src/compose/manager.ts';
import { processEnvironment, readManagerConfig } from '../src/config.ts';
import { TurnWatch } from './turn-watch.ts';

/** In milliseconds. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Of the process's own processor time. */
  readonly ownMax: number;
}

export type ManagerQuestion = 'loop delay' | 'deployments' | 'memory';

const resolutionMs = 1;
export const manager = await startManager(
  readManagerConfig(processEnvironment()),
  pino({ name: 'keyplane' }),
);
const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
let turns: TurnWatch | undefined;

// Each from its commit to the last confirmation, in milliseconds.
let deploymentTimes: number[] = [];
const { deployments } = manager.services;
const deploy = deployments.deploy.bind(deployments);
deployments.deploy = async (...args) => {
  const startMs = performance.now();
  const result = await deploy(...args);
  deploymentTimes.push(performance.now() - startMs);
  return result;
};

const answers: Readonly<Record<ManagerQuestion, () => unknown>> = {
  'loop delay': loopDelay,
  deployments() {
    const times = deploymentTimes;
    deploymentTimes = [];
    return times;
  },
  memory: () => process.memoryUsage.rss(),
};

function loopDelay(): LoopDelay {
  // Each sample is the time between two timers of that resolution, so a loop that is never held shows it too.
  const ms = (nanoseconds: number) => Math.max(nanoseconds / 1e6 - resolutionMs, 0);
  const delay = {
    p50: ms(histogram.percentile(50)),
    p99: ms(histogram.percentile(99)),
    max: ms(histogram.max),
    ownMax: turns?.longestMs() ?? 0,
  };
  turns ??= new TurnWatch();
  histogram.reset();
  histogram.enable();
  return delay;
}

process.on('message', (question: ManagerQuestion) => {
  if (Object.hasOwn(answers, question)) process.send?.(answers[question]());
});
process.once('disconnect', () => process.exit());
process.send?.(manager.url);
