// What comes and goes with an environment: 10,000 private keys of a project brought into one and taken out again, and what
// a change that moves none of them costs. Others create JWKs meanwhile. Over both databases.

import { type BenchManager, median } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import type { FillOrder } from '../nodes/filling-manager.ts';
import { creator, heldRow, overDatabases, watched } from './over-databases.ts';

const keys = 10_000;
const rounds = 21;
const environments = '/apiops/environments/';
const among = `${keys.toLocaleString('en')} keys`;

export function run(): Promise<BenchRow[]> {
  return overDatabases(measure, new URL('../nodes/filling-manager.ts', import.meta.url));
}

async function measure(manager: BenchManager, database: string): Promise<BenchRow[]> {
  await manager.post('/apiops/projects/', { name: 'Beside' });
  await manager.post(environments, { name: 'beside', type: 'TEST', projects: ['Beside'] });
  await manager.ask({ fill: keys, sealed: true } satisfies FillOrder);
  const createIn = creator(manager);
  const create = () => createIn('Beside');
  const rows: BenchRow[] = [];
  const step = async (what: string, work: () => Promise<unknown>) => {
    rows.push(heldRow(`${what}, ${database}`, await watched(manager, work, create)));
  };
  const reach = (name: string, projects: readonly string[]) =>
    manager.send('PUT', `${environments}${name}/`, { type: 'TEST', projects });
  const make = (name: string) => manager.post(environments, { name, type: 'TEST', projects: ['Bench'] });
  await step(`${among} into the first environment that has them`, () => make('first'));
  await step(`${among} into a further environment`, () => make('second'));
  await step(`${among} out of an environment`, () => reach('second', []));
  await step(`${among} into an environment again`, () => reach('second', ['Bench']));
  rows.push(await describe(manager, database));
  await step(`an environment of ${among} deleted`, () => manager.send('DELETE', `${environments}second/`));
  await step(`a project of ${among} deleted`, () => manager.send('DELETE', '/apiops/projects/Bench/'));
  return rows;
}

/** Another description for an environment with many keys, and for one with none. */
async function describe(manager: BenchManager, database: string): Promise<BenchRow> {
  await manager.post('/apiops/projects/', { name: 'None' });
  await manager.post(environments, { name: 'none', type: 'TEST', projects: ['None'] });
  const times = { second: [] as number[], none: [] as number[] };
  for (let round = -3; round < rounds; round += 1) {
    for (const [name, project] of [
      ['second', 'Bench'],
      ['none', 'None'],
    ] as const) {
      const body = { type: 'TEST', description: `round ${round}`, projects: [project] };
      const startMs = performance.now();
      await manager.send('PUT', `${environments}${name}/`, body);
      if (round >= 0) times[name].push(performance.now() - startMs);
    }
  }
  const [ours, yardstick] = [median(times.second), median(times.none)];
  return {
    name: `another description of an environment of ${among}, ${database}`,
    ours: `${ours.toFixed(2)} ms`,
    yardstick: `${yardstick.toFixed(2)} ms`,
    ratio: ours / yardstick,
    goal: { atMost: 1.5 },
    note: 'yardstick: the same of one that has none',
  };
}
