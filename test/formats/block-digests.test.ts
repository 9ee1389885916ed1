import { hash, pbkdf2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { iterateHash } from '../../src/formats/pkcs12/protection/iterated-hash.ts';
import {
  derivationPurpose,
  deriveBytes,
  macPasswords,
} from '../../src/formats/pkcs12/protection/key-derivation.ts';

test.each(['sha1', 'sha224', 'sha256', 'sha384', 'sha512'])(
  '%s of its own digest, any number of times, equals the result of OpenSSL',
  (algorithm) => {
    const first = hash(algorithm, 'first', 'buffer');
    let expected = first;
    for (let rounds = 0; rounds <= 1_100; rounds++) {
      if (rounds < 40 || rounds > 1_000)
        expect(iterateHash(algorithm, first, rounds).equals(expected)).toBe(true);
      expected = hash(algorithm, expected, 'buffer');
    }
  },
);

test('digests of every kind of bytes come out right', () => {
  for (const algorithm of ['sha1', 'sha256']) {
    const size = hash(algorithm, '', 'buffer').length;
    const ends = [Buffer.alloc(size), Buffer.alloc(size, 0xff), Buffer.alloc(size, 0x80)];
    const noise = Array.from({ length: 200 }, (_, seed) => pbkdf2Sync(`${seed}`, '', 1, size, 'sha256'));
    for (const bytes of [...ends, ...noise]) {
      expect(iterateHash(algorithm, bytes, 1)).toEqual(hash(algorithm, bytes, 'buffer'));
    }
  }
});

test('longer keys than one digest continue the derivation, in which the shorter ones are contained', () => {
  const derivation = { digest: 'sha1', salt: Buffer.from('saltsalt'), iterations: 3 };
  const [password = Buffer.alloc(0)] = macPasswords('pässwörd😀');
  const want = (length: number) =>
    deriveBytes(derivation, password, { purpose: derivationPurpose.key, length });
  expect(want(70).subarray(0, 24)).toEqual(want(24));
  expect(want(24)).not.toEqual(
    deriveBytes(derivation, password, { purpose: derivationPurpose.iv, length: 24 }),
  );
});
