import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { findAlias, type KeystoreType, openKeystore } from '../../src/formats/keystore.ts';
import { expectEntries, fixtureDirectory, keystoreFixtures, readFixture } from './keystore-fixtures.ts';

const open = (file: string, type: KeystoreType, password = 'changeit') =>
  openKeystore({ file: readFixture(file), password, type });

test.each(
  keystoreFixtures.map((fixture) => ({ name: `${fixture.file} (${fixture.entries[0]?.alias})`, fixture })),
)('$name gives the keys and certificates that it was made from', ({ fixture }) => {
  expectEntries(fixture, fixtureDirectory);
});

test('the file printed in RFC 9579, A.1 opens: its integrity is PBMAC1', () => {
  const opened = open('rfc9579/a1.p12', 'PKCS12', '1234');
  const entry = opened.readEntry('1');
  expect(opened.list()).toEqual([{ alias: '1', kind: 'PRIVATE_KEY' }]);
  expect(entry.kind === 'PRIVATE_KEY' && entry.chain.length).toBe(1);
});

test('a keystore lists all of its entries with their kinds, and no certificate of a chain as one of its own', () => {
  const expected = [
    { alias: 'rsa', kind: 'PRIVATE_KEY' },
    { alias: 'ec', kind: 'PRIVATE_KEY' },
    { alias: 'ed25519', kind: 'PRIVATE_KEY' },
    { alias: 'dsa', kind: 'PRIVATE_KEY' },
    { alias: 'trusted', kind: 'TRUSTED_CERTIFICATE' },
  ];
  const byAlias = (list: readonly { alias: string }[]) =>
    [...list].sort((a, b) => a.alias.localeCompare(b.alias));
  expect(byAlias(open('java17/default.p12', 'PKCS12').list())).toEqual(byAlias(expected));
  expect(byAlias(open('java17/store.jks', 'JKS').list())).toEqual(byAlias(expected));
});

test('an alias is found whatever its case, as in Java, and keeps the spelling of the file', () => {
  const openssl = open('openssl3/sha512-mac.p12', 'PKCS12');
  expect(findAlias(openssl, 'upper case')).toBe('Upper Case');
  expect(openssl.readEntry('UPPER CASE').alias).toBe('Upper Case');
  const java = open('java17/non-ascii.jks', 'JKS', 'pässwörd😀');
  expect(findAlias(java, 'SCHLÜSSEL-😀-КЛЮЧ')).toBe('schlüssel-😀-ключ');
  expect(findAlias(java, 'another')).toBeUndefined();
});

test('a key password that differs is the only one that opens its key, and others keep the password of the keystore', () => {
  for (const [file, type] of [
    ['java17/key-password.jks', 'JKS'],
    ['java17/key-password.p12', 'PKCS12'],
  ] as const) {
    const opened = open(file, type);
    const locked = 'Alias (rsa) can not be opened: the key password is wrong or the entry is damaged!';
    expect(() => opened.readEntry('rsa')).toThrow(locked);
    expect(() => opened.readEntry('rsa', 'third')).toThrow(locked);
    expect(opened.readEntry('rsa', 'otherpass').kind).toBe('PRIVATE_KEY');
  }
  const jks = open('java17/key-password.jks', 'JKS');
  expect(jks.readEntry('ec').kind).toBe('PRIVATE_KEY');
  // A key password that is given is used, also where the keystore's own would open the key.
  expect(() => jks.readEntry('ec', 'otherpass')).toThrow('Alias (ec) can not be opened');
});

test.each(keystoreFixtures.filter(({ file }) => !/no-password|unencrypted|nomac/.test(file)))(
  '$file does not open with a wrong password, an empty one or one of another case',
  ({ file, type, password }) => {
    for (const wrong of ['wrong password', password.toUpperCase(), `${password} `, '', 'wröng😀']) {
      if (wrong === password) continue;
      expect(() => open(file, type, wrong)).toThrow(
        'Keystore can not be opened: the password is wrong or the file is damaged!',
      );
    }
  },
);

test('without a MAC a wrong password shows at the key, which stays closed', () => {
  for (const file of ['openssl3/nomac.p12', 'java25/no-password.p12']) {
    expect(() => open(file, 'PKCS12', 'wrong').readEntry('ec')).toThrow('Alias (ec) can not be opened');
  }
});

test('bytes behind the keystore are passed over, as keytool and openssl pass them over', () => {
  for (const [file, type] of [
    ['java17/store.jks', 'JKS'],
    ['java17/default.p12', 'PKCS12'],
  ] as const) {
    const longer = Buffer.concat([readFixture(file), Buffer.from('\r\nmore')]);
    expect(openKeystore({ file: longer, password: 'changeit', type }).list()).toHaveLength(5);
  }
});

test('a chain ends with its root and each of it issued the one before', () => {
  for (const file of ['openssl3/default.p12', 'java17/default.p12', 'bouncy-castle/pkcs12.keystore']) {
    const entry = open(file, 'PKCS12').readEntry('rsa');
    const chain = entry.kind === 'PRIVATE_KEY' ? entry.chain.map((der) => new X509Certificate(der)) : [];
    expect(chain.map(({ subject }) => subject.split('CN=')[1])).toEqual(['Leaf', 'Intermediate', 'Root']);
  }
});
