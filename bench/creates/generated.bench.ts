// Create JWK by generating a key of P-256, 16 clients, SQLite and one node, against the transit engine of OpenBao that generates a
// key of the same type and waits for its disk (integrated storage): in turns, medians. Where OpenBao cannot be had, against a
// stand-in of one insert with a full sync behind `node:http`, which generates nothing.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BaoServer, findBao, startBao } from '../../test/support/bao-server.ts';
import { median, onClients } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import { createWorld } from './create-world.ts';
import { startStandIn } from './key-servers.ts';

const rounds = 5;
const load = Object.freeze({ key: 'generated', clients: 16, creates: 400 } as const);

interface Yardstick {
  readonly name: string;
  /** @returns creates a second */
  create(): Promise<number>;
  end(): Promise<unknown>;
}

export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-generated-'));
  const yardstick = await startYardstick(folder);
  const world = await createWorld({ nodes: 1, clients: load.clients });
  try {
    const rates = { ours: [] as number[], theirs: [] as number[] };
    await world.create(load);
    await yardstick.create();
    for (let round = 0; round < rounds; round += 1) {
      rates.ours.push((await world.create(load)).perSecond);
      rates.theirs.push(await yardstick.create());
    }
    const [ours, theirs] = [median(rates.ours), median(rates.theirs)];
    return [
      {
        name: `Create JWK, generated P-256, SQLite, ${load.clients} clients`,
        ours: `${ours.toFixed(0)} /s`,
        yardstick: `${theirs.toFixed(0)} /s (${yardstick.name})`,
        ratio: ours / theirs,
        goal: { atLeast: 1.2 },
      },
    ];
  } finally {
    await world.close();
    await yardstick.end();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startYardstick(folder: string): Promise<Yardstick> {
  const path = findBao();
  if (path !== undefined) return baoYardstick(await startBao(path, folder));
  const { name, createAll, end } = await startStandIn({ folder });
  return { name, create: async () => (await createAll({ ...load, key: 'pasted' })).perSecond, end };
}

function baoYardstick(bao: BaoServer): Yardstick {
  let made = 0;
  return {
    name: `transit of OpenBao ${bao.version}, integrated storage`,
    async create() {
      const works = Array.from({ length: load.creates }, () => {
        made += 1;
        const route = `transit/keys/key-${made}`;
        return async () => {
          const { status } = await bao.call('POST', route, { type: 'ecdsa-p256' });
          if (status >= 300) throw new Error(`OpenBao answered ${status}`);
        };
      });
      const startedAt = performance.now();
      await onClients(load.clients, works);
      return (load.creates / (performance.now() - startedAt)) * 1_000;
    },
    end: () => bao.end(),
  };
}
