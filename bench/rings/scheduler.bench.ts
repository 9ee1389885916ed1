// A tick of the scheduler among 10,000 key rings of which 10 are due, against 10 rings of which 10 are due, in turns. Each of
// them is decided and examined; none has a transition due, which would cost what a transition costs.

import { type BenchManager, median, startBenchManager } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import type { RingsOrder, Tick, TickOrder } from './scheduler-manager.ts';

const many = 10_000;
const few = 10;
const rounds = 41;
const warmUpRounds = 5;
const longestTurnMs = 20;
const ring = { name: 'first', type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' } };

export async function run(): Promise<BenchRow[]> {
  const managers: BenchManager[] = [];
  const start = async (copies: number) => {
    const manager = await startBenchManager(1, { file: new URL('./scheduler-manager.ts', import.meta.url) });
    managers.push(manager);
    await manager.post('/apiops/environments/', { name: 'bench', type: 'TEST', environmentSet: true });
    await manager.post('/apiops/projects/Bench/key-rings/', ring);
    await manager.ask({ copies } satisfies RingsOrder);
    return manager;
  };
  try {
    const [large, small] = [await start(many), await start(few)];
    const ticks = { large: [] as Tick[], small: [] as Tick[] };
    for (let round = -warmUpRounds; round < rounds; round += 1) {
      const order = { due: few } satisfies TickOrder;
      const [ofLarge, ofSmall] = [await large.ask<Tick>(order), await small.ask<Tick>(order)];
      if (round < 0) continue;
      ticks.large.push(ofLarge);
      ticks.small.push(ofSmall);
    }
    const msOf = (all: readonly Tick[]) => median(all.map(({ ms }) => ms));
    const [ours, yardstick] = [msOf(ticks.large), msOf(ticks.small)];
    const longest = Math.max(...ticks.large.map((tick) => tick.longestTurnMs));
    const name = `a tick of the scheduler, ${few} of ${many.toLocaleString('en')} key rings due`;
    return [
      {
        name,
        ours: `${ours.toFixed(1)} ms`,
        yardstick: `${yardstick.toFixed(1)} ms`,
        ratio: ours / yardstick,
        goal: { atMost: 2 },
        note: `yardstick: ${few} of ${few} due`,
      },
      {
        name: `Longest turn of the event loop: ${name}`,
        ours: `${longest.toFixed(1)} ms`,
        yardstick: `${longestTurnMs} ms`,
        ratio: longest / longestTurnMs,
        goal: { atMost: 1 },
        note: `of ${rounds} ticks, in processor time of its thread`,
      },
    ];
  } finally {
    for (const manager of managers) await manager.close();
  }
}
