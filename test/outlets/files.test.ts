// FILES, end to end: a manager, nodes, and what lies below their outlet directories.

import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';

const base = '/apiops/projects/MyProject';
/** Its key ring changes its set at any time, and then the node looks at all outlets of the project. */
const withRing = '/apiops/projects/WithRing';
let world: TestManager;
let api: Api;
let outletDir: string;

beforeAll(async () => {
  outletDir = await mkdtemp(join(tmpdir(), 'keyplane-outlets-'));
  world = await startTestManager({ environments: ['gate', 'lab'], projects: ['MyProject', 'WithRing'] });
  ({ api } = world);
  await world.addNode('gate', 'g1', { outletDir });
  for (const project of [base, withRing]) {
    const { body } = await api('POST', `${project}/jwks/generate`, {
      name: 'orders',
      type: 'EC',
      ec: { curveType: 'P256', algorithm: 'ES256' },
    });
    expect(body).toMatchObject({ success: true });
  }
});

afterAll(async () => {
  await world?.close();
  await rm(outletDir, { recursive: true, force: true });
});

async function create(body: object, project = base): Promise<void> {
  const made = await api('POST', `${project}/outlets/`, { kind: 'FILES', ...body });
  expect([made.status, made.body]).toMatchObject([200, { success: true }]);
}

const detail = async (name: string, project = base) =>
  (await api('GET', `${project}/outlets/${name}/`)).body.resultList[0];
const isCurrent = (name: string, project?: string) => async () =>
  (await detail(name, project)).environments.every(({ state }: { state: string }) => state === 'CURRENT');

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
  const ring = await api('POST', `${withRing}/key-rings/`, { name: 'ring', type: 'EC', ec });
  expect(ring.body).toMatchObject({ success: true });
  const pem = { name: 'pem', source: { keyRingName: 'ring' }, content: 'PEM_PUBLIC' };
  await create({ ...pem, target: { path: 'haproxy/keys', layout: 'SYMLINK' } }, withRing);
  const folder = join(outletDir, 'WithRing', 'haproxy', 'keys');
  await until(
    async () => (await readdir(folder).catch((): string[] => [])).includes('current.pem'),
    'the key is ACTIVE',
  );
  await until(isCurrent('pem', withRing), 'the folder is delivered');
  const { members } = (await api('GET', `${withRing}/key-rings/ring/`)).body.resultList[0];
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

test('deliver writes a file again that is as it should be, and once for each request', async () => {
  const file = join(outletDir, 'MyProject', 'nginx', 'jwks.json');
  const before = await stat(file);
  const deliver = async () =>
    expect((await api('POST', `${base}/outlets/set/deliver`, {})).body).toMatchObject({ success: true });
  await deliver();
  await until(async () => (await stat(file)).ino !== before.ino, 'the file is written again');
  await until(isCurrent('set'), 'it is reported');
  const { ino } = await stat(file);
  // Each change of a project has the node look at all of its outlets.
  await create({ name: 'beside', content: 'JWKS', target: { path: 'beside.json', layout: 'RENAME' } });
  for (const name of ['beside', 'set']) await until(isCurrent(name), `${name} is looked at`);
  expect(await stat(file)).toMatchObject({ ino });
  expect((await api('DELETE', `${base}/outlets/beside/`)).body).toMatchObject({ success: true });
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
  // It reports first that it has yet to look.
  await expect.poll(async () => (await detail('set')).environments, { timeout: 60_000 }).toEqual(delivered);
});

test('a test has each node try its files, and tells what became of them since', async () => {
  const trials = async (name: string) => {
    const { body } = await api('POST', `${base}/outlets/${name}/test`);
    return body.resultList.map((trial: { nodeName: string; success: boolean; message: string }) => [
      trial.nodeName,
      trial.success,
      trial.message,
    ]);
  };
  const project = join(outletDir, 'MyProject');
  await create({
    name: 'tried',
    environmentNames: ['gate'],
    content: 'JWKS',
    target: { path: 'tried/jwks.json' },
  });
  await until(isCurrent('tried'), 'the file is delivered');
  expect(await trials('tried')).toEqual([['g1', true, 'The files can be written']]);
  expect(await readdir(join(project, 'tried'))).toEqual(['jwks.json']);

  await rm(join(project, 'tried'), { recursive: true });
  await writeFile(join(project, 'tried'), 'foreign');
  expect(await trials('tried')).toEqual([
    ['g1', false, 'tried is a symbolic link or a file where a folder of the outlet has to be!'],
  ]);
  await rm(join(project, 'tried'));
  expect(await trials('tried')).toEqual([['g1', true, 'The files can be written']]);

  await create({
    name: 'elsewhere',
    environmentNames: ['lab'],
    content: 'JWKS',
    target: { path: 'elsewhere.json' },
  });
  const node = await world.addNode('lab', 'l2', { outletDir: join(outletDir, 'of-l2') });
  await until(isCurrent('elsewhere'), 'both nodes have delivered it');
  await node.close();
  await until(async () => (await trials('elsewhere'))[1][1] === false, 'the manager sees the node leave');
  expect(await trials('elsewhere')).toEqual([
    ['l1', true, 'The files can be written'],
    ['l2', false, 'The node is not connected'],
  ]);
  const { status, body } = await api('POST', `${base}/outlets/tried/test`, { force: true });
  expect([status, body]).toMatchObject([400, { reason: 'FIELD_UNKNOWN', member: 'force' }]);
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

/** False where the node was quicker and wrote the file again. */
async function replacedByFolder(file: string): Promise<boolean> {
  await rm(file, { force: true });
  return mkdir(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      return false;
    },
  );
}

test('a path that another outlet gets keeps the files of that one, also where those before it are removed late', async () => {
  const limits = { environmentNames: ['gate'], content: 'PEM_PUBLIC' };
  const place = join(outletDir, 'WithRing', 'passed-on');
  const target = { path: 'passed-on' };
  await create({ name: 'former', ...limits, source: { jwkName: 'orders' }, target }, withRing);
  await until(isCurrent('former', withRing), 'the first outlet is delivered');
  const own = (await readdir(place)).find((name) => name !== 'current.pem') ?? '';
  await until(() => replacedByFolder(join(place, own)), 'a folder is where the file was');
  await writeFile(join(place, own, 'file'), 'in the way');
  await api('PUT', `${withRing}/outlets/former/`, { target: { path: 'moved-on' } });
  await until(
    async () => (await detail('former', withRing)).environments[0].state === 'FAILING',
    'its former files are not removed',
  );
  await create({ name: 'next', ...limits, source: { keyRingName: 'ring' }, target }, withRing);
  await until(isCurrent('next', withRing), 'the second outlet is delivered');
  await rm(join(place, own), { recursive: true });
  await until(isCurrent('former', withRing), 'the first outlet has moved');
  await until(
    async () => (await readdir(place)).includes('current.pem'),
    'the files of the second outlet are there',
  );
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
