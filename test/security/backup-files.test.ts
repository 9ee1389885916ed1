import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { endAllProcesses, keyplane } from '../system/support/keyplane-process.ts';
import { ecKey, KnownSecrets, pkcs12File, rsaKey } from '../system/support/known-secrets.ts';
import { foundIn, needlesOf } from '../system/support/secret-search.ts';
import { removeTemporaryFolders, temporaryFolder } from '../system/support/temporary-folder.ts';
import { jwksPath, made } from '../system/support/world.ts';

const secrets = new KnownSecrets();
const environmentName = 'production';
/** All output of the commands, on both streams. */
const said: string[] = [];
let manager: TestManager;
let dataDir: string;
let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  const password = secrets.password('password of the administrator');
  manager = await startTestManager({ environments: [environmentName] });
  dataDir = join(manager.dataDir, 'manager');
  const { api } = manager;
  secrets.text('a session', api.token);
  await made(api, '/apiops/users/', { username: 'someone', password });
  for (const [name, key] of [
    ['ec', ecKey()],
    ['rsa', rsaKey()],
  ] as const) {
    const jwkStr = JSON.stringify(secrets.key(name, key).export({ format: 'jwk' }));
    await made(api, jwksPath, { name, sourceType: 'COPY_PASTE', jwkStr });
  }
  const oct = secrets.jwk('oct', { kty: 'oct', k: randomBytes(32).toString('base64url'), alg: 'HS256' });
  await made(api, jwksPath, { name: 'oct', sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(oct) });
  const content = secrets.bytes('a secret key', randomBytes(32)).toString('base64');
  await made(api, '/apiops/projects/MyProject/keys/', {
    name: 'aes',
    keyType: 'SECRET_KEY',
    algorithm: 'AES',
    cryptoKeyInfoEnvironmentList: [{ environmentName, content }],
  });
  const ofKeystore = secrets.password('password of a keystore');
  const file = pkcs12File(secrets.key('a key in a keystore', rsaKey()), ofKeystore);
  secrets.bytes('a keystore', file.subarray(file.length >> 2, file.length >> 1));
  await made(api, '/apiops/projects/MyProject/keystores/', {
    name: 'store',
    keyStoreEnvironmentList: [
      { environmentName, file: file.toString('base64'), password: ofKeystore, keyStoreType: 'PKCS12' },
    ],
  });
  secrets.text('a personal token', (await made(api, '/apiops/tokens/', { name: 'robot' })).token);
  const enrollment = await made(api, `/apiops/environments/${environmentName}/enrollment-tokens/`);
  secrets.text('an enrollment token', enrollment.token);
  await noteMasterKey('the master key');
});
afterAll(async () => {
  await manager.close();
  await endAllProcesses();
  await removeTemporaryFolders();
});

async function noteMasterKey(name: string): Promise<void> {
  const text = await readFile(join(dataDir, 'master.key'), 'utf8');
  secrets.bytes(name, Buffer.from(text.trim(), 'base64'));
}

async function command(dir: string, ...args: readonly string[]): Promise<void> {
  const process = keyplane(args, { settings: { KEYPLANE_DATA_DIR: dir } });
  const { code } = await process.ended;
  said.push(process.stdout(), process.stderr());
  expect(code, process.stderr()).toBe(0);
}

test('no private member, password, token or master key is in a backup, in any spelling', async () => {
  const file = join(folder, 'backup');
  await command(dataDir, 'backup', '--out', file);
  const bytes = await readFile(file);
  expect(secrets.all.length).toBeGreaterThan(20);
  expect(bytes.length).toBeGreaterThan(10_000);
  expect(foundIn(bytes, needlesOf(secrets.all))).toEqual([]);
});

test('no maintenance command prints a secret', async () => {
  const elsewhere = join(folder, 'elsewhere');
  await mkdir(elsewhere, { mode: 0o700 });
  await copyFile(join(dataDir, 'master.key'), join(elsewhere, 'master.key'));
  await command(dataDir, 'restore', '--check', '--in', join(folder, 'backup'));
  await command(elsewhere, 'restore', '--in', join(folder, 'backup'));
  await command(elsewhere, 'restore', '--announce');
  await command(dataDir, 'rotate-master-key');
  await noteMasterKey('the new master key');
  await command(dataDir, 'rotate-master-key', '--finish');
  await command(dataDir, 'doctor', '--json');
  expect(said.join('')).toMatch(
    /Backup of .*Restored the backup.*Announced.*encrypted again.*Finished.*"fine"/s,
  );
  expect(foundIn(Buffer.from(said.join('\n')), needlesOf(secrets.all))).toEqual([]);
});
