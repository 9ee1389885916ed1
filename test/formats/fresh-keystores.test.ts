// The same guarantees on keystores made now, by the programs that this machine has.

import { execFile } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKeystore } from '../../src/formats/keystore.ts';
import {
  expectEntries,
  fixtureDirectory,
  hasFixture,
  keystoreFixtures,
  readFixture,
} from './keystore-fixtures.ts';

const run = promisify(execFile);
let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keyplane-keystores-'));
  const { stdout } = await run('bash', [join(fixtureDirectory, 'make.sh'), directory]);
  if (stdout !== '') console.info(stdout.trim());
}, 300_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

test('every keystore that the programs of this machine write opens; the committed ones stand in for the others', () => {
  const fresh = keystoreFixtures.filter((fixture) => hasFixture(fixture, directory));
  for (const fixture of fresh) expectEntries(fixture, directory);
  const committed = keystoreFixtures.filter((fixture) => !fresh.includes(fixture));
  for (const fixture of committed) expectEntries(fixture, fixtureDirectory);
  console.info(`${fresh.length} keystores made now, ${committed.length} only as committed`);
  expect(fresh.length + committed.length).toBe(keystoreFixtures.length);
});

test('openssl pkcs12 reads the same private key out of a file as we do', async () => {
  for (const file of [
    'java17/legacy.p12',
    'java25/default.p12',
    'openssl3/legacy.p12',
    'openssl3/default.p12',
  ]) {
    const from = keystoreFixtures.some((fixture) => fixture.file === file && hasFixture(fixture, directory))
      ? directory
      : fixtureDirectory;
    const args = [
      'pkcs12',
      '-in',
      join(from, file),
      '-passin',
      'pass:changeit',
      '-nodes',
      '-nocerts',
      '-legacy',
    ];
    const printed = await run('openssl', args).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      console.info('missing: openssl');
    });
    if (printed === undefined) return;
    const entry = openKeystore({
      file: readFixture(file, from),
      password: 'changeit',
      type: 'PKCS12',
    }).readEntry('rsa');
    const ours = entry.kind === 'PRIVATE_KEY' ? entry.privateKeyPkcs8 : Buffer.alloc(0);
    const key = createPrivateKey({ key: ours, format: 'der', type: 'pkcs8' });
    expect(key.equals(createPrivateKey(printed.stdout))).toBe(true);
  }
});
