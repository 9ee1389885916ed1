import { createSecretKey, randomBytes } from 'node:crypto';
import { fstatSync } from 'node:fs';
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LogFile } from '../../src/node/disk/log-file.ts';
import { loadOrCreateKeyFile } from '../../src/sealing/key-file.ts';
import { ecJwk } from './support/contents.ts';
import { digestOf } from './support/fake-manager.ts';
import { getJson, runningNode, temporaryFolder } from './support/test-node.ts';

const json = (value: object) => Buffer.from(JSON.stringify(value));

/** A file of which is noted how long it was at each sync. */
function syncNoting(handle: FileHandle, sizes: number[]): FileHandle {
  return new Proxy(handle, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        if (name === 'datasync') sizes.push(fstatSync(target.fd).size);
        return value.apply(target, given);
      };
    },
  });
}

test.each([
  ['short', 100],
  ['long', 100_000],
])(
  'a commit with a %s record is forced to the disk after the last write and before it counts',
  async (_what, letters) => {
    const sizes: number[] = [];
    const handle = await open(join(await temporaryFolder(), 'state.log'), 'w+');
    onTestFinished(() => handle.close());
    const file = new LogFile(syncNoting(handle, sizes), {
      key: createSecretKey(randomBytes(32)),
      identity: { log: 'log', environmentId: 'environment-1' },
      end: { offset: 0, nextTransaction: 1, nextSequence: 0 },
    });
    await file.append(json({ revision: 1, text: 'x'.repeat(letters) }));
    const committed = file.commit(json({ commit: 1 }));
    expect(file.bytes).toBe(0);
    await committed;
    expect(file.bytes).toBeGreaterThan(letters);
    expect(sizes).toEqual([file.bytes]);
  },
);

test('a torn record is cut off with the whole ones behind it, where all are of the last change', async () => {
  const dataDir = await temporaryFolder();
  const path = join(dataDir, 'state.log');
  const key = await loadOrCreateKeyFile(join(dataDir, 'node.key'), { mayCreate: true });
  const [a, b, c] = [ecJwk({ name: 'a' }), ecJwk({ name: 'b' }), ecJwk({ name: 'c' })];
  const file = await LogFile.create(path, { key: createSecretKey(key), environmentId: 'environment-1' });
  const commit = (revision: number, digest: string) =>
    file.commit(json({ commit: { environmentName: 'production', revision, digest } }));
  await file.append(json({ revision: 1, put: a }));
  await commit(1, digestOf([a]));
  const serialized = file.bytes;
  await file.append(json({ revision: 2, put: b }));
  await file.append(json({ revision: 3, put: c }));
  await commit(3, digestOf([a, b, c]));
  await file.close();
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(serialized + 60) ^ 1, serialized + 60);
  await writeFile(path, bytes);
  const node = await runningNode({ managerUrl: 'http://127.0.0.1:1', dataDir });
  expect(await getJson(`${node.url}/status`)).toMatchObject({ revision: 1, counts: { jwks: 1 } });
});
