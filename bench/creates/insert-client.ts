// Load for the stand-in of `insert-server.ts`.

import { Pool } from 'undici';
import { onClients } from '../bench-manager.ts';
import type { BenchProcess } from '../bench-process.ts';
import { bodyOf, type CreateLoad } from './create-world.ts';

/** For one create. */
export interface Cost {
  readonly cpuMs: number;
  readonly perSecond: number;
}

export async function insertAll(
  server: BenchProcess,
  url: string,
  { key, clients, creates }: CreateLoad,
): Promise<Cost> {
  const pool = new Pool(url, { connections: clients, pipelining: 1 });
  const works = Array.from({ length: creates }, () => {
    const body = JSON.stringify(bodyOf(key));
    return async () => {
      const answer = await pool.request({ method: 'POST', path: '/', body });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`the stand-in answered ${answer.statusCode}`);
    };
  });
  try {
    await server.ask('used');
    const startedAt = performance.now();
    await onClients(clients, works);
    const seconds = (performance.now() - startedAt) / 1_000;
    const { cpuMs } = await server.ask<{ readonly cpuMs: number }>('used');
    return { cpuMs: cpuMs / creates, perSecond: creates / seconds };
  } finally {
    await pool.destroy();
  }
}
