// The two databases for benches of scale, and how a manager over either is watched while it is busy.

import { generateKeyPairSync } from 'node:crypto';
import { type BenchManager, startBenchManager } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import { withPostgres } from '../support/with-postgres.ts';

const limitMs = 50;

const connections = 4;

/**
 * Measures a manager over SQLite, then one over a PostgreSQL that waits for its disk.
 * @param file what runs in the manager's process, where it is more than `measured-manager.ts`
 */
export async function overDatabases(
  measure: (manager: BenchManager, databaseName: string) => Promise<BenchRow[]>,
  file?: URL,
): Promise<BenchRow[]> {
  const over = async (databaseName: string, databaseUrl?: string) => {
    const options = { ...(file && { file }), ...(databaseUrl !== undefined && { databaseUrl }) };
    const manager = await startBenchManager(connections, options);
    try {
      return await measure(manager, databaseName);
    } finally {
      await manager.close();
    }
  };
  const rows = await over('SQLite');
  return [...rows, ...(await withPostgres(({ url }) => over('PostgreSQL', url)))];
}

export interface Watched {
  /** How long the work took. */
  readonly ms: number;
  /** The longest turn of the manager's event loop meanwhile, in processor time of its thread, and by the clock. */
  readonly ownMs: number;
  readonly clockMs: number;
  /** The longest of the changes that were made beside it, one after another. */
  readonly besideMs?: number;
}

/** Does the work while `beside`, which creates a JWK, is done over and over. */
export async function watched(
  manager: BenchManager,
  work: () => Promise<unknown>,
  beside?: () => Promise<unknown>,
): Promise<Watched> {
  await beside?.();
  await manager.loopDelay();
  let isDone = false;
  let besideMs = 0;
  const others = async () => {
    while (beside && !isDone) {
      const startMs = performance.now();
      await beside();
      besideMs = Math.max(besideMs, performance.now() - startMs);
    }
  };
  const busy = others();
  const startMs = performance.now();
  await work();
  const ms = performance.now() - startMs;
  isDone = true;
  await busy;
  const { max: clockMs, ownMax: ownMs } = await manager.loopDelay();
  return { ms, ownMs, clockMs, ...(beside && { besideMs }) };
}

/** By processor time: a machine that does much else takes the processor away, which is not what holds the loop. */
export function heldRow(name: string, watchedOnce: Watched, note = ''): BenchRow {
  const { ms, ownMs, clockMs, besideMs } = watchedOnce;
  const beside = besideMs === undefined ? '' : `; the longest create beside it ${besideMs.toFixed(0)} ms`;
  return {
    name: `Longest turn of the event loop: ${name}`,
    ours: `${ownMs.toFixed(1)} ms`,
    yardstick: `${limitMs} ms`,
    ratio: ownMs / limitMs,
    goal: { atMost: 1 },
    note: `${clockMs.toFixed(0)} ms by the clock; took ${ms.toFixed(0)} ms${beside}${note}`,
  };
}

/** Creates JWKs of a public P-256 key, each under another name. */
export function creator(manager: BenchManager): (project: string) => Promise<unknown> {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwkStr = JSON.stringify(publicKey.export({ format: 'jwk' }));
  let made = 0;
  return (project) => {
    made += 1;
    const body = { name: `made-${made}`, sourceType: 'COPY_PASTE', jwkStr };
    return manager.post(`/apiops/projects/${project}/jwks/`, body);
  };
}
