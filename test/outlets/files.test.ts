// FILES, end to end: a manager, nodes, and what lies below their outlet directories.

import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
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
  world = await startTestManager({ environments: ['gate', 'lab'] });
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

async function create(body: object): Promise<void> {
  const made = await api('POST', `${base}/outlets/`, { kind: 'FILES', ...body });
  expect([made.status, made.body]).toMatchObject([200, { success: true }]);
}

const detail = async (name: string) => (await api('GET', `${base}/outlets/${name}/`)).body.resultList[0];
const isCurrent = (name: string) => async () =>
  (await detail(name)).environments.every(({ state }: { state: string }) => state === 'CURRENT');

test("a project's set is delivered, and its digest is that of the file", async () => {
  await create({ name: 'set', content: 'JWKS', target: { path: 'nginx/jwks.json', layout: 'RENAME' } });
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

test('a ring is delivered as a folder of PEM files, by one change of a link; its present key is current.pem', async () => {
  const ec = { curveType: 'P256', algorithm: 'ES256' };
  const ring = await api('POST', `${base}/key-rings/`, { name: 'ring', type: 'EC', ec });
  expect(ring.body).toMatchObject({ success: true });
  await create({
    name: 'pem',
    source: { keyRingName: 'ring' },
    content: 'PEM_PUBLIC',
    target: { path: 'haproxy/keys', layout: 'SYMLINK' },
  });
  const folder = join(outletDir, 'MyProject', 'haproxy', 'keys');
  await until(
    async () => (await readdir(folder).catch((): string[] => [])).includes('current.pem'),
    'the key is ACTIVE',
  );
  await until(isCurrent('pem'), 'the folder is delivered');
  const { members } = (await api('GET', `${base}/key-rings/ring/`)).body.resultList[0];
  const active = members.find(({ state }: { state: string }) => state === 'ACTIVE');
  const current = await readFile(join(folder, 'current.pem'), 'utf8');
  expect(current).toBe(await readFile(join(folder, `${active.kid}.pem`), 'utf8'));
  expect(await readlink(join(folder, 'current.pem'))).toBe('..data/current.pem');
});

test('a file that another program changed is written again by deliver', async () => {
  const file = join(outletDir, 'MyProject', 'nginx', 'jwks.json');
  await writeFile(file, 'foreign');
  expect((await api('POST', `${base}/outlets/set/deliver`, {})).body).toMatchObject({ success: true });
  await until(async () => (await readFile(file, 'utf8')) !== 'foreign', 'the file is written again');
  expect(JSON.parse(await readFile(file, 'utf8'))).toHaveProperty('keys');
});

test('a node that starts again finds its files and does not write them', async () => {
  const other = join(outletDir, 'of-another-node');
  const node = await world.addNode('lab', 'l1', { outletDir: other });
  await until(isCurrent('set'), 'the set is at both nodes');
  const file = join(other, 'MyProject', 'nginx', 'jwks.json');
  const { ino, mtimeMs } = await stat(file);
  const delivered = (await detail('set')).environments;
  await node.close();
  await world.addNode('lab', 'l1', { outletDir: other });
  await until(isCurrent('set'), 'the set is CURRENT again');
  expect(await stat(file)).toMatchObject({ ino, mtimeMs });
  expect((await detail('set')).environments).toEqual(delivered);
});

test('another path moves the file, and a deleted outlet leaves none', async () => {
  await create({ name: 'moving', content: 'JWKS', target: { path: 'one/jwks.json', layout: 'RENAME' } });
  const project = join(outletDir, 'MyProject');
  await until(async () => (await readdir(project)).includes('one'), 'the first path');
  const target = { path: 'two/jwks.json', layout: 'RENAME' };
  expect((await api('PUT', `${base}/outlets/moving/`, { target })).body).toMatchObject({ success: true });
  await until(async () => (await readdir(project)).includes('two'), 'the second path');
  expect(await readdir(project)).not.toContain('one');
  await api('DELETE', `${base}/outlets/moving/`);
  await until(async () => !(await readdir(project)).includes('two'), 'the files are removed');
});

test.skipIf(process.getuid?.() === 0)('a folder without permission is FAILING until it has it', async () => {
  const project = join(outletDir, 'MyProject');
  await chmod(project, 0o500);
  try {
    await create({ name: 'denied', content: 'JWKS', target: { path: 'denied.json', layout: 'RENAME' } });
    await until(
      async () => (await detail('denied')).environments[0].lastError?.includes('EACCES') === true,
      'the delivery fails',
    );
  } finally {
    await chmod(project, 0o750);
  }
  await until(isCurrent('denied'), 'it is delivered once it can be');
});

test('a folder where the file has to be is an error, until it is gone', async () => {
  const blocked = join(outletDir, 'MyProject', 'nginx', 'blocked.json');
  await mkdir(join(blocked, 'full'), { recursive: true });
  await create({
    name: 'blocked',
    content: 'JWKS',
    target: { path: 'nginx/blocked.json', layout: 'RENAME' },
  });
  await until(
    async () =>
      (await detail('blocked')).environments.some(
        ({ lastError }: { lastError: string | null }) =>
          lastError?.includes('a folder is where the file has to be') === true,
      ),
    'the delivery fails',
  );
  await rm(blocked, { recursive: true });
  await api('POST', `${base}/outlets/blocked/deliver`, {});
  await until(async () => (await stat(blocked).catch(() => undefined))?.isFile() === true, 'it is delivered');
});
