// A node's start with 10,000 keys: from its disk to a state that can be served. Against reading the same file and
// opening each of its records, in the same process, in turns. Processor time, so that other load does not count.

import { createSecretKey } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { frameHeaderBytes, openFrame, readFrameHeader } from '../../src/node/disk/log-frame.ts';
import { SealedLog } from '../../src/node/disk/sealed-log.ts';
import { NodeState } from '../../src/node/node-state.ts';
import { restoreCopy } from '../../src/node/restore-copy.ts';
import { RevokedKids } from '../../src/node/revoked-kids.ts';
import { JwkSets } from '../../src/node/serve/jwk-sets.ts';
import { loadOrCreateKeyFile } from '../../src/sealing/key-file.ts';
import { median } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import { prepareCopy } from './prepared-copy.ts';

const keys = 10_000;
const rounds = 11;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function run(): Promise<BenchRow[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keyplane-bench-'));
  try {
    await prepareCopy(dataDir, keys);
    const key = await loadOrCreateKeyFile(join(dataDir, 'node.key'), { mayCreate: false });
    const times = { ours: [] as number[], bare: [] as number[] };
    for (let round = -2; round < rounds; round += 1) {
      const ours = await cpuMs(() => restore(dataDir, key));
      const bare = await cpuMs(() => readAndOpen(dataDir, key));
      if (round < 0) continue;
      times.ours.push(ours);
      times.bare.push(bare);
    }
    const [ours, yardstick] = [median(times.ours), median(times.bare)];
    return [
      {
        name: `a node's start with ${keys.toLocaleString('en')} RSA keys`,
        ours: `${ours.toFixed(0)} ms`,
        yardstick: `${yardstick.toFixed(0)} ms`,
        ratio: ours / yardstick,
        goal: { atMost: 2 },
        note: 'yardstick: reading the same file and opening its records; processor time of both',
      },
    ];
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function restore(dataDir: string, key: Buffer): Promise<void> {
  const copy = new SealedLog({ dataDir, key, log: silent });
  const state = new NodeState();
  state.follow(new JwkSets(Date.now));
  await restoreCopy(copy, state, new RevokedKids({ path: undefined, key, log: silent }));
  await copy.close();
  if (state.objects.size !== keys) throw new Error(`it has ${state.objects.size} keys`);
}

async function readAndOpen(dataDir: string, rawKey: Buffer): Promise<void> {
  const key = createSecretKey(rawKey);
  const bytes = await readFile(join(dataDir, 'state.log'));
  let position = bytes.indexOf('\n') + 1;
  const { log, environmentId } = JSON.parse(bytes.toString('utf8', 0, position));
  let opened = 0;
  while (position < bytes.length) {
    const header = readFrameHeader(bytes.subarray(position));
    if (!header) throw new Error('there is no record');
    const end = position + frameHeaderBytes + header.sealedBytes;
    const sealed = bytes.subarray(position + frameHeaderBytes, end);
    if (openFrame(key, { log, environmentId, ...header }, sealed)) opened += 1;
    position = end;
  }
  if (opened !== keys + 1) throw new Error(`${opened} records opened`);
}

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3;
}
