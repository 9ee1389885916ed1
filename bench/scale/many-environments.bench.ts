// A project that reaches 100 environments: what a create and the overview cost, against the same with one environment.
// Over both databases.

import { type BenchManager, median } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import { creator, heldRow, overDatabases, watched } from './over-databases.ts';

const environments = 100;
const rounds = 31;
/** A hundred rows instead of one, in as many statements. */
const mostTimes = 3;

export function run(): Promise<BenchRow[]> {
  return overDatabases(measure);
}

async function measure(manager: BenchManager, database: string): Promise<BenchRow[]> {
  await manager.post('/apiops/projects/', { name: 'Beside' });
  await manager.post('/apiops/environments/', { name: 'only', type: 'TEST', projects: ['Beside'] });
  for (let number = 1; number <= environments; number += 1) {
    const body = { name: `env-${number}`, type: 'TEST', projects: ['Bench'] };
    await manager.post('/apiops/environments/', body);
  }
  const createIn = creator(manager);
  const overview = () => manager.send('GET', '/apiops/overview/');
  const times = { one: [] as number[], many: [] as number[], overview: [] as number[] };
  const round = async () => {
    times.one.push(await milliseconds(() => createIn('Beside')));
    times.many.push(await milliseconds(() => createIn('Bench')));
    times.overview.push(await milliseconds(overview));
  };
  const seen = await watched(
    manager,
    async () => {
      for (let count = 0; count < rounds; count += 1) await round();
    },
    () => createIn('Beside'),
  );
  const yardstick = median(times.one);
  const row = (name: string, ours: number): BenchRow => ({
    name: `${name}, ${database}`,
    ours: `${ours.toFixed(2)} ms`,
    yardstick: `${yardstick.toFixed(2)} ms`,
    ratio: ours / yardstick,
    goal: { atMost: mostTimes },
    note: 'yardstick: a create into one environment; others create beside both',
  });
  return [
    row(`a create into ${environments} environments`, median(times.many)),
    row(`the overview of ${environments} environments`, median(times.overview)),
    heldRow(`creates into ${environments} environments and the overview, ${database}`, seen),
  ];
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
