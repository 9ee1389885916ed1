// Views at a node, beside a scripted manager: what the API cannot bring about, or only after a long time.

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DeployedContent, DeployedProjectSet, DeployedView } from '../../src/protocol/content.ts';
import { ecJwk, privateEcKey, publicMembers } from './support/contents.ts';
import { countNodeHttpRequests, RawClient } from './support/raw-client.ts';
import { getJson, runningManager, runningNode, temporaryFolder } from './support/test-node.ts';

function view(name: string, members: Partial<DeployedView> = {}): DeployedView {
  return {
    kind: 'view',
    id: randomUUID(),
    project: 'MyProject',
    name,
    include: null,
    exclude: null,
    ...members,
  };
}

function projectSet(keyTypes: readonly string[], project = 'MyProject'): DeployedProjectSet {
  return { kind: 'project-set', id: randomUUID(), project, name: project, keyTypes };
}

async function serving(contents: readonly DeployedContent[], clock?: () => number) {
  const manager = await runningManager();
  // Where a test sets the clock, the node goes by it: no manager tells it another time.
  manager.hears = clock === undefined;
  const [dataDir, publishDir] = [await temporaryFolder(), await temporaryFolder()];
  const options = { managerUrl: manager.url, dataDir, publishDir, ...(clock && { clock }) };
  const node = await runningNode(options);
  const link = await manager.links.next();
  await link.reset(contents.length, contents);
  return { node, link, options, publishDir };
}

const patient = { timeout: 60_000 };
const pathOf = (name: string) => `projects/MyProject/views/${name}/.well-known/jwks.json`;
const kidsAt = async (url: string) => ((await getJson(url)).keys as { kid: string }[]).map(({ kid }) => kid);

test('a node has its views again after a restart without a manager, in memory and as files', async () => {
  const [a, b] = [ecJwk({ name: 'a' }), ecJwk({ name: 'b' })];
  const contents = [a, b, view('partners', { include: { jwkIds: [b.id] } }), projectSet(['RSA'])];
  const { node, options, publishDir } = await serving(contents);
  expect(await kidsAt(`${node.url}/${pathOf('partners')}`)).toEqual(['kid-b']);
  await node.close();
  const again = await runningNode({ ...options, managerUrl: 'http://127.0.0.1:1' });
  expect((await getJson(`${again.url}/${pathOf('partners')}`)).keys).toEqual([publicMembers(b)]);
  expect(await kidsAt(`${again.url}/projects/MyProject/.well-known/jwks.json`)).toEqual([]);
  const bytes = await (await fetch(`${again.url}/${pathOf('partners')}`)).text();
  expect(await readFile(join(publishDir, pathOf('partners')), 'utf8')).toBe(bytes);
});

test('a key leaves the set and the file of a view when it expires', async () => {
  let now = 1_000;
  const contents = [ecJwk({ name: 'stays' }), ecJwk({ name: 'brief', expires: 1_020 }), view('v')];
  const { node, publishDir } = await serving(contents, () => now);
  const before = await fetch(`${node.url}/${pathOf('v')}`);
  expect(await kidsAt(`${node.url}/${pathOf('v')}`)).toEqual(['kid-brief', 'kid-stays']);
  now = 1_020;
  const after = await fetch(`${node.url}/${pathOf('v')}`, {
    headers: { 'if-none-match': before.headers.get('etag') ?? '' },
  });
  expect(after.status).toBe(200);
  expect(await kidsAt(`${node.url}/${pathOf('v')}`)).toEqual(['kid-stays']);
  await expect
    .poll(async () => JSON.parse(await readFile(join(publishDir, pathOf('v')), 'utf8')).keys, patient)
    .toHaveLength(1);
});

test('one kid names one key in a view, also where older data has two: the one that was there first', async () => {
  const of = (name: string) => ecJwk({ name, jwk: { ...privateEcKey(), kid: 'dup', use: 'sig' } });
  // Ids are UUIDv7, so the smaller one is older.
  const old = { ...of('z-old'), id: '0193a2b4-0000-7000-8000-000000000000' };
  const young = { ...of('a-young'), id: '0193a2b5-0000-7000-8000-000000000000' };
  const { node } = await serving([
    young,
    old,
    view('all'),
    view('young', { include: { jwkIds: [young.id] } }),
  ]);
  expect((await getJson(`${node.url}/${pathOf('all')}`)).keys).toEqual([publicMembers(old)]);
  expect(await kidsAt(`${node.url}/${pathOf('young')}`)).toEqual([]);
});

test('the set of a view is answered from the fast path, and follows its keys there', async () => {
  const [a, b] = [ecJwk({ name: 'a' }), ecJwk({ name: 'b' })];
  const partners = view('partners', { include: { keyTypes: ['EC'] } });
  const { node, link } = await serving([a, partners]);
  const head = `GET /${pathOf('partners')} HTTP/1.1\r\nHost: node\r\n\r\n`;
  await (await RawClient.connect(node.url)).ask(head);
  const countRequests = countNodeHttpRequests(
    (server) => (server.address() as { port: number } | null)?.port === Number(new URL(node.url).port),
  );
  const client = await RawClient.connect(node.url);
  expect(await client.ask(head)).toContain('"kid-a"');
  await link.change(2, [{ revision: 3, put: b }], [a, b, partners]);
  expect(await client.ask(head)).toContain('"kid-b"');
  const narrower = { ...partners, exclude: { jwkIds: [b.id] } };
  await link.change(3, [{ revision: 4, put: narrower }], [a, b, narrower]);
  const narrowed = await client.ask(head);
  expect(narrowed).toContain('"kid-a"');
  expect(narrowed).not.toContain('"kid-b"');
  expect(countRequests()).toBe(0);
});

test('a kid that looks like other members of a key does not bring it into a view', async () => {
  const kid = 'x","alg":"RS256","use":"enc';
  const odd = ecJwk({ name: 'odd', jwk: { ...privateEcKey(), kid } });
  const contents = [odd, view('by-alg', { include: { algorithms: ['RS256'] } })];
  const { node } = await serving([...contents, view('by-use', { include: { uses: ['enc'] } }), view('all')]);
  expect(await kidsAt(`${node.url}/${pathOf('all')}`)).toEqual([kid]);
  for (const name of ['by-alg', 'by-use']) {
    expect(await kidsAt(`${node.url}/${pathOf(name)}`)).toEqual([]);
  }
});

test('a view that is deleted and created again under its name has the keys of the new one', async () => {
  const [a, b] = [ecJwk({ name: 'a' }), ecJwk({ name: 'b' })];
  const [former, next] = [
    view('v', { include: { jwkIds: [a.id] } }),
    view('v', { include: { jwkIds: [b.id] } }),
  ];
  const { node, link } = await serving([a, b, former]);
  expect(await kidsAt(`${node.url}/${pathOf('v')}`)).toEqual(['kid-a']);
  const changes = [
    { revision: 4, gone: { kind: 'view' as const, id: former.id } },
    { revision: 5, put: next },
  ];
  await link.change(3, changes, [a, b, next]);
  expect(await kidsAt(`${node.url}/${pathOf('v')}`)).toEqual(['kid-b']);
});

test('the files of views go with their project, also when that happened while the node was stopped', async () => {
  const a = ecJwk({ name: 'a' });
  const { node, link, options, publishDir } = await serving([a, view('v'), view('w')]);
  const folders = async (...path: string[]) => readdir(join(publishDir, ...path)).catch(() => undefined);
  expect(await folders('projects', 'MyProject', 'views')).toEqual(['v', 'w']);
  await link.reset(9, [a]);
  await expect.poll(() => folders('projects', 'MyProject', 'views'), patient).toBeUndefined();
  await link.reset(10, []);
  await expect.poll(() => folders('projects'), patient).toEqual([]);
  await node.close();
  const stale = join(publishDir, 'projects/MyProject/views/stale/.well-known');
  await mkdir(stale, { recursive: true });
  await writeFile(join(stale, 'jwks.json'), '{"keys":[]}');
  await runningNode({ ...options, managerUrl: 'http://127.0.0.1:1' });
  expect(await folders('projects')).toEqual([]);
});

test('key types of a set alone make no set: a project with nothing else is 404', async () => {
  const { node } = await serving([ecJwk({ name: 'a' }), projectSet(['EC'], 'Empty')]);
  expect((await fetch(`${node.url}/projects/Empty/.well-known/jwks.json`)).status).toBe(404);
});

test.each([
  ['/projects/MyProject/views/v/.well-known/jwks.json/', 200],
  ['/projects/MyProject/views/%76/.well-known/jwks.json', 200],
  ['/projects/MyProject/views/V/.well-known/jwks.json', 404],
  ['/projects/MyProject/views/v/.well-known/historical-jwks', 404],
  ['/projects/MyProject/views/v', 404],
  ['/projects/Other/views/v/.well-known/jwks.json', 404],
])('%s answers %i', async (path, status) => {
  const { node } = await serving([ecJwk({ name: 'a' }), view('v')]);
  expect((await fetch(node.url + path)).status).toBe(status);
});
