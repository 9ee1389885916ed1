import { describe, expect, test } from 'vitest';
import { importJwk } from '../../src/jose/import-jwk.ts';
import type { JsonObject } from '../../src/jose/json.ts';
import type { PrivateJwk } from '../../src/jose/jwk.ts';
import { type KeyType, keyTypeInfo, keyTypes } from '../../src/jose/key-types.ts';
import { encodeInteger } from '../../src/jose/members/integer.ts';
import { publicJwk, splitJwk } from '../../src/jose/public-part.ts';
import { thumbprint } from '../../src/jose/thumbprint.ts';

const zeros = (octets: number) => Buffer.alloc(octets).toString('base64url');

/** Of each key type one key that is written correctly and is not sound. A new key type is a compile error here. */
const unsoundKeys: Readonly<Record<KeyType, JsonObject>> = {
  // A multiple of 3.
  RSA: { kty: 'RSA', n: encodeInteger(3n * (2n ** 2046n + 1n)), e: 'AQAB' },
  // No point of the curve.
  EC: { kty: 'EC', crv: 'P-256', x: zeros(32), y: zeros(32) },
  // The point of order 2.
  OKP: {
    kty: 'OKP',
    crv: 'Ed25519',
    x: Buffer.alloc(32, 0xff).fill(0xec, 0, 1).fill(0x7f, 31).toString('base64url'),
  },
  oct: { kty: 'oct', k: zeros(1025) },
  // The public key of another parameter set.
  AKP: { kty: 'AKP', alg: 'ML-DSA-44', pub: zeros(1952) },
};

describe('the table of key types', () => {
  test.each(keyTypes)('an unsound %s key is rejected by its soundness check', async (kty) => {
    await expect(importJwk(unsoundKeys[kty])).rejects.toThrow(`${keyTypeInfo(kty).name} key is not sound`);
  });

  test.each(keyTypes)(
    'an imported %s key splits into public and private members, all of which the table has',
    (kty) => {
      const { members, publicMembers, privateMembers, isSymmetric } = keyTypeInfo(kty);
      const jwk = { kty, ...Object.fromEntries(Object.keys(members).map((name) => [name, name])) };
      const parts = splitJwk(jwk as unknown as PrivateJwk);
      expect(Object.keys(parts.publicMembers)).toEqual(['kty', ...publicMembers]);
      expect(Object.keys(parts.privateMembers)).toEqual(privateMembers);
      const published = publicJwk(jwk as unknown as PrivateJwk);
      expect(published && Object.keys(published)).toEqual(
        isSymmetric ? undefined : ['kty', ...publicMembers],
      );
    },
  );

  test.each(keyTypes)(
    'the thumbprint of an %s key covers its required members in lexical order (RFC 7638)',
    (kty) => {
      const info = keyTypeInfo(kty);
      expect(info.thumbprint).toEqual(['kty', ...info.required].toSorted());
      const jwk = { kty, ...Object.fromEntries(info.required.map((name) => [name, 'AAAA'])) };
      for (const name of info.required) {
        const other = { ...jwk, [name]: 'AAAB' };
        expect(thumbprint(other as unknown as PrivateJwk)).not.toBe(thumbprint(jwk as unknown as PrivateJwk));
      }
    },
  );
});
