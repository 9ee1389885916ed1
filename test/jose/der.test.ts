import { describe, expect, test } from 'vitest';
import { readDer, readMany } from '../../src/asn1/der.ts';
import { readCertificateDer, x5Members } from '../../src/jose/certificate.ts';
import { jwkFromKeyContent } from '../../src/jose/key-pem.ts';
import { bits, bytes, der, ecAlgorithm, integer, octets, oid, rsaAlgorithm, sequence } from './der-bytes.ts';
import { fixture, refusalOf } from './made-keys.ts';

const pem = (label: string, content: Buffer) =>
  `-----BEGIN ${label}-----\n${content.toString('base64')}\n-----END ${label}-----\n`;
const reasonFor = async (label: string, content: Buffer) =>
  (await refusalOf(() => jwkFromKeyContent(pem(label, content)))).replace(
    'Key content is not a key that is accepted: ',
    '',
  );
const d = Buffer.alloc(32, 7);
const rsaKey = sequence(integer('00f1'), integer('03'));

describe('a key in DER', () => {
  test.each<[string, string, Buffer, string]>([
    [
      'a negative modulus',
      'RSA PUBLIC KEY',
      sequence(integer('f1'), integer('03')),
      'its modulus is negative or empty',
    ],
    [
      'an empty modulus',
      'RSA PUBLIC KEY',
      sequence(integer(''), integer('03')),
      'its modulus is negative or empty',
    ],
    [
      'a modulus with a needless zero',
      'RSA PUBLIC KEY',
      sequence(integer('0071'), integer('03')),
      'its modulus is not in its shortest form',
    ],
    ['no exponent', 'RSA PUBLIC KEY', sequence(integer('71')), 'its exponent is missing or of another type'],
    [
      'a string as modulus',
      'RSA PUBLIC KEY',
      sequence(octets(d), integer('03')),
      'its modulus is missing or of another type',
    ],
    [
      'three primes',
      'RSA PRIVATE KEY',
      sequence(integer('01')),
      'it is an RSA key of more than two primes, which is not supported',
    ],
    [
      'too few numbers',
      'RSA PRIVATE KEY',
      sequence(integer('00'), integer('71'), integer('03')),
      'it does not hold the nine numbers of RFC 8017 A.1.2',
    ],
    [
      'another version of SEC 1',
      'EC PRIVATE KEY',
      sequence(integer('02'), octets(d)),
      'its version is not 1 (RFC 5915 §3)',
    ],
    [
      'no curve',
      'EC PRIVATE KEY',
      sequence(integer('01'), octets(d)),
      'it does not name its curve (RFC 5915 §3)',
    ],
    [
      'two curves',
      'PRIVATE KEY',
      sequence(
        integer('00'),
        ecAlgorithm,
        octets(sequence(integer('01'), octets(d), der(0xa0, oid('2b81040022')))),
      ),
      'it names two curves, P-256 and P-384',
    ],
    [
      'a private value of zero',
      'PRIVATE KEY',
      sequence(integer('00'), ecAlgorithm, octets(sequence(integer('01'), octets(Buffer.alloc(32))))),
      'its private value is not between 1 and the order of the curve',
    ],
    [
      'a private value that is too long',
      'PRIVATE KEY',
      sequence(integer('00'), ecAlgorithm, octets(sequence(integer('01'), octets(Buffer.alloc(33, 1))))),
      'its private value is too long for its curve',
    ],
    [
      'another version of PKCS#8',
      'PRIVATE KEY',
      sequence(integer('02'), rsaAlgorithm, octets(rsaKey)),
      'its version is not 0 or 1 (RFC 5958 §2)',
    ],
    [
      'an Ed25519 value of a wrong length',
      'PRIVATE KEY',
      sequence(integer('00'), sequence(oid('2b6570')), octets(octets(d.subarray(1)))),
      'its private value has the wrong length for Ed25519 (RFC 8410 §7)',
    ],
    [
      'an unknown algorithm',
      'PUBLIC KEY',
      sequence(sequence(oid('2a0304')), bits(d)),
      'it is of the algorithm or curve 1.2.3.4; supported are RSA, EC',
    ],
    [
      'a third member',
      'PUBLIC KEY',
      sequence(rsaAlgorithm, bits(rsaKey), der(0x05)),
      'it has more members than a public key',
    ],
    [
      'bits that are no octets',
      'PUBLIC KEY',
      sequence(rsaAlgorithm, bits(rsaKey, 4)),
      'its public key is not made of whole octets',
    ],
    [
      'the point at infinity',
      'PUBLIC KEY',
      sequence(ecAlgorithm, bits(bytes('00'))),
      'its point does not have the form of a point on P-256',
    ],
    [
      'a compressed point off the curve',
      'PUBLIC KEY',
      sequence(ecAlgorithm, bits(Buffer.concat([bytes('02'), Buffer.alloc(32, 0xff)]))),
      'its point is not on P-256',
    ],
    [
      'a point with an octet too many',
      'PUBLIC KEY',
      sequence(ecAlgorithm, bits(Buffer.concat([bytes('04'), Buffer.alloc(65, 1)]))),
      'its point does not have the form of a point on P-256',
    ],
    [
      'a point with an octet too few',
      'PUBLIC KEY',
      sequence(ecAlgorithm, bits(Buffer.concat([bytes('04'), Buffer.alloc(63, 1)]))),
      'its point does not have the form of a point on P-256',
    ],
    [
      'a hybrid point',
      'PUBLIC KEY',
      sequence(ecAlgorithm, bits(Buffer.concat([bytes('06'), Buffer.alloc(64, 1)]))),
      'is an EC key whose point has the hybrid form (X9.62)',
    ],
  ])('is refused with %s', async (_name, label, content, reason) => {
    expect(await reasonFor(label, content)).toContain(reason);
  });

  test('is recognised without a label', async () => {
    const read = (content: Buffer) => jwkFromKeyContent(content.toString('base64'));
    expect(read(rsaKey)).toEqual({ jwk: { kty: 'RSA', n: '8Q', e: 'Aw' }, kind: 'PUBLIC_KEY' });
    const numbers = Array.from({ length: 9 }, () => integer('00'));
    expect(read(sequence(...numbers))).toMatchObject({ kind: 'PRIVATE_KEY', jwk: { kty: 'RSA', n: 'AA' } });
    for (const unknown of [
      sequence(...numbers.slice(1)),
      sequence(octets(d), bits(d)),
      sequence(),
      octets(d),
    ]) {
      expect(await refusalOf(() => read(unknown))).toBe(
        'Key content is base64, but neither of PEM nor of a key in DER',
      );
    }
  });
});

describe('a certificate in DER', () => {
  const leaf = Buffer.from(fixture('leaf.pem').replace(/-----[^-]+-----|\n/g, ''), 'base64');
  const parts = readMany(readDer(leaf).content).map(({ encoded }) => encoded);
  const [signed = Buffer.alloc(0), ...signature] = parts;
  const fields = readMany(readDer(signed).content).map(({ encoded }) => encoded);
  const reasonOf = (content: Buffer) => refusalOf(() => readCertificateDer(content));

  test('is refused with members that are missing or too many', async () => {
    expect(await reasonOf(sequence(...parts, der(0x05)))).toContain('it has more members than a certificate');
    expect(await reasonOf(sequence(sequence(...fields.slice(0, 5)), ...signature))).toContain(
      'its public key is missing',
    );
    expect(await reasonOf(sequence(signed))).toContain('it is not an X.509 certificate');
    expect(await reasonOf(sequence())).toContain('its signed part is missing');
  });

  test('is rejected with an invalid version', async () => {
    const changed = sequence(der(0xa0, integer('03')), ...fields);
    expect(await reasonOf(sequence(changed, ...signature))).toContain('its version is none of 1, 2, 3');
  });

  test('is needed for x5c', async () => {
    expect(await refusalOf(() => x5Members([]))).toBe('A certificate chain must hold a certificate');
  });
});
