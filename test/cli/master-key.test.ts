import { randomBytes } from 'node:crypto';
import { access, chmod, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { signedIn } from '../support/manager.ts';
import { endAllProcesses, keyplane, serve } from '../system/support/keyplane-process.ts';
import { removeTemporaryFolders, temporaryFolder } from '../system/support/temporary-folder.ts';
import { jwksPath, made, password, pastedJwk } from '../system/support/world.ts';

const aKey = () => randomBytes(32).toString('base64');

let folder: string;
let dataDir: string;
let keyFile: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  dataDir = join(folder, 'data');
  keyFile = join(dataDir, 'master.key');
});
afterEach(endAllProcesses);
afterAll(removeTemporaryFolders);

const withPassword = { KEYPLANE_ADMIN_PASSWORD: password };

/** Starts over the data that is there and expects it to be refused. */
async function refused(settings: Readonly<Record<string, string>> = {}): Promise<string> {
  const running = keyplane(['serve', '--port', '0', '--data-dir', dataDir], { settings });
  expect(await running.ended).toEqual({ code: 1, signal: null });
  const line = running.stderr();
  expect(line).toMatch(/^keyplane: .*\n$/);
  return line;
}

async function canReadItsKey(settings: Readonly<Record<string, string>>): Promise<boolean> {
  const running = await serve(dataDir, settings);
  const api = await signedIn(running.url, 'admin', password);
  const { status, body } = await api('GET', `${jwksPath}sealed/`);
  await running.stop();
  return status === 200 && typeof body.resultList[0].ec.d === 'string';
}

describe('the master key', () => {
  test('is made at the first start, for its owner alone', async () => {
    const running = await serve(dataDir, withPassword);
    const api = await signedIn(running.url, 'admin', password);
    await made(api, '/apiops/projects/', { name: 'MyProject' });
    await made(api, jwksPath, pastedJwk('sealed'));
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    expect((await stat(join(dataDir, 'keyplane.db'))).mode & 0o777).toBe(0o600);
    expect(Buffer.from((await readFile(keyFile, 'utf8')).trim(), 'base64')).toHaveLength(32);
    await running.stop();
  });

  test('that is missing while data exists stops the start, and is not replaced', async () => {
    await rename(keyFile, `${keyFile}.away`);
    expect(await refused()).toContain(`The master key file ${keyFile} is missing`);
    await expect(access(keyFile)).rejects.toThrow();
    await rename(`${keyFile}.away`, keyFile);
  });

  test.each([
    ['in the variable', (key: string) => ({ KEYPLANE_MASTER_KEY: key }), 'KEYPLANE_MASTER_KEY '],
    [
      'in a file of its own',
      (_: string, file: string) => ({ KEYPLANE_MASTER_KEY_FILE: file }),
      'KEYPLANE_MASTER_KEY_FILE ',
    ],
  ])('that is another one, %s, stops the start', async (_where, settings, named) => {
    const key = aKey();
    const file = join(folder, 'other.key');
    await writeFile(file, `${key}\n`, { mode: 0o600 });
    const line = await refused(settings(key, file));
    expect(line).toContain(named);
    expect(line).toContain('does not open the data in this database');
    expect(line).not.toContain(key);
  });

  test.each([
    ['is not there', undefined, 0o600, /which can not be read/],
    ['holds no key', 'hello\n', 0o600, /is not base64|holds \d+ bytes/],
    ['can be read by all', 'KEY', 0o644, /has mode 0644.*chmod 600/],
  ])('stops the start when its file %s', async (_what, content, mode, says) => {
    const file = join(folder, `file-${mode}-${content?.length}.key`);
    if (content !== undefined) {
      await writeFile(file, content === 'KEY' ? await readFile(keyFile, 'utf8') : content);
      await chmod(file, mode);
    }
    const line = await refused({ KEYPLANE_MASTER_KEY_FILE: file });
    expect(line).toContain('KEYPLANE_MASTER_KEY_FILE');
    expect(line).toMatch(says);
  });

  test('of the data directory may not be open to others either', async () => {
    await chmod(keyFile, 0o640);
    expect(await refused()).toMatch(/The master key file .* has mode 0640/);
    await chmod(keyFile, 0o600);
  });

  test('opens what it sealed, whichever setting it comes from', async () => {
    const key = (await readFile(keyFile, 'utf8')).trim();
    expect(await canReadItsKey({})).toBe(true);
    const file = join(folder, 'moved.key');
    await rename(keyFile, file);
    expect(await canReadItsKey({ KEYPLANE_MASTER_KEY_FILE: file })).toBe(true);
    expect(await canReadItsKey({ KEYPLANE_MASTER_KEY: key })).toBe(true);
    await expect(access(keyFile)).rejects.toThrow();
  });

  test('given in the variable from the start is written to no file', async () => {
    const other = join(folder, 'no-file');
    const running = await serve(other, { ...withPassword, KEYPLANE_MASTER_KEY: aKey() });
    await running.stop();
    await access(join(other, 'keyplane.db'));
    await expect(access(join(other, 'master.key'))).rejects.toThrow();
  });
});
