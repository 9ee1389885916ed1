import { expect, test } from 'vitest';
import { openKeystore } from '../../src/formats/keystore.ts';
import { jksFile, trustedEntry, uint32, utf } from './jks-writer.ts';
import { certificateDer, readFixture } from './keystore-fixtures.ts';

const password = 'changeit';
const open = (file: Buffer) => openKeystore({ file, password, type: 'JKS' });
const damaged = 'Keystore can not be opened: the password is wrong or the file is damaged!';
const root = certificateDer('root');

test('version 1, whose certificates have no type, opens like version 2', () => {
  for (const version of [1, 2] as const) {
    const entries = [trustedEntry('root', root, version)];
    const entry = open(jksFile({ version, count: 1, entries, password })).readEntry('ROOT');
    expect(entry).toEqual({ kind: 'TRUSTED_CERTIFICATE', alias: 'root', certificate: root });
  }
});

test('another version is refused', () => {
  expect(() => open(jksFile({ version: 3, count: 0, entries: [], password }))).toThrow(damaged);
});

test('two aliases that differ in case are two entries, each found by its own spelling', () => {
  const entries = ['Key', 'key'].map((alias, index) =>
    trustedEntry(alias, certificateDer(index === 0 ? 'root' : 'ec'), 2),
  );
  const opened = open(jksFile({ version: 2, count: 2, entries, password }));
  expect(opened.readEntry('Key')).toMatchObject({ certificate: root });
  expect(opened.readEntry('key')).toMatchObject({ certificate: certificateDer('ec') });
  expect(opened.readEntry('KEY')).toMatchObject({ alias: 'Key' });
});

test('1,000 entries open and 1,001 are refused by their number', () => {
  const entries = Array.from({ length: 1_001 }, (_, index) => trustedEntry(`a${index}`, root, 2));
  const most = jksFile({ version: 2, count: 1_000, entries: entries.slice(0, 1_000), password });
  expect(open(most).list()).toHaveLength(1_000);
  expect(() => open(jksFile({ version: 2, count: 1_001, entries, password }))).toThrow(
    'Keystore has too many entries: at most 1000 are accepted!',
  );
});

test('an impossible count or length is rejected at once, with a valid or an invalid digest', () => {
  const key = (...rest: Buffer[]) => [uint32(1), utf('k'), Buffer.alloc(8), ...rest];
  const absurd = uint32(0xffffffff);
  const files = [
    jksFile({ version: 2, count: 1, entries: key(absurd), password }),
    jksFile({ version: 2, count: 1, entries: key(uint32(4), uint32(0), absurd), password }),
    jksFile({ version: 2, count: 1, entries: key(uint32(0), uint32(101), Buffer.alloc(606)), password }),
    jksFile({ version: 2, count: 1, entries: [uint32(9), utf('k'), Buffer.alloc(8)], password }),
    jksFile({ version: 2, count: 1, entries: [uint32(2), Buffer.from([0xff, 0xff])], password }),
  ];
  for (const file of files) expect(() => open(file)).toThrow(damaged);
  const manyEntries = jksFile({ version: 2, count: 0xffffffff, entries: [], password });
  expect(() => open(manyEntries)).toThrow('too many entries');
  const unsealed = jksFile({ version: 2, count: 0xffffffff, entries: [], password: 'other' });
  expect(() => open(unsealed)).toThrow(damaged);
});

test('an alias in broken modified UTF-8 is refused', () => {
  for (const bytes of ['c0', 'c041', 'e0a0', 'f09f9880', 'ff']) {
    const alias = Buffer.from(bytes, 'hex');
    const entries = [uint32(2), uint32(alias.length).subarray(2), alias, Buffer.alloc(8)];
    expect(() => open(jksFile({ version: 2, count: 1, entries, password }))).toThrow(damaged);
  }
});

test('a malformed key stays locked and the rest of the keystore opens', () => {
  const odd = [uint32(1), utf('odd'), Buffer.alloc(8), uint32(3), Buffer.from('abc'), uint32(0)];
  const entries = [...odd, trustedEntry('root', root, 2)];
  const opened = open(jksFile({ version: 2, count: 2, entries, password }));
  expect(() => opened.readEntry('odd')).toThrow('Alias (odd) can not be opened');
  expect(opened.readEntry('root').kind).toBe('TRUSTED_CERTIFICATE');
});

test('a keystore without an integrity digest is rejected', () => {
  const file = readFixture('java17/store.jks');
  expect(() => open(file.subarray(0, -20))).toThrow(damaged);
});
