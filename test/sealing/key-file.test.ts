import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadOrCreateKeyFile } from '../../src/sealing/key-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplane-keys-'));
  path = join(folder, 'node.key');
});
afterEach(() => rm(folder, { recursive: true }));

const load = (mayCreate = true) => loadOrCreateKeyFile(path, { mayCreate });

test('a key file is made once, for its owner alone, and read from then on', async () => {
  const key = await load();
  expect(key).toHaveLength(32);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await load()).toEqual(key);
  expect(await load(false)).toEqual(key);
  expect(await readdir(folder)).toEqual(['node.key']);
});

test('of many that make a key file at once all get the key that stays', async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => load()));
  const stored = Buffer.from(await readFile(path, 'utf8'), 'base64');
  for (const key of keys) expect(key).toEqual(stored);
  expect(await readdir(folder)).toEqual(['node.key']);
});

test('folders on the way to it are made for the owner alone', async () => {
  path = join(folder, 'new', 'data', 'node.key');
  await load();
  expect((await stat(join(folder, 'new', 'data'))).mode & 0o777).toBe(0o700);
});

test('a missing key file is not created where data exists', async () => {
  await expect(load(false)).rejects.toThrow(
    `The key file ${path} is missing but the data was sealed with it.`,
  );
  expect(await readdir(folder)).toEqual([]);
});

test('a file that group or others can reach is refused with the command that closes it', async () => {
  await load();
  for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666]) {
    await chmod(path, mode);
    await expect(load()).rejects.toThrow(`chmod 600 ${path}`);
  }
  await chmod(path, 0o400);
  await expect(load()).resolves.toHaveLength(32);
});

test('one line end after the key is taken, whatever wrote it', async () => {
  const text = randomBytes(32).toString('base64');
  for (const end of ['', '\n', '\r\n']) {
    await writeFile(path, text + end, { mode: 0o600 });
    expect((await load()).toString('base64')).toBe(text);
  }
});

test('a file that holds anything but 32 bytes in base64 is refused and stays as it is', async () => {
  const key = randomBytes(32);
  const wrong = [
    '',
    '\n',
    randomBytes(31).toString('base64'),
    randomBytes(33).toString('base64'),
    key.toString('hex'),
    key.toString('base64').slice(0, -1),
    `${key.toString('base64')}\n\n`,
    ` ${key.toString('base64')}`,
    Buffer.alloc(32, 0xff).toString('base64url'),
    'x'.repeat(5000),
    `${Buffer.alloc(32).toString('base64').slice(0, -2)}B=`,
  ];
  for (const text of wrong) {
    await writeFile(path, text, { mode: 0o600 });
    const refusal = await load().catch((error: Error) => error.message);
    expect(refusal).toContain(path);
    if (text.trim() !== '') expect(refusal).not.toContain(text.trim());
    expect(await readFile(path, 'utf8')).toBe(text);
  }
});
