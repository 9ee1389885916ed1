// A node writes its sealed copy of 10,000 private RSA keys again without what was superseded, as it does beside serving:
// how long a turn of its event loop gets, and what one JWK out of the set costs to be asked for meanwhile.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SealedLog } from '../../src/node/disk/sealed-log.ts';
import { NodeState } from '../../src/node/node-state.ts';
import { restoreCopy } from '../../src/node/restore-copy.ts';
import { RevokedKids } from '../../src/node/revoked-kids.ts';
import { JwkSets } from '../../src/node/serve/jwk-sets.ts';
import { loadOrCreateKeyFile } from '../../src/sealing/key-file.ts';
import type { BenchRow } from '../bench-row.ts';
import { prepareCopy } from '../nodes/prepared-copy.ts';
import { TurnWatch } from '../turn-watch.ts';

const keys = 10_000;
const limitMs = 50;
const askEveryMs = 5;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function run(): Promise<BenchRow[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keyplane-bench-'));
  try {
    await prepareCopy(dataDir, keys, 3);
    const key = await loadOrCreateKeyFile(join(dataDir, 'node.key'), { mayCreate: false });
    const copy = new SealedLog({ dataDir, key, log: silent });
    const state = new NodeState();
    const sets = new JwkSets(Date.now);
    state.follow(sets);
    await restoreCopy(copy, state, new RevokedKids({ path: undefined, key, log: silent }));
    const row = await compact(copy, state, sets);
    await copy.close();
    return [row];
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function compact(copy: SealedLog, state: NodeState, sets: JwkSets): Promise<BenchRow> {
  const watch = new TurnWatch();
  let isDone = false;
  let served = 0;
  const serve = async () => {
    while (!isDone) {
      if (!sets.jwk('Bench', `key-${(served % keys) + 1}`)) throw new Error('a key is not served');
      served += 1;
      await setTimeout(askEveryMs);
    }
  };
  const serving = serve();
  watch.longestMs();
  const startMs = performance.now();
  const isCompacted = await copy.compactIfDue(state.objects, state.mark());
  const ms = performance.now() - startMs;
  isDone = true;
  await serving;
  const ownMs = watch.longestMs();
  watch.close();
  if (!isCompacted) throw new Error('there was nothing to compact');
  return {
    name: `Longest turn of a node's event loop: its copy of ${keys.toLocaleString('en')} keys is compacted`,
    ours: `${ownMs.toFixed(1)} ms`,
    yardstick: `${limitMs} ms`,
    ratio: ownMs / limitMs,
    goal: { atMost: 1 },
    note: `took ${ms.toFixed(0)} ms, and served ${served} times meanwhile`,
  };
}
