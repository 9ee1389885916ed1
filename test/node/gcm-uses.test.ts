// How often a node encrypts with AES-GCM under one secret: never more than its share, even if its process ends.

import { randomBytes } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GcmUseCounter, type KeptGcmUses } from '../../src/node/operations/gcm-uses.ts';
import { KeptRecord } from '../../src/node/operations/kept-record.ts';
import { ecJwk } from './support/contents.ts';
import { applicationContent, operate } from './support/operations.ts';
import { getJson, runningManager, runningNode, TestLog, temporaryFolder } from './support/test-node.ts';

const key = Buffer.alloc(32, 1);
const counted = { jwkId: 'jwk', secretId: 'secret' };
/** As many as leave each this few uses. */
const nodesFor = (uses: number) => 2 ** 32 / uses;

async function counterAt(path: string, uses: number, blockSize = 10) {
  const log = new TestLog();
  const options = { path, key, additionalData: 'uses', title: 'uses', log };
  const record = await KeptRecord.open<KeptGcmUses>(options);
  return { log, counter: new GcmUseCounter({ record, nodes: () => nodesFor(uses), log, blockSize }) };
}

async function takeAll(counter: GcmUseCounter): Promise<number> {
  let taken = 0;
  while (await counter.take(counted, 1)) taken += 1;
  return taken;
}

test('a key is used as often as the share of the node allows, and a warning says when half is used', async () => {
  const { counter, log } = await counterAt(join(await temporaryFolder(), 'uses'), 128);
  expect(await takeAll(counter)).toBe(128);
  expect(counter.largestShare).toBe(1);
  expect(await counter.take({ ...counted, secretId: 'another' }, 1)).toBe(true);
  const warnings = log.lines.filter(({ level }) => level === 'warn');
  expect(warnings.map(({ facts }) => facts)).toEqual([{ jwkId: 'jwk', uses: 64, limit: 128 }]);
});

test('many requests at once do not go beyond the limit', async () => {
  const { counter } = await counterAt(join(await temporaryFolder(), 'uses'), 64, 4);
  const answers = await Promise.all(Array.from({ length: 200 }, () => counter.take(counted, 1)));
  expect(answers.filter((isTaken) => isTaken)).toHaveLength(64);
});

test('after a kill no use is forgotten, and after a stop none is lost', async () => {
  const folder = await temporaryFolder();
  const killed = await counterAt(join(folder, 'killed'), 1024);
  for (let times = 0; times < 25; times += 1) await killed.counter.take(counted, 1);
  // What is on the disk of a process that is killed now.
  const path = join(folder, 'uses');
  await copyFile(join(folder, 'killed'), path);
  await killed.counter.close();
  const second = await counterAt(path, 1024);
  const used = second.counter.largestShare * 1024;
  expect(used).toBeGreaterThanOrEqual(25);
  expect(used).toBeLessThanOrEqual(25 + 10);
  await second.counter.take(counted, 1);
  await second.counter.close();
  const third = await counterAt(path, 1024);
  expect(third.counter.largestShare * 1024).toBe(used + 1);
});

test('a node that keeps nothing is limited as if it were many', async () => {
  const counter = new GcmUseCounter({ record: undefined, nodes: () => 2 ** 20, log: new TestLog() });
  expect(await takeAll(counter)).toBe(4);
});

test('a node stops to encrypt with a key that is used up, and encrypts with its replacement', async () => {
  const manager = await runningManager();
  manager.nodes = nodesFor(4);
  const secret = () => ({
    kty: 'oct',
    alg: 'A256GCMKW',
    use: 'enc',
    kid: 'k',
    k: randomBytes(32).toString('base64url'),
  });
  const jwk = ecJwk({ name: 'wrapping', jwk: secret() });
  const { token, content } = applicationContent([{ ...jwk, operations: ['ENCRYPT', 'DECRYPT'] }]);
  const node = await runningNode({
    managerUrl: manager.url,
    dataDir: await temporaryFolder(),
    operations: { port: 0 },
  });
  const link = await manager.links.next();
  await link.reset(2, [jwk, content]);
  const [url = ''] = node.operations;
  const encrypt = () => operate(url, 'jwks/wrapping/encrypt', { token, body: { plaintext: 'x' } });
  // The first answer to a heartbeat says how many nodes there are.
  while ((await getJson(`${node.url}/status`)).lastSeenAt === null);
  let answer = await encrypt();
  let times = 0;
  while (answer.status === 200) {
    times += 1;
    answer = await encrypt();
  }
  expect(times).toBe(4);
  expect(answer.body).toMatchObject({ error: 'bad_request', reason: 'KEY_USED_UP' });
  const metrics = await (await fetch(`${node.url}/metrics`)).text();
  expect(metrics).toContain('keyplane_node_gcm_uses_ratio 1\n');
  const replaced = { ...jwk, jwk: secret() };
  await link.change(2, [{ revision: 3, put: replaced }], [replaced, content]);
  expect((await encrypt()).status).toBe(200);
});
