// What the metrics of a node tell of the outlets that it delivers, with real files.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';

const project = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;
let node: RunningNode;
let files: string;

beforeAll(async () => {
  world = await startTestManager({ environments: ['edge'] });
  ({ api } = world);
  const outletDir = join(world.dataDir, 'outlets');
  files = join(outletDir, 'MyProject');
  node = await world.addNode('edge', 'e1', { outletDir });
});
afterAll(() => world?.close());

const create = (name: string, path: string) =>
  api('POST', `${project}/outlets/`, {
    name,
    kind: 'FILES',
    content: 'JWKS',
    target: { path, layout: 'RENAME' },
  });
const generate = (name: string) =>
  api('POST', `${project}/jwks/generate`, { name, type: 'EC', ec: { curveType: 'P256' } });
const delivery = async (name: string) =>
  (await api('GET', `${project}/outlets/${name}/`)).body.resultList[0].environments[0];
const isIn = (name: string, state: string) =>
  until(async () => (await delivery(name)).state === state, `outlet ${name} is ${state}`);
async function counted(): Promise<Record<string, number>> {
  const text = await (await fetch(`${node.url}/metrics`)).text();
  const lines = text.matchAll(/^keyplane_node_(outlets(?:_failing)?) (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]));
}
const sha256 = (path: string) =>
  createHash('sha256')
    .update(readFileSync(join(files, path)))
    .digest('hex');

test('outlets and those that fail are counted as deliveries succeed, fail, succeed again and end', async () => {
  expect(await counted()).toEqual({ outlets: 0, outlets_failing: 0 });
  await create('one', 'one/jwks.json');
  await create('two', 'two/jwks.json');
  for (const name of ['one', 'two']) await isIn(name, 'CURRENT');
  expect(await counted()).toEqual({ outlets: 2, outlets_failing: 0 });
  expect((await delivery('one')).digest).toBe(sha256('one/jwks.json'));

  // A file where the outlet needs a folder.
  rmSync(join(files, 'two'), { recursive: true });
  writeFileSync(join(files, 'two'), 'of somebody else');
  await generate('first');
  await isIn('two', 'FAILING');
  await isIn('one', 'CURRENT');
  await until(
    async () => (await delivery('one')).digest === sha256('one/jwks.json'),
    'its new digest is reported',
  );
  expect(await counted()).toEqual({ outlets: 2, outlets_failing: 1 });
  const { digest } = await delivery('two');
  expect(digest).not.toBe(sha256('one/jwks.json'));

  rmSync(join(files, 'two'));
  mkdirSync(join(files, 'two'));
  await api('POST', `${project}/outlets/two/deliver`, {});
  await isIn('two', 'CURRENT');
  expect(await counted()).toEqual({ outlets: 2, outlets_failing: 0 });
  expect((await delivery('two')).digest).toBe(sha256('two/jwks.json'));

  await api('DELETE', `${project}/outlets/one/`);
  await until(async () => (await counted()).outlets === 1, 'the deleted one is counted no longer');
});

test('a node without --outlet-dir counts each of its outlets as failing', async () => {
  const bare = await world.addNode('edge', 'e2');
  await until(async () => {
    const text = await (await fetch(`${bare.url}/metrics`)).text();
    return /^keyplane_node_outlets 1$/m.test(text) && /^keyplane_node_outlets_failing 1$/m.test(text);
  }, 'it counts the outlet as failing');
});
