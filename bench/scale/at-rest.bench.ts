// What a manager on SQLite does while nothing happens: the statements that it gives its database, and its processor time.

import { setTimeout } from 'node:timers/promises';
import { startBenchManager } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import type { Used } from './counting-manager.ts';

const settlingMs = 3_000;
const idleMs = 20_000;
const mostStatements = 1;

export async function run(): Promise<BenchRow[]> {
  const manager = await startBenchManager(1, { file: new URL('./counting-manager.ts', import.meta.url) });
  try {
    await setTimeout(settlingMs);
    await manager.ask<Used>('used');
    await setTimeout(idleMs);
    const { statements, cpuMs } = await manager.ask<Used>('used');
    const perSecond = statements / (idleMs / 1_000);
    return [
      {
        name: 'statements a second of a manager at rest, SQLite',
        ours: perSecond.toFixed(2),
        yardstick: String(mostStatements),
        ratio: perSecond / mostStatements,
        goal: { atMost: 1 },
        note: `the yardstick is the limit; ${(cpuMs / (idleMs / 1_000)).toFixed(1)} ms of processor a second`,
      },
    ];
  } finally {
    await manager.close();
  }
}
