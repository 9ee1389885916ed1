// Run over PostgreSQL only: what it writes to its disk, as a thief of the disk would read it.

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { migrations } from '../../src/store/migrations/steps.ts';
import { type Body, projectApi } from '../api/support/project-api.ts';
import { tablesOf } from '../store/older-manager.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { ecKey, KnownSecrets, pkcs12File, rsaKey } from '../system/support/known-secrets.ts';
import { foundIn, needlesOf, searchFolder } from '../system/support/secret-search.ts';

const environmentName = 'production';
const secrets = new KnownSecrets();
let world: TestManager;
let firstLog: string;

beforeAll(async () => {
  world = await startTestManager({ environments: [environmentName] });
  firstLog = await oneOf('select pg_walfile_name(pg_current_wal_lsn())');
});
afterAll(() => world.close());

async function oneOf(sql: string): Promise<string> {
  const [row = {}] = await world.raw(sql);
  return String(Object.values(row)[0]);
}

async function store(): Promise<void> {
  const api = projectApi(world.api);
  const stored = async (path: string, body: Body) => {
    const answer = await api.call('POST', path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  };
  const paste = (name: string, jwk: object) =>
    stored('jwks/', { name, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) });
  await paste('ec', secrets.key('an EC key', ecKey()).export({ format: 'jwk' }));
  await paste('rsa', secrets.key('an RSA key', rsaKey()).export({ format: 'jwk' }));
  const k = randomBytes(32).toString('base64url');
  await paste('oct', secrets.jwk('an OCT key', { kty: 'oct', k, alg: 'HS256' }));
  const content = secrets.bytes('a secret key', randomBytes(32)).toString('base64');
  const aes = { keyType: 'SECRET_KEY', algorithm: 'AES' };
  await stored('keys/', {
    name: 'aes',
    ...aes,
    cryptoKeyInfoEnvironmentList: [{ environmentName, content }],
  });
  const password = secrets.password('password of a keystore');
  const file = pkcs12File(rsaKey(), password);
  secrets.bytes('a keystore file', file.subarray(800, 1600));
  const opened = { environmentName, file: file.toString('base64'), password, keyStoreType: 'PKCS12' };
  await stored('keystores/', { name: 'store', keyStoreEnvironmentList: [opened] });
  const token = await world.api('POST', '/apiops/tokens/', { name: 'personal' });
  secrets.text('a token', token.body.token);
  const enrolled = await world.api('POST', '/apiops/environments/production/enrollment-tokens/');
  secrets.text('an enrollment token', enrolled.body.token);
  const user = { username: 'someone', password: secrets.password('password of a user') };
  expect((await world.api('POST', '/apiops/users/', user)).status).toBe(200);
  secrets.text(
    'the master key',
    (await readFile(join(world.dataDir, 'manager', 'master.key'), 'utf8')).trim(),
  );
}

/** Rows as they are read, with the bytes of what is bytes. */
async function rowBytes(): Promise<Buffer> {
  const tables = await Promise.all(
    tablesOf(migrations).map(({ name }) => world.raw(`select * from ${name}`)),
  );
  const values = tables.flat().flatMap((row) => Object.values(row));
  return Buffer.concat(values.map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(`${value}\n`))));
}

test('no secret is in a row, a data file or the write-ahead log of PostgreSQL', async () => {
  await store();
  const needles = needlesOf(secrets.all);
  const rows = await rowBytes();
  expect(rows.length).toBeGreaterThan(5_000);
  expect(foundIn(rows, needles)).toEqual([]);
  // The same search finds values that are not secret, in every file that it reads.
  const marker = needlesOf([{ name: 'marker', bytes: Buffer.from('a-description-that-is-in-the-clear') }]);
  const marked = { description: 'a-description-that-is-in-the-clear' };
  expect((await projectApi(world.api).call('PUT', 'jwks/ec/', marked)).status).toBe(200);
  expect(foundIn(await rowBytes(), marker)).not.toEqual([]);
  // The files of an external server cannot be read.
  if (process.env.TEST_POSTGRES_URL !== undefined) return;
  const data = join(inject('postgresFolder'), 'data');
  let log = Buffer.alloc(0);
  // Before the checkpoint, after which segments are used again. Other tests write to the same log.
  const searchLog = async () => {
    log = Buffer.concat(
      await Promise.all((await logsSince(firstLog)).map((name) => readFile(join(data, 'pg_wal', name)))),
    );
    return foundIn(log, marker);
  };
  await expect.poll(searchLog, { timeout: 60_000 }).not.toEqual([]);
  expect(foundIn(log, needles)).toEqual([]);
  await world.raw('checkpoint');
  const folder = join(
    data,
    'base',
    await oneOf('select oid from pg_database where datname = current_database()'),
  );
  expect((await searchFolder(folder, marker)).found).not.toEqual([]);
  expect((await searchFolder(folder, needles)).found).toEqual([]);
});

/** Names of segments sort as they were written. */
async function logsSince(first: string): Promise<readonly string[]> {
  const rows = await world.raw('select name from pg_ls_waldir() order by name');
  const last = await oneOf('select pg_walfile_name(pg_current_wal_lsn())');
  return rows.map(({ name }) => String(name)).filter((name) => name >= first && name <= last);
}
