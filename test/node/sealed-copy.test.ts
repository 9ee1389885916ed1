import { spawn, spawnSync } from 'node:child_process';
import { createSecretKey } from 'node:crypto';
import { once } from 'node:events';
import { open, readdir, readFile, readlink, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lockDataDir } from '../../src/node/disk/data-dir-lock.ts';
import { LogFile } from '../../src/node/disk/log-file.ts';
import { SealedLog } from '../../src/node/disk/sealed-log.ts';
import { toStoredObject } from '../../src/node/stored-object.ts';
import type { DeployedContent } from '../../src/protocol/content.ts';
import { loadOrCreateKeyFile } from '../../src/sealing/key-file.ts';
import { until } from '../support/manager.ts';
import { certificate, ecJwk, keystore, octJwk, secretKey } from './support/contents.ts';
import { digestOf, type FakeManager, type ManagerLink } from './support/fake-manager.ts';
import {
  getJson,
  runningManager,
  runningNode,
  TestLog,
  type TestNode,
  temporaryFolder,
} from './support/test-node.ts';

/** No server listens there. */
const nobody = 'http://127.0.0.1:1';

interface SetUp {
  readonly manager: FakeManager;
  readonly node: TestNode;
  readonly link: ManagerLink;
  readonly dataDir: string;
  readonly log: string;
}

async function connected(): Promise<SetUp> {
  const manager = await runningManager();
  const dataDir = await temporaryFolder();
  const node = await runningNode({ managerUrl: manager.url, dataDir });
  return { manager, node, link: await manager.links.next(), dataDir, log: join(dataDir, 'state.log') };
}

async function answerOf(node: TestNode): Promise<{ status: number; etag: string | null; body: string }> {
  const response = await fetch(`${node.url}/.well-known/jwks.json`);
  return { status: response.status, etag: response.headers.get('etag'), body: await response.text() };
}

async function flipByte(path: string, offset: number): Promise<void> {
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
  await writeFile(path, bytes);
}

test('a node that starts again without its manager serves the same bytes under the same ETag', async () => {
  const { node, link, dataDir } = await connected();
  const [a, b, c] = [ecJwk({ name: 'a' }), ecJwk({ name: 'b' }), octJwk('c')];
  await link.reset(2, [a, b]);
  await link.change(
    2,
    [
      { revision: 3, put: c },
      { revision: 4, gone: { kind: 'jwk', id: a.id } },
    ],
    [b, c],
  );
  const before = await answerOf(node);
  await node.close();
  const again = await runningNode({ managerUrl: nobody, dataDir });
  expect(await answerOf(again)).toEqual(before);
  expect(await getJson(`${again.url}/status`)).toMatchObject({
    revision: 4,
    connected: false,
    counts: { jwks: 2 },
  });
});

test('a copy whose records were written without what stays in memory is served as well', async () => {
  const dataDir = await temporaryFolder();
  const key = await loadOrCreateKeyFile(join(dataDir, 'node.key'), { mayCreate: true });
  const [a, b] = [ecJwk({ name: 'a' }), octJwk('b')];
  const path = join(dataDir, 'state.log');
  const file = await LogFile.create(path, { key: createSecretKey(key), environmentId: 'environment-1' });
  const append = (record: object) => file.append(Buffer.from(JSON.stringify(record)));
  await append({ revision: 1, put: a });
  await append({ revision: 2, put: b });
  const commit = { environmentName: 'production', revision: 2, digest: digestOf([a, b]) };
  await file.commit(Buffer.from(JSON.stringify({ commit })));
  await file.close();
  const node = await runningNode({ managerUrl: nobody, dataDir });
  expect(await getJson(`${node.url}/status`)).toMatchObject({
    revision: 2,
    counts: { jwks: 2, published: 1 },
  });
});

test('a node that reconnects reports its revision and gets only the delta', async () => {
  const { manager, node, link, dataDir } = await connected();
  const [a, b] = [ecJwk({ name: 'a' }), ecJwk({ name: 'b' })];
  await link.reset(1, [a]);
  await node.close();
  await runningNode({ managerUrl: manager.url, dataDir });
  const next = await manager.links.next();
  expect(next.resume).toMatchObject({ environmentId: 'environment-1', revision: 1, digest: digestOf([a]) });
  expect(await next.change(1, [{ revision: 2, put: b }], [a, b])).toMatchObject({
    type: 'applied',
    revision: 2,
  });
});

test('nothing private is on the disk unsealed: not raw, base64, base64url or hex', async () => {
  const { manager, node, link, dataDir } = await connected();
  const contents: DeployedContent[] = [ecJwk({ name: 'a' }), octJwk('b'), secretKey('c'), keystore('d')];
  await link.reset(4, contents);
  await link.change(4, [{ revision: 5, put: certificate('e') }], [...contents, certificate('e')]);
  await node.close();
  await manager.stop();
  const secrets = contents.flatMap(secretsOf);
  expect(secrets.length).toBe(6);
  const files = await readdir(dataDir);
  expect(files).toEqual(expect.arrayContaining(['manager.pin', 'node.key', 'state.log']));
  for (const file of files) {
    const bytes = await readFile(join(dataDir, file));
    expect((await stat(join(dataDir, file))).mode & 0o777).toBe(0o600);
    for (const secret of secrets) {
      for (const spelling of [
        secret,
        ...(['base64', 'base64url', 'hex'] as const).map((e) => secret.toString(e)),
      ]) {
        expect(bytes.includes(spelling)).toBe(false);
      }
    }
  }
});

function secretsOf(content: DeployedContent): Buffer[] {
  if (content.kind === 'jwk') {
    return [content.jwk.d, content.jwk.k]
      .filter((member) => typeof member === 'string')
      .map((member) => Buffer.from(member, 'base64url'));
  }
  if (content.kind === 'key') return [Buffer.from(content.content, 'base64')];
  if (content.kind !== 'keystore') return [];
  return [
    Buffer.from(content.file, 'base64'),
    Buffer.from(content.password),
    Buffer.from(content.keyPassword ?? ''),
  ];
}

describe('after a crash', () => {
  async function atTwo(): Promise<SetUp & { readonly wholeBytes: number; readonly a: DeployedContent }> {
    const setUp = await connected();
    const [a, b] = [ecJwk({ name: 'a' }), ecJwk({ name: 'b' })];
    await setUp.link.reset(1, [a]);
    const wholeBytes = (await stat(setUp.log)).size;
    await setUp.link.change(1, [{ revision: 2, put: b }], [a, b]);
    await setUp.node.close();
    return { ...setUp, wholeBytes, a };
  }

  test.each([1, 20, 300])(
    'a last change that lost its last %i bytes is cut off and asked for again',
    async (lost) => {
      const { manager, log, dataDir, wholeBytes } = await atTwo();
      await truncate(log, (await stat(log)).size - lost);
      const node = await runningNode({ managerUrl: manager.url, dataDir });
      expect((await manager.links.next()).resume.revision).toBe(1);
      expect((await getJson(`${node.url}/.well-known/jwks.json`)).keys).toHaveLength(1);
      expect((await stat(log)).size).toBe(wholeBytes);
    },
  );

  test('a last change whose bytes never reached the disk (zeros) is cut off', async () => {
    const { manager, log, dataDir, wholeBytes } = await atTwo();
    const file = await open(log, 'r+');
    await file.write(Buffer.alloc((await file.stat()).size - wholeBytes), 0, undefined, wholeBytes);
    await file.close();
    await runningNode({ managerUrl: manager.url, dataDir });
    expect((await manager.links.next()).resume.revision).toBe(1);
  });

  test('a copy with a damaged record before the last change is renamed and not used', async () => {
    const { manager, node: first, link: before, dataDir, log } = await connected();
    const [a, b] = [ecJwk({ name: 'a' }), ecJwk({ name: 'b' })];
    await before.reset(1, [a]);
    const { size } = await stat(log);
    await before.change(1, [{ revision: 2, put: b }], [a, b]);
    await before.change(2, [{ revision: 3, gone: { kind: 'jwk', id: b.id } }], [a]);
    await first.close();
    await flipByte(log, size + 100);
    const node = await runningNode({ managerUrl: manager.url, dataDir });
    expect((await answerOf(node)).status).toBe(503);
    const link = await manager.links.next();
    expect(link.resume).toMatchObject({ environmentId: null, revision: 0 });
    expect(await readdir(dataDir)).toContain('state.log.damaged-1');
    expect(node.log.lines).toContainEqual(expect.objectContaining({ level: 'error' }));
    expect(await link.reset(3, [a])).toMatchObject({ type: 'applied' });
    expect((await answerOf(node)).status).toBe(200);
  });

  test.each([
    ['its first line is damaged', (log: string) => flipByte(log, 3)],
    ['it is empty', (log: string) => writeFile(log, '')],
    ['it is another file', (log: string) => writeFile(log, 'not a copy of anything\n'.repeat(100))],
  ])('a copy is renamed and not used when %s', async (_how, damage) => {
    const { log, dataDir } = await atTwo();
    await damage(log);
    const node = await runningNode({ managerUrl: nobody, dataDir });
    expect((await answerOf(node)).status).toBe(503);
    expect(await readdir(dataDir)).toContain('state.log.damaged-1');
  });

  test('a copy whose key was replaced is renamed, each time to another name', async () => {
    const { manager, dataDir, a } = await atTwo();
    const key = join(dataDir, 'node.key');
    for (const number of [1, 2]) {
      await writeFile(key, `${Buffer.alloc(32, number).toString('base64')}\n`);
      const node = await runningNode({ managerUrl: manager.url, dataDir });
      expect((await answerOf(node)).status).toBe(503);
      expect(await readdir(dataDir)).toContain(`state.log.damaged-${number}`);
      await (await manager.links.next()).reset(2, [a]);
      await node.close();
    }
  });
});

test('a file that is mostly superseded is compacted without loss', async () => {
  const { manager, node, link, dataDir, log } = await connected();
  const kept = [ecJwk({ name: 'a' }), secretKey('b')];
  const doomed = keystore('doomed');
  let big = keystore('big');
  await link.reset(4, [doomed, ...kept, big]);
  await link.change(4, [{ revision: 5, gone: { kind: 'keystore', id: doomed.id } }], [...kept, big]);
  const sizes: number[] = [];
  for (let revision = 6; revision < 20; revision += 1) {
    big = { ...big, file: Buffer.alloc(60_000, revision).toString('base64') };
    await link.change(revision - 1, [{ revision, put: big }], [...kept, big]);
    sizes.push((await stat(log)).size);
  }
  expect(Math.max(...sizes)).toBeLessThan(700_000);
  await node.close();
  expect(await settledFiles(dataDir)).toEqual(['manager.pin', 'node.key', 'state.log']);
  await runningNode({ managerUrl: manager.url, dataDir });
  expect((await manager.links.next()).resume).toMatchObject({
    revision: 19,
    digest: digestOf([...kept, big]),
  });
});

test('a copy that opens but whose digest does not match is renamed and not used', async () => {
  const dataDir = await temporaryFolder();
  const log = new TestLog();
  const key = await loadOrCreateKeyFile(join(dataDir, 'node.key'), { mayCreate: true });
  const copy = new SealedLog({ dataDir, key, log });
  const transaction = await copy.begin({ reset: true, environmentId: 'environment-1' });
  const put = ecJwk({ name: 'a' });
  await transaction.put({ revision: 1, put }, toStoredObject(put));
  await transaction.commit({ environmentName: 'production', revision: 1, digest: '0'.repeat(64) });
  await copy.close();
  const node = await runningNode({ managerUrl: nobody, dataDir });
  expect((await answerOf(node)).status).toBe(503);
  expect(await readdir(dataDir)).toContain('state.log.damaged-1');
});

/** Without those that a heartbeat writes at any time. */
async function settledFiles(dataDir: string): Promise<readonly string[]> {
  return (await readdir(dataDir)).filter((name) => !name.startsWith('manager.contact')).sort();
}

test('a refused change leaves no trace in the copy', async () => {
  const { manager, node, link, dataDir, log } = await connected();
  const a = ecJwk({ name: 'a' });
  await link.reset(1, [a]);
  const { size } = await stat(log);
  await link.change(1, [{ revision: 2, put: keystore('b') }], [a]);
  expect((await stat(log)).size).toBe(size);
  await link.reset(1, [keystore('c'), { ...a, jwk: { kty: 'XYZ' } }]);
  expect(await settledFiles(dataDir)).toEqual(['manager.pin', 'node.key', 'node.lock', 'state.log']);
  await node.close();
  await runningNode({ managerUrl: manager.url, dataDir });
  expect((await manager.links.next()).resume).toMatchObject({ revision: 1, digest: digestOf([a]) });
});

test('a copy of an environment of another name is served only once the manager confirms that it was renamed', async () => {
  const { manager, node, link, dataDir } = await connected();
  await link.reset(1, [ecJwk({ name: 'a' })]);
  await node.close();
  const options = { managerUrl: manager.url, dataDir, environment: 'live' };
  const mismatched = await runningNode(options);
  expect((await answerOf(mismatched)).status).toBe(503);
  await mismatched.log.until(/is for environment production, --environment says live/);
  expect((await answerOf(mismatched)).status).toBe(503);
  await mismatched.close();
  manager.environmentName = 'live';
  const renamed = await runningNode(options);
  await renamed.log.until(/connected to the manager/);
  expect((await answerOf(renamed)).status).toBe(200);
  await renamed.close();
  expect((await answerOf(await runningNode({ ...options, managerUrl: nobody }))).status).toBe(200);
});

test('a second node on the same data directory is refused; a lock that a dead process left is not in the way', async () => {
  const { node, dataDir } = await connected();
  await expect(runningNode({ managerUrl: nobody, dataDir })).rejects.toThrow(
    /Another node .* uses this data directory/,
  );
  await node.close();
  for (const stale of [`${2 ** 22 + 1} 1 x`, `${process.pid} 1 x`, 'rubbish']) {
    await symlink(stale, join(dataDir, 'node.lock'));
    const again = await runningNode({ managerUrl: nobody, dataDir });
    await again.close();
  }
  const reused = JSON.stringify({ process: process.pid, started: '1', mark: 'x' });
  for (const stale of [
    JSON.stringify({ process: 2 ** 22 + 1, started: '1', mark: 'x' }),
    reused,
    'rubbish',
  ]) {
    await writeFile(join(dataDir, 'node.lock'), stale);
    const again = await runningNode({ managerUrl: nobody, dataDir });
    await again.close();
  }
  expect(await settledFiles(dataDir)).toEqual(['manager.pin', 'node.key']);
});

test('a zombie holds no data directory', async () => {
  const dataDir = await temporaryFolder();
  // A parent that never reaps: the process that it names is a zombie until the parent ends.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [said] = await once(parent.stdout, 'data');
  const pid = Number.parseInt(String(said), 10);
  const fields = async () => (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  await until(async () => (await fields())[0] === 'Z', 'it is a zombie');
  await symlink(`${pid} ${(await fields())[19]} x`, join(dataDir, 'node.lock'));
  const lock = await lockDataDir(dataDir);
  expect(await readlink(join(dataDir, 'node.lock'))).toMatch(new RegExp(`^${process.pid} `));
  await lock.release();
});

test('a node waits for the end of the process that holds its data directory', async () => {
  const dataDir = await temporaryFolder();
  const holder = spawn('sleep', ['60'], { stdio: 'ignore' });
  onTestFinished(() => void holder.kill('SIGKILL'));
  const stat = await readFile(`/proc/${holder.pid}/stat`, 'utf8');
  await symlink(`${holder.pid} ${stat.split(') ')[1]?.split(' ')[19]} x`, join(dataDir, 'node.lock'));
  const locking = lockDataDir(dataDir);
  locking.catch(() => undefined);
  // More reads than it takes to see that the holder lives.
  for (let read = 0; read < 100; read += 1) await readFile(`/proc/${holder.pid}/stat`);
  holder.kill('SIGTERM');
  await (await locking).release();
  expect(holder.signalCode).toBe('SIGTERM');
});

/** Every write of this process to a file fails, as on a full disk; Node ignores the signal that comes with it. */
function fileBytesLimit(bytes: string): void {
  spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
}

test('a node that cannot write a byte starts and serves its copy, also over the lock of a killed process', async () => {
  const { node, link, dataDir } = await connected();
  await link.reset(1, [ecJwk({ name: 'a' })]);
  await node.close();
  await symlink(`${2 ** 22 + 1} 1 x`, join(dataDir, 'node.lock'));
  fileBytesLimit('0');
  try {
    const again = await runningNode({ managerUrl: nobody, dataDir });
    expect((await answerOf(again)).status).toBe(200);
    await again.close();
  } finally {
    fileBytesLimit('unlimited');
  }
});
