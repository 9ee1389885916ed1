import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFile, replaceFile } from '../../src/runtime/durable-file.ts';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-durable-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

test('a replaced file has the new content and mode, and nothing is left beside it', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'file');
  await writeFile(path, 'old', { mode: 0o644 });
  await replaceFile(path, 'new', { mode: 0o600 });
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await modeOf(path)).toBe(0o600);
  expect(await readdir(folder)).toEqual(['file']);
});

test('a file that was read before it was replaced keeps its old content', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'file');
  await replaceFile(path, 'old', { mode: 0o600 });
  const before = await stat(path);
  await replaceFile(path, 'new', { mode: 0o600 });
  expect((await stat(path)).ino).not.toBe(before.ino);
});

test('a created file never replaces another', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'file');
  expect(await createFile(path, 'first', { mode: 0o600 })).toBe(true);
  expect(await createFile(path, 'second', { mode: 0o600 })).toBe(false);
  expect(await readFile(path, 'utf8')).toBe('first');
  expect(await readdir(folder)).toEqual(['file']);
});

test('of several writers that create one file at the same time, exactly one succeeds', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'file');
  const writers = Array.from({ length: 8 }, (_, index) => createFile(path, `${index}`, { mode: 0o600 }));
  const created = await Promise.all(writers);
  expect(created.filter(Boolean)).toHaveLength(1);
  expect(await readFile(path, 'utf8')).toBe(`${created.indexOf(true)}`);
  expect(await readdir(folder)).toEqual(['file']);
});

test('content that fails midway leaves the old file and nothing beside it', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'file');
  await writeFile(path, 'old');
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.from('part of the new');
    throw new Error('the database cannot be reached');
  }
  await expect(replaceFile(path, failing(), { mode: 0o600 })).rejects.toThrow('cannot be reached');
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['file']);
});

test('a file with a fixed temporary name replaces what a crash left there, whatever its mode', async () => {
  const folder = await temporaryFolder();
  const [path, temporary] = [join(folder, 'file'), join(folder, 'file.new')];
  await writeFile(temporary, 'half', { mode: 0o666 });
  await replaceFile(path, 'whole', { mode: 0o600, temporary });
  expect(await readFile(path, 'utf8')).toBe('whole');
  expect(await modeOf(path)).toBe(0o600);
  expect(await readdir(folder)).toEqual(['file']);
});
