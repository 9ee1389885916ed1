// The two forms of ECDSA signatures, against what Node.js makes of each other.

import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { derSignature, rawSignature } from '../../src/operations/families/ecdsa-signature.ts';

describe.each([
  ['P-256', 64],
  ['secp256k1', 64],
  ['P-384', 96],
  ['P-521', 132],
])('signatures with %s', (namedCurve, octets) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const dsaEncoding = 'ieee-p1363';

  test('verify in either form, also where a number begins with zeros', () => {
    for (let count = 0; count < 60; count += 1) {
      const data = Buffer.from(`message ${count}`);
      const der = sign('sha256', data, privateKey);
      const raw = rawSignature(der, octets);
      expect(raw).toHaveLength(octets);
      expect(verify('sha256', data, { key: publicKey, dsaEncoding }, raw)).toBe(true);
      expect(derSignature(raw)).toEqual(der);
    }
  });

  test('of the smallest and the largest numbers keep their values', () => {
    for (const filled of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
      const raw = Buffer.alloc(octets, filled);
      expect(rawSignature(derSignature(raw), octets)).toEqual(raw);
    }
  });
});
