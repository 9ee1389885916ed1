import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { JwkSets } from '../../src/node/serve/jwk-sets.ts';
import { PublishedFiles } from '../../src/node/serve/published-files.ts';
import type { StoredObject } from '../../src/node/stored-object.ts';
import { certificate, ecJwk, octJwk } from './support/contents.ts';
import { runningManager, runningNode, TestLog, temporaryFolder } from './support/test-node.ts';

const setPath = join('.well-known', 'jwks.json');

function held(project: string, name: string, expires: number | null = null): StoredObject {
  const publicJson = JSON.stringify({ kty: 'EC', kid: `${project}/${name}` });
  const digest = Buffer.alloc(32).toString('base64');
  return {
    kind: 'jwk',
    id: `${project}/${name}`,
    project,
    name,
    digest,
    publicJson,
    expires,
    location: { offset: 0, bytes: 0 },
  };
}

async function publishing(objects: StoredObject[], clock = () => 0, folder?: string) {
  const directory = folder ?? (await temporaryFolder());
  const log = new TestLog();
  const sets = new JwkSets(clock);
  const serveLimit = { isOver: false };
  const files = new PublishedFiles({ directory, sets, clock, serveLimit, log });
  const change = async (removed: StoredObject[], added: StoredObject[]) => {
    sets.changed(removed, added);
    files.changed(removed, added);
    await files.settled();
  };
  const replace = async (all: StoredObject[]) => {
    sets.replaced(all);
    files.replaced();
    await files.settled();
  };
  await replace(objects);
  const kids = async (...path: string[]) => {
    const { keys } = JSON.parse(await readFile(join(directory, ...path, setPath), 'utf8')) as {
      keys: { kid: string }[];
    };
    return keys.map((key) => key.kid);
  };
  return { directory, files, log, sets, change, replace, kids };
}

test('a set of thousands of keys is one file with all of them, also after a change', async () => {
  const keys = Array.from({ length: 8_000 }, (_, number) => held('A', `key-${1_000_000 + number}`));
  const { sets, change, kids } = await publishing(keys);
  expect(sets.environment()?.pieces.length).toBeGreaterThan(3);
  const added = held('A', 'key-1004000b');
  await change([], [added]);
  const expected = keys.map(({ id }) => id).toSpliced(4_001, 0, added.id);
  expect(await kids()).toEqual(expected);
  expect(await kids('projects', 'A')).toEqual(expected);
});

test('a node keeps the same bytes as files that it serves, after each change and after a start', async () => {
  const manager = await runningManager();
  const [dataDir, publishDir] = [await temporaryFolder(), await temporaryFolder()];
  const options = { managerUrl: manager.url, dataDir, publishDir };
  const node = await runningNode(options);
  expect(await readdir(publishDir)).toEqual([]);
  const link = await manager.links.next();
  const [a, b] = [ecJwk({ name: 'a', project: 'Größe' }), ecJwk({ name: 'b', project: 'Other' })];
  await link.reset(3, [a, octJwk('secret'), certificate('c')]);
  await link.reset(4, [a, b]);
  await node.close();
  const again = await runningNode({ ...options, managerUrl: 'http://127.0.0.1:1' });
  for (const path of [
    '.well-known/jwks.json',
    'projects/Größe/.well-known/jwks.json',
    'projects/Other/.well-known/jwks.json',
  ]) {
    const served = await (await fetch(`${again.url}/${path}`)).text();
    expect(await readFile(join(publishDir, path), 'utf8')).toBe(served);
  }
  expect((await readdir(join(publishDir, 'projects'))).sort()).toEqual(['Größe', 'Other']);
});

test('a change writes the files of its project and of the environment only', async () => {
  const { directory, change, kids } = await publishing([held('A', 'x'), held('B', 'y')]);
  const untouched = await stat(join(directory, 'projects', 'B', setPath));
  await change([], [held('A', 'z')]);
  expect(await kids()).toEqual(['A/x', 'A/z', 'B/y']);
  expect(await kids('projects', 'A')).toEqual(['A/x', 'A/z']);
  expect((await stat(join(directory, 'projects', 'B', setPath))).ino).toBe(untouched.ino);
});

test('bytes that are the same are not written again, nor at the next start', async () => {
  const { directory, replace } = await publishing([held('A', 'x')]);
  const before = await stat(join(directory, setPath));
  await replace([held('A', 'x')]);
  await publishing([held('A', 'x')], () => 0, directory);
  expect((await stat(join(directory, setPath))).ino).toBe(before.ino);
});

test('the file of a deleted project is removed, also when it was deleted before the node started', async () => {
  const { directory, change, replace } = await publishing([held('A', 'x'), held('B', 'y')]);
  await change([held('B', 'y')], []);
  expect(await readdir(join(directory, 'projects'))).toEqual(['A']);
  const stale = join(directory, 'projects', 'Stale');
  await mkdir(join(stale, '.well-known'), { recursive: true });
  await writeFile(join(stale, setPath), '{"keys":[]}');
  const foreign = join(directory, 'projects', 'Foreign');
  await mkdir(foreign);
  await writeFile(join(foreign, 'notes.txt'), 'not ours');
  await replace([held('A', 'x')]);
  expect((await readdir(join(directory, 'projects'))).sort()).toEqual(['A', 'Foreign']);
  expect(await readdir(foreign)).toEqual(['notes.txt']);
});

test('no reader ever sees a part of a file: it is replaced as a whole', async () => {
  const { directory, change } = await publishing([held('A', 'x')]);
  const before = await stat(join(directory, setPath));
  await change([], [held('A', 'y')]);
  expect((await stat(join(directory, setPath))).ino).not.toBe(before.ino);
  expect(await readdir(join(directory, '.well-known'))).toEqual(['jwks.json']);
});

test('a key leaves the files when it expires, with no change and no request', async () => {
  let now = 1_000;
  const { files, kids } = await publishing([held('A', 'x'), held('A', 'brief', 1_020)], () => now);
  onTestFinished(() => files.close());
  expect(await kids('projects', 'A')).toEqual(['A/brief', 'A/x']);
  now = 1_020;
  await expect.poll(() => kids('projects', 'A')).toEqual(['A/x']);
  await files.settled();
  expect(await kids()).toEqual(['A/x']);
});

test('a key leaves the files when it expires while they are written', async () => {
  let now = 1_000;
  const sets = new (class extends JwkSets {
    override project(project: string) {
      const published = super.project(project);
      now = 1_020;
      return published;
    }
  })(() => now);
  const [directory, log] = [await temporaryFolder(), new TestLog()];
  const files = new PublishedFiles({ directory, sets, clock: () => now, serveLimit: { isOver: false }, log });
  onTestFinished(() => files.close());
  sets.replaced([held('A', 'x'), held('A', 'brief', 1_020)]);
  files.replaced();
  const file = join(directory, 'projects', 'A', setPath);
  await expect
    .poll(async () => JSON.parse(await readFile(file, 'utf8').catch(() => '{}')))
    .toEqual({
      keys: [{ kty: 'EC', kid: 'A/x' }],
    });
});

test('a key comes back into the files within a minute when the clock is set back to before its expiry', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let now = 1_030;
  const { files, kids } = await publishing([held('A', 'x'), held('A', 'brief', 1_020)], () => now);
  onTestFinished(() => files.close());
  expect(await kids()).toEqual(['A/x']);
  now = 1_000;
  vi.advanceTimersByTime(60_000);
  await files.settled();
  expect(await kids()).toEqual(['A/brief', 'A/x']);
});

test('a name that is too long for a file is logged and stays in the set of the environment', async () => {
  const long = '長'.repeat(100);
  const { kids, log } = await publishing([held(long, 'x'), held('A', 'y')]);
  expect(await kids()).toEqual(['A/y', `${long}/x`]);
  expect(await kids('projects', 'A')).toEqual(['A/y']);
  await log.until(/too long for a file/);
});

test('a directory that cannot be written is logged and does not stop the node', async () => {
  const { directory, change, kids, log, files } = await publishing([held('A', 'x')]);
  await writeFile(join(directory, 'projects', 'B'), 'a file where a folder belongs');
  await change([], [held('B', 'y')]);
  await log.until(/could not be written to the publish directory/);
  expect(await kids()).toEqual(['A/x', 'B/y']);
  await files.close();
});
