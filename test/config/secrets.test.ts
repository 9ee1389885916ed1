// Secrets that the settings take, and where every user of the machine could read them.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readManagerConfig, warningsOf } from '../../src/config.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplane-secrets-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(text: string): Promise<string> {
  const path = join(folder, 'password');
  await writeFile(path, text);
  return path;
}

test.each([
  ['correct horse', 'correct horse'],
  ['correct horse\n', 'correct horse'],
  ['correct horse\r\n', 'correct horse'],
  [' correct horse \n\n', ' correct horse \n'],
])('KEYPLANE_ADMIN_PASSWORD_FILE with %j holds the password %j', async (text, password) => {
  const KEYPLANE_ADMIN_PASSWORD_FILE = await fileOf(text);
  expect(readManagerConfig({ KEYPLANE_ADMIN_PASSWORD_FILE }).adminPassword).toBe(password);
});

test('KEYPLANE_ADMIN_PASSWORD_FILE is rejected with the reason, and without its contents', async () => {
  const file = await fileOf('short\n');
  const read = (environment: NodeJS.ProcessEnv) => () => readManagerConfig(environment);
  expect(read({ KEYPLANE_ADMIN_PASSWORD_FILE: file })).toThrow(
    'KEYPLANE_ADMIN_PASSWORD_FILE has 5 characters: 8 to 1024 are accepted',
  );
  expect(read({ KEYPLANE_ADMIN_PASSWORD_FILE: '/nowhere' })).toThrow(
    'KEYPLANE_ADMIN_PASSWORD_FILE is /nowhere, which cannot be read (ENOENT)',
  );
  await fileOf('correct horse');
  expect(read({ KEYPLANE_ADMIN_PASSWORD_FILE: file, KEYPLANE_ADMIN_PASSWORD: 'correct horse' })).toThrow(
    'KEYPLANE_ADMIN_PASSWORD and KEYPLANE_ADMIN_PASSWORD_FILE are both set',
  );
});

test('secrets on the command line are warned of without being repeated, files are not', () => {
  expect(warningsOf({ masterKey: 'a secret', adminPassword: 'a secret' })).toEqual([
    '--master-key can be read in the process list by every user of this machine: use KEYPLANE_MASTER_KEY_FILE (--master-key-file)',
    '--admin-password can be read in the process list by every user of this machine: use KEYPLANE_ADMIN_PASSWORD_FILE (--admin-password-file)',
  ]);
  expect(warningsOf({ masterKeyFile: 'f', adminPasswordFile: 'f', port: '1' })).toEqual([]);
});
