import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadMasterKey } from '../../src/sealing/master-key.ts';

const key = randomBytes(32);
const text = key.toString('base64');
let folder: string;
let defaultFile: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplane-master-'));
  defaultFile = join(folder, 'master.key');
  file = join(folder, 'given.key');
});
afterEach(() => rm(folder, { recursive: true }));

test('the default file is made 0600 at the first start and never over data', async () => {
  await expect(loadMasterKey({ defaultFile }, { mayCreate: false })).rejects.toThrow(
    `The master key file ${defaultFile} is missing but the data was sealed with it`,
  );
  expect(await readdir(folder)).toEqual([]);
  const made = await loadMasterKey({ defaultFile }, { mayCreate: true });
  expect((await stat(defaultFile)).mode & 0o777).toBe(0o600);
  expect(await loadMasterKey({ defaultFile }, { mayCreate: false })).toEqual(made);
});

test('a key of the environment is taken and no file is made', async () => {
  expect(await loadMasterKey({ fromEnvironment: text, defaultFile }, { mayCreate: true })).toEqual(key);
  expect(await readdir(folder)).toEqual([]);
});

test('a wrong key of the environment is refused by the name of its setting, with what is accepted', async () => {
  const wrong = [
    ['', 'KEYPLANE_MASTER_KEY is empty'],
    ['short', 'KEYPLANE_MASTER_KEY is not base64'],
    [`${text}\n`, 'KEYPLANE_MASTER_KEY is not base64'],
    [key.toString('hex'), 'KEYPLANE_MASTER_KEY holds 48 bytes, not 32'],
    [randomBytes(16).toString('base64'), 'KEYPLANE_MASTER_KEY holds 16 bytes, not 32'],
  ] as const;
  for (const [fromEnvironment, message] of wrong) {
    const loading = loadMasterKey({ fromEnvironment, defaultFile }, { mayCreate: true });
    await expect(loading).rejects.toThrow(message);
    const refusal = await loading.catch((error: Error) => error.message);
    expect(refusal).toContain('Accepted: 32 bytes in base64');
    if (fromEnvironment !== '') expect(refusal).not.toContain(fromEnvironment);
  }
});

test('both settings at once are refused, as it would be unclear which one seals', async () => {
  await writeFile(file, text, { mode: 0o600 });
  const source = { fromEnvironment: text, file, defaultFile };
  await expect(loadMasterKey(source, { mayCreate: true })).rejects.toThrow(
    'KEYPLANE_MASTER_KEY and KEYPLANE_MASTER_KEY_FILE are both set',
  );
});

test('a named file is read, and is never made', async () => {
  const loading = loadMasterKey({ file, defaultFile }, { mayCreate: true });
  await expect(loading).rejects.toThrow(`KEYPLANE_MASTER_KEY_FILE names ${file}`);
  expect(await readdir(folder)).toEqual([]);
  await writeFile(file, `${text}\n`, { mode: 0o600 });
  expect(await loadMasterKey({ file, defaultFile }, { mayCreate: true })).toEqual(key);
});

test('a named file may be open to its group, as mounted secrets are, but not to others', async () => {
  await writeFile(file, text, { mode: 0o600 });
  await chmod(file, 0o440);
  expect(await loadMasterKey({ file, defaultFile }, { mayCreate: false })).toEqual(key);
  for (const mode of [0o444, 0o660, 0o602]) {
    await chmod(file, mode);
    await expect(loadMasterKey({ file, defaultFile }, { mayCreate: false })).rejects.toThrow(
      'KEYPLANE_MASTER_KEY_FILE',
    );
  }
});
