// FILES, end to end: a manager, nodes, and what lies below their outlet directories.

import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;
let outletDir: string;

beforeAll(async () => {
  outletDir = await mkdtemp(join(tmpdir(), 'keyplane-outlets-'));
  world = await startTestManager({ environments: ['gate'] });
  ({ api } = world);
  await world.addNode('gate', 'g1', { outletDir });
  const { body } = await api('POST', `${base}/jwks/generate`, {
    name: 'orders',
    type: 'EC',
    ec: { curveType: 'P256', algorithm: 'ES256' },
  });
  expect(body).toMatchObject({ success: true });
});

afterAll(async () => {
  await world?.close();
  await rm(outletDir, { recursive: true, force: true });
});

const detail = async (name: string) => (await api('GET', `${base}/outlets/${name}/`)).body.resultList[0];
const isCurrent = (name: string) => async () =>
  (await detail(name)).environments.every(({ state }: { state: string }) => state === 'CURRENT');

test("a project's set is delivered, and its digest is that of the file", async () => {
  const made = await api('POST', `${base}/outlets/`, {
    name: 'set',
    kind: 'FILES',
    content: 'JWKS',
    target: { path: 'nginx/jwks.json', layout: 'RENAME' },
  });
  expect([made.status, made.body]).toMatchObject([200, { success: true }]);
  await until(isCurrent('set'), 'the set is delivered');
  const file = await readFile(join(outletDir, 'MyProject', 'nginx', 'jwks.json'));
  expect(JSON.parse(file.toString()).keys).toHaveLength(1);
  const [delivery] = (await detail('set')).environments;
  expect(delivery).toMatchObject({
    environmentName: 'gate',
    nodeName: 'g1',
    state: 'CURRENT',
    digest: createHash('sha256').update(file).digest('hex'),
    attempts: 1,
    lastError: null,
  });
});
