import { expect, test } from 'vitest';
import { type KeystoreType, keystoreLimits, openKeystore } from '../../src/formats/keystore.ts';
import { keystoreTypes } from '../../src/protocol/content.ts';
import { der, explicit, indefinite, integer, objectIdentifier, octetString, sequence } from './der-writer.ts';
import { certificateDer, privateKey, readFixture } from './keystore-fixtures.ts';
import {
  authenticatedSafe,
  certificateBag,
  emptyMac,
  keyBag,
  nestedBag,
  nestedSequences,
  pbmac1Data,
  pfx,
  shroudedBag,
  shroudedWith,
} from './pkcs12-writer.ts';

const tripleDes = '1.2.840.113549.1.12.1.3';
const tooMuch = 'Keystore asks for too many derivation iterations: at most 5000000 are accepted!';
const damaged = 'Keystore can not be opened: the password is wrong or the file is damaged!';

/** The message, and a check that the refusal did not do the work that it refuses. */
function refusal(file: Uint8Array, type: KeystoreType = 'PKCS12', password = 'changeit'): string {
  const { user } = process.threadCpuUsage();
  let message = 'opened';
  try {
    openKeystore({ file, password, type });
  } catch (error) {
    expect(error).toMatchObject({ name: 'KeyplaneError', code: 'bad_request' });
    message = error instanceof Error ? error.message : '';
  }
  expect(process.threadCpuUsage().user - user).toBeLessThan(1e6);
  return message;
}

test.each([
  ['java17/store.jceks', 'JCEKS keystores are not supported!'],
  ['bouncy-castle/bks.keystore', 'BKS keystores are not supported!'],
  ['bouncy-castle/uber.keystore', 'UBER keystores are not supported!'],
  ['bouncy-castle/bcfks.keystore', 'BCFKS keystores are not supported!'],
  ['keys/rsa.key.pem', 'The file is a key, not a keystore!'],
  ['keys/rsa.cert.pem', 'The file is a certificate, not a keystore!'],
])('%s is refused by its name, whichever type it is said to be', (file, message) => {
  for (const type of keystoreTypes) expect(refusal(readFixture(file), type)).toContain(message);
});

test('a file that is no keystore is named, or reported as no keystore', () => {
  expect(refusal(certificateDer('rsa'))).toContain('The file is a certificate, not a keystore!');
  const none = 'The file is not a JKS or PKCS12 keystore!';
  expect(refusal(privateKey('rsa').export({ format: 'der', type: 'pkcs8' }))).toBe(
    'The file is a key, not a keystore! Upload it as a key.',
  );
  expect(refusal(Buffer.from('hello'))).toBe(none);
  expect(refusal(Buffer.from([0x30]))).toBe(none);
  expect(refusal(Buffer.alloc(4_000, 0xa5))).toBe(none);
  expect(refusal(Buffer.alloc(0))).toBe('Keystore file is empty!');
});

test('a keystore of the other type is refused with the type that it is', () => {
  expect(refusal(readFixture('java17/default.p12'), 'JKS')).toBe(
    'Keystore is not of type JKS: the file is a PKCS12 keystore, keyStoreType should be PKCS12!',
  );
  expect(refusal(readFixture('java17/store.jks'), 'PKCS12')).toBe(
    'Keystore is not of type PKCS12: the file is a JKS keystore, keyStoreType should be JKS!',
  );
});

test('a file over 10 MiB and a password over 1,024 characters are refused by their size', () => {
  const large = Buffer.alloc(keystoreLimits.fileBytes + 1);
  readFixture('java17/store.jks').copy(large);
  expect(refusal(large, 'JKS')).toBe('Keystore is too large: at most 10 MiB are accepted!');
  const long = 'x'.repeat(1_025);
  const tooLong = 'Keystore password is too long: at most 1024 characters are accepted!';
  expect(refusal(readFixture('java17/store.jks'), 'JKS', long)).toBe(tooLong);
  const file = readFixture('java17/store.jks');
  const opened = openKeystore({ file, password: 'changeit', type: 'JKS' });
  expect(() => opened.readEntry('rsa', long)).toThrow(tooLong);
});

test('iterations beyond the limit are refused before any is done: of the MAC, of a key, of PBMAC1', () => {
  const empty = authenticatedSafe([]);
  expect(refusal(pfx(empty, emptyMac(5_000_001)))).toBe(tooMuch);
  expect(refusal(pfx(empty, emptyMac(2 ** 31 - 1)))).toBe(tooMuch);
  expect(refusal(pfx(empty, emptyMac(2 ** 52)))).toBe(tooMuch);
  const closed = authenticatedSafe([shroudedBag(shroudedWith(tripleDes, 5_000_001))]);
  expect(refusal(pfx(closed))).toBe(tooMuch);
  const options = { prf: 'sha256', mac: 'sha256', iterations: 1, keyLength: 32 } as const;
  const pbmac1 = pbmac1Data(empty, 'changeit', options);
  const at = pbmac1.indexOf(Buffer.concat([integer(1), integer(32)]));
  expect(at).toBeGreaterThan(0);
  const lengthened = Buffer.from(pbmac1);
  lengthened[at + 2] = 0x80; // a negative count
  expect(refusal(pfx(empty, lengthened))).toBe(damaged);
});

test('many keys that each keep to the limit are refused for all of them together', () => {
  const key = shroudedBag(shroudedWith(tripleDes, 5_000_000));
  expect(refusal(pfx(authenticatedSafe([key, key])))).toBe('opened');
  expect(refusal(pfx(authenticatedSafe(Array<Buffer>(1_000).fill(key))))).toBe(tooMuch);
});

test('a salt of kilobytes, no iterations, and scrypt beyond 64 MiB are refused', () => {
  const huge = Buffer.alloc(100_000);
  expect(refusal(pfx(authenticatedSafe([]), emptyMac(1, huge)))).toBe(tooMuch);
  expect(refusal(pfx(authenticatedSafe([shroudedBag(shroudedWith(tripleDes, 1, huge))])))).toBe(tooMuch);
  expect(refusal(pfx(authenticatedSafe([]), emptyMac(0)))).toBe(damaged);
  const scrypt = (N: number, r: number, p: number) => {
    const parameters = sequence(octetString(Buffer.alloc(8)), integer(N), integer(r), integer(p));
    const kdf = sequence(objectIdentifier('1.3.6.1.4.1.11591.4.11'), parameters);
    const iv = octetString(Buffer.alloc(16));
    const cipher = sequence(objectIdentifier('2.16.840.1.101.3.4.1.42'), iv);
    const pbes2 = sequence(objectIdentifier('1.2.840.113549.1.5.13'), sequence(kdf, cipher));
    return pfx(authenticatedSafe([shroudedBag(sequence(pbes2, octetString(Buffer.alloc(16))))]));
  };
  expect(refusal(scrypt(2 ** 14, 8, 1))).toBe('opened');
  expect(refusal(scrypt(2 ** 20, 8, 1))).toBe(tooMuch);
  expect(refusal(scrypt(2 ** 16, 64, 1))).toBe(
    'Keystore asks for too much memory to derive its key (scrypt): at most 64 MiB are accepted!',
  );
  expect(refusal(scrypt(2, 1, 2 ** 40))).toBe(tooMuch);
  expect(refusal(scrypt(1_000, 8, 1))).toBe(damaged);
});

test('nesting, element counts and lengths that no keystore has are refused', () => {
  const data = objectIdentifier('1.2.840.113549.1.7.1');
  const around = (content: Buffer) => sequence(integer(3), sequence(data, explicit(0, content)));
  expect(refusal(around(nestedSequences(20_000)))).toBe(damaged);
  expect(refusal(around(octetString(nestedSequences(20_000))))).toBe(damaged);
  expect(refusal(around(Buffer.concat([Buffer.alloc(200_000, '3080', 'hex')])))).toBe(damaged);
  let scanned: Buffer = Buffer.alloc(9_000_000, '0500', 'hex');
  for (let level = 0; level < 60; level++) scanned = indefinite(0x24, scanned);
  expect(refusal(around(scanned))).toBe(damaged);
  const deepBags = Array.from({ length: 20 }).reduce<Buffer>(
    (inner) => nestedBag(inner),
    keyBag(privateKey('ec')),
  );
  expect(refusal(pfx(authenticatedSafe([deepBags])))).toBe(damaged);
  expect(refusal(around(octetString(sequence(Buffer.alloc(4_000_000, '0500', 'hex')))))).toBe(damaged);
  expect(refusal(Buffer.from('3084ffffffff0201033000', 'hex'))).toBe(damaged);
  expect(refusal(Buffer.from('30880000000000000bff0201033000', 'hex'))).toBe(damaged);
  expect(refusal(Buffer.from('3009020103300406ff7f7f', 'hex'))).toBe(damaged);
});

test('1,001 entries are refused by their number', () => {
  const bags = Array.from({ length: 1_001 }, (_, index) =>
    certificateBag(certificateDer('ec'), { friendlyName: `a${index}` }),
  );
  expect(refusal(pfx(authenticatedSafe(bags.slice(1))))).toBe('opened');
  expect(refusal(pfx(authenticatedSafe(bags)))).toBe(
    'Keystore has too many entries: at most 1000 are accepted!',
  );
});

test('more bags than any keystore of 1,000 entries has are rejected before one is read', () => {
  const bags = Array<Buffer>(8_193).fill(certificateBag(certificateDer('ec')));
  expect(refusal(pfx(authenticatedSafe(bags)))).toBe(
    'Keystore has too many entries: at most 1000 are accepted!',
  );
});

test('a file signed or closed with a public key is refused for that', () => {
  for (const type of [2, 3]) {
    const content = sequence(
      objectIdentifier(`1.2.840.113549.1.7.${type}`),
      explicit(0, octetString(sequence())),
    );
    const outer = type === 2 ? sequence(integer(3), content) : pfx(sequence(content));
    expect(refusal(outer)).toContain('Keystore is closed with a public key, which is not supported!');
  }
});

test('a MAC and an encryption that are not known are refused by their identifiers', () => {
  const mac = sequence(
    sequence(sequence(objectIdentifier('1.2.3.4')), octetString(Buffer.alloc(20))),
    octetString(Buffer.alloc(8)),
    integer(1),
  );
  expect(refusal(pfx(authenticatedSafe([]), mac))).toContain(
    'integrity check that is not supported (1.2.3.4);',
  );
  const sealed = sequence(
    objectIdentifier('1.2.840.113549.1.7.1'),
    sequence(objectIdentifier('1.2.3.5')),
    der(0x80, Buffer.alloc(16)),
  );
  const safe = sequence(objectIdentifier('1.2.840.113549.1.7.6'), explicit(0, sequence(integer(0), sealed)));
  expect(refusal(pfx(sequence(safe)))).toContain('algorithm that is not supported (1.2.3.5)!');
});

test('a refusal names neither the password nor anything of the file', () => {
  const message = refusal(readFixture('java17/default.p12'), 'PKCS12', 'my secret password');
  expect(message).toBe(damaged);
});
