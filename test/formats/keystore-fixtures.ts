// The keystores that fixtures/make.sh creates, and the expected contents of each.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type KeystoreEntry, type KeystoreType, openKeystore } from '../../src/formats/keystore.ts';

export const fixtureDirectory = join(import.meta.dirname, 'fixtures');
const oddPassword = 'pässwörd😀';

export interface ExpectedEntry {
  readonly alias: string;
  /** The name of a key in fixtures/keys. */
  readonly key?: string;
  /** The names of certificates in fixtures/keys, leaf first. */
  readonly chain?: readonly string[];
  readonly certificate?: string;
  readonly secret?: true;
}

export interface KeystoreFixture {
  readonly file: string;
  readonly type: KeystoreType;
  readonly password: string;
  readonly keyPassword?: string;
  readonly entries: readonly ExpectedEntry[];
}

const chain = ['rsa', 'intermediate', 'root'];
const rsa: ExpectedEntry = { alias: 'rsa', key: 'rsa', chain };
const single = (key: string, alias = key): ExpectedEntry => ({ alias, key, chain: [key] });
const everyKind: readonly ExpectedEntry[] = [
  rsa,
  single('ec'),
  single('ed25519'),
  single('dsa'),
  { alias: 'trusted', certificate: 'root' },
];
const odd = 'schlüssel-😀-ключ';

function pkcs12(file: string, entries: readonly ExpectedEntry[], password = 'changeit'): KeystoreFixture {
  return { file, type: 'PKCS12', password, entries };
}

function jks(file: string, entries: readonly ExpectedEntry[], password = 'changeit'): KeystoreFixture {
  return { file, type: 'JKS', password, entries };
}

export const keystoreFixtures: readonly KeystoreFixture[] = [
  jks('java17/store.jks', everyKind),
  jks('java17/non-ascii.jks', [single('ec', odd)], oddPassword),
  { ...jks('java17/key-password.jks', [rsa]), keyPassword: 'otherpass' },
  jks('java17/key-password.jks', [single('ec')]),
  { ...jks('java17/two-key-passwords.jks', [rsa]), keyPassword: 'rsa-pass' },
  { ...jks('java17/two-key-passwords.jks', [single('ec')]), keyPassword: 'ec-pass' },
  jks('java17/two-key-passwords.jks', [single('ed25519')]),
  jks('java25/store.jks', [rsa]),
  pkcs12('java17/default.p12', everyKind),
  pkcs12('java17/legacy.p12', [rsa]),
  pkcs12('java17/java8.p12', [rsa]),
  pkcs12(
    'java17/secrets.p12',
    ['aes', 'hmacsha256', 'desede'].map((alias) => ({ alias, secret: true })),
  ),
  { ...pkcs12('java17/key-password.p12', [rsa]), keyPassword: 'otherpass' },
  pkcs12('java25/default.p12', [rsa]),
  pkcs12('java25/non-ascii.p12', [single('ec', odd)], oddPassword),
  pkcs12('java25/non-ascii-legacy.p12', [single('ec')], oddPassword),
  pkcs12('java25/no-password.p12', [single('ec')]),
  pkcs12('openssl3/default.p12', [rsa]),
  pkcs12('openssl3/legacy.p12', [rsa]),
  pkcs12('openssl3/rc2-128.p12', [single('ed25519')]),
  pkcs12('openssl3/nomac.p12', [single('ec')]),
  pkcs12('openssl3/unencrypted.p12', [single('ec')]),
  pkcs12('openssl3/sha512-mac.p12', [single('ec', 'Upper Case')]),
  pkcs12('openssl3/no-name.p12', [single('ed25519', '1')]),
  pkcs12('openssl3/empty-password.p12', [single('ed25519')], ''),
  pkcs12('openssl3/empty-password-legacy.p12', [single('ed25519')], ''),
  pkcs12('openssl3/non-ascii.p12', [single('ed25519', 'Schlüssel')], oddPassword),
  pkcs12('openssl3/non-ascii-legacy.p12', [single('ed25519', 'Schlüssel')], oddPassword),
  pkcs12('openssl3/certificates.p12', [
    { alias: 'Issuer', certificate: 'intermediate' },
    { alias: '1', certificate: 'root' },
  ]),
  pkcs12('openssl3/key-alone.p12', [{ alias: 'alone', key: 'ec', chain: [] }]),
  pkcs12('bouncy-castle/pkcs12.keystore', [rsa]),
  pkcs12('bouncy-castle/pkcs12-aes256-aes128.keystore', [rsa]),
];

export function readFixture(file: string, directory = fixtureDirectory): Buffer {
  return readFileSync(join(directory, file));
}

export function hasFixture(fixture: KeystoreFixture, directory: string): boolean {
  return existsSync(join(directory, fixture.file));
}

/** Opens the keystore and holds every expected entry against the PEM files that it was made from. */
export function expectEntries(fixture: KeystoreFixture, directory: string): void {
  const { file, type, password, keyPassword } = fixture;
  const opened = openKeystore({ file: readFixture(file, directory), password, type });
  for (const expected of fixture.entries) {
    expect(opened.list().map(({ alias }) => alias)).toContain(expected.alias);
    expectEntry(opened.readEntry(expected.alias, keyPassword), expected, directory);
  }
}

function expectEntry(entry: KeystoreEntry, expected: ExpectedEntry, directory: string): void {
  expect(entry.alias).toBe(expected.alias);
  if (entry.kind === 'PRIVATE_KEY') {
    expect(entry.chain.map(toPem)).toEqual(expected.chain?.map((name) => certificatePem(name, directory)));
    const key = createPrivateKey({ key: entry.privateKeyPkcs8, format: 'der', type: 'pkcs8' });
    expect(key.equals(privateKey(expected.key ?? '', directory))).toBe(true);
  } else if (entry.kind === 'TRUSTED_CERTIFICATE') {
    expect(toPem(entry.certificate)).toBe(certificatePem(expected.certificate ?? '', directory));
  } else {
    expect(expected.secret).toBe(true);
    const lines = readFixture('java17/secrets.txt', directory).toString('utf8').split('\n');
    expect(lines).toContain(`${entry.alias} ${entry.algorithm} ${entry.secret.toString('hex')}`);
  }
}

function toPem(der: Buffer): string {
  return new X509Certificate(der).toString();
}

export function privateKey(name: string, directory = fixtureDirectory): KeyObject {
  return createPrivateKey(readFixture(`keys/${name}.key.pem`, directory));
}

function certificatePem(name: string, directory: string): string {
  return new X509Certificate(readFixture(`keys/${name}.cert.pem`, directory)).toString();
}

export function certificateDer(name: string): Buffer {
  return new X509Certificate(readFixture(`keys/${name}.cert.pem`)).raw;
}
