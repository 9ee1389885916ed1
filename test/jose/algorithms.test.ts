import { describe, expect, test } from 'vitest';
import {
  algorithmsFor,
  checkAlgorithmFits,
  checkOwnAlgorithm,
  checkRestriction,
  isDeprecated,
  joseAlgorithm,
} from '../../src/jose/algorithms.ts';
import type { PrivateJwk } from '../../src/jose/jwk.ts';
import type { KeyType } from '../../src/jose/key-types.ts';
import type { UseType } from '../../src/jose/use-type.ts';
import { makeOct, refusalOf } from './made-keys.ts';

const ecdh = ['', '+A128KW', '+A192KW', '+A256KW'].flatMap((wrap) => [`ECDH-ES${wrap}`]);
const agreement = [...ecdh, ...ecdh.map((name) => name.replace('ES', '1PU'))];

const documented: [KeyType, UseType, string[]][] = [
  ['RSA', 'SIGNATURE', ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
  ['RSA', 'ENCRYPTION', ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512']],
  ['EC', 'SIGNATURE', ['ES256', 'ES384', 'ES512', 'ES256K']],
  ['EC', 'ENCRYPTION', agreement],
  ['oct', 'SIGNATURE', ['HS256', 'HS384', 'HS512']],
  [
    'oct',
    'ENCRYPTION',
    [
      'A128KW',
      'A192KW',
      'A256KW',
      'A128GCMKW',
      'A192GCMKW',
      'A256GCMKW',
      'DIR',
      'PBES2-HS256+A128KW',
      'PBES2-HS384+A192KW',
      'PBES2-HS512+A256KW',
    ],
  ],
  ['OKP', 'SIGNATURE', ['EdDSA', 'Ed25519', 'Ed448']],
  ['OKP', 'ENCRYPTION', agreement],
  ['AKP', 'SIGNATURE', ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87']],
  ['AKP', 'ENCRYPTION', []],
];
const everyName = [...new Set(documented.flatMap(([, , names]) => names))];

const ec = (crv: string) => ({ kty: 'EC', crv, x: 'AA', y: 'AA' }) as unknown as PrivateJwk;
const okp = (crv: string) => ({ kty: 'OKP', crv, x: 'AA' }) as unknown as PrivateJwk;
const akp = (alg: string) => ({ kty: 'AKP', alg, pub: 'AA' }) as unknown as PrivateJwk;
const oct = (octets: number) => makeOct(octets) as unknown as PrivateJwk;
const rsa = { kty: 'RSA', n: 'AA', e: 'AQAB' } as unknown as PrivateJwk;

/** Every key there can be for the purposes of the table, and what fits it. */
const kinds: [string, PrivateJwk, UseType, string[]][] = [
  ['RSA', rsa, 'SIGNATURE', documented[0]?.[2] ?? []],
  ['RSA', rsa, 'ENCRYPTION', documented[1]?.[2] ?? []],
  ['P-256', ec('P-256'), 'SIGNATURE', ['ES256']],
  ['P-384', ec('P-384'), 'SIGNATURE', ['ES384']],
  ['P-521', ec('P-521'), 'SIGNATURE', ['ES512']],
  ['secp256k1', ec('secp256k1'), 'SIGNATURE', ['ES256K']],
  ['P-256', ec('P-256'), 'ENCRYPTION', agreement],
  ['P-384', ec('P-384'), 'ENCRYPTION', agreement],
  ['P-521', ec('P-521'), 'ENCRYPTION', agreement],
  ['secp256k1', ec('secp256k1'), 'ENCRYPTION', []],
  ['Ed25519', okp('Ed25519'), 'SIGNATURE', ['EdDSA', 'Ed25519']],
  ['Ed448', okp('Ed448'), 'SIGNATURE', ['EdDSA', 'Ed448']],
  ['Ed25519', okp('Ed25519'), 'ENCRYPTION', []],
  ['X25519', okp('X25519'), 'SIGNATURE', []],
  ['X25519', okp('X25519'), 'ENCRYPTION', agreement],
  ['X448', okp('X448'), 'ENCRYPTION', agreement],
  ['ML-DSA-44', akp('ML-DSA-44'), 'SIGNATURE', ['ML-DSA-44']],
  ['ML-DSA-65', akp('ML-DSA-65'), 'SIGNATURE', ['ML-DSA-65']],
  ['ML-DSA-87', akp('ML-DSA-87'), 'SIGNATURE', ['ML-DSA-87']],
  ['ML-DSA-87', akp('ML-DSA-87'), 'ENCRYPTION', []],
  ['31 bytes', oct(31), 'SIGNATURE', []],
  ['32 bytes', oct(32), 'SIGNATURE', ['HS256']],
  ['48 bytes', oct(48), 'SIGNATURE', ['HS256', 'HS384']],
  ['64 bytes', oct(64), 'SIGNATURE', ['HS256', 'HS384', 'HS512']],
  ['16 bytes', oct(16), 'ENCRYPTION', ['A128KW', 'A128GCMKW', 'DIR', ...(documented[5]?.[2].slice(7) ?? [])]],
  ['24 bytes', oct(24), 'ENCRYPTION', ['A192KW', 'A192GCMKW', 'DIR', ...(documented[5]?.[2].slice(7) ?? [])]],
  ['32 bytes', oct(32), 'ENCRYPTION', ['A256KW', 'A256GCMKW', 'DIR', ...(documented[5]?.[2].slice(7) ?? [])]],
  ['48 bytes', oct(48), 'ENCRYPTION', ['DIR', ...(documented[5]?.[2].slice(7) ?? [])]],
  ['5 bytes', oct(5), 'ENCRYPTION', documented[5]?.[2].slice(7) ?? []],
];

describe('the table of algorithms', () => {
  test.each(documented)(
    'lists for %s and %s what is documented, in that order',
    (keyType, useType, names) => {
      expect(algorithmsFor({ keyType, useType })).toEqual(names);
    },
  );

  test.each(kinds)('takes for a key of %s exactly what fits (%#)', async (_name, key, useType, fitting) => {
    const taken: string[] = [];
    for (const algorithm of everyName) {
      try {
        checkAlgorithmFits(key, useType, algorithm);
        taken.push(algorithm);
      } catch {
        const keyType = key.kty.toUpperCase();
        const message = await refusalOf(() => checkAlgorithmFits(key, useType, algorithm));
        expect(
          message.startsWith(
            `Algorithm (${algorithm}) is not valid for ${keyType} keys with use type ${useType}!`,
          ),
        ).toBe(true);
      }
    }
    expect(taken.sort()).toEqual([...fitting].sort());
  });

  test('answers a name outside the row with the whole row, one ruled out by the curve with what fits', async () => {
    expect(await refusalOf(() => checkAlgorithmFits(rsa, 'SIGNATURE', 'RSA'))).toBe(
      'Algorithm (RSA) is not valid for RSA keys with use type SIGNATURE! Valid values: RS256, RS384, RS512, PS256, PS384, PS512',
    );
    expect(await refusalOf(() => checkAlgorithmFits(ec('P-256'), 'SIGNATURE', 'RS256'))).toBe(
      'Algorithm (RS256) is not valid for EC keys with use type SIGNATURE! Valid values: ES256, ES384, ES512, ES256K',
    );
    expect(await refusalOf(() => checkAlgorithmFits(ec('P-256'), 'SIGNATURE', 'ES384'))).toBe(
      'Algorithm (ES384) is not valid for EC keys with use type SIGNATURE! Valid values: ES256',
    );
  });

  test('reports that no algorithm fits the key, and which key would fit', async () => {
    expect(await refusalOf(() => checkAlgorithmFits(okp('X25519'), 'SIGNATURE', 'EdDSA'))).toBe(
      'Algorithm (EdDSA) is not valid for OKP keys with use type SIGNATURE! No algorithm of this use type fits OKP keys on curve X25519. EdDSA needs curve Ed25519 or Ed448.',
    );
    expect(await refusalOf(() => checkAlgorithmFits(oct(16), 'SIGNATURE', 'HS256'))).toBe(
      'Algorithm (HS256) is not valid for OCT keys with use type SIGNATURE! No algorithm of this use type fits OCT keys of 16 bytes. HS256 needs at least 32 bytes.',
    );
  });

  test.each(['', 'rs256', 'none', 'constructor', '__proto__', 'A128GCM', 'ES256K1'])(
    'takes no %j on request',
    async (name) => {
      for (const [, key, useType] of kinds) {
        expect(await refusalOf(() => checkAlgorithmFits(key, useType, name))).toContain(
          `Algorithm (${name}) is not valid`,
        );
      }
    },
  );

  test.each([
    ['ESP256', 'ES256 is the JOSE name.'],
    ['ESP384', 'ES384 is the JOSE name.'],
    ['ESP512', 'ES512 is the JOSE name.'],
    ['ESB320', 'It is a name of COSE for a Brainpool curve'],
    ['HashML-DSA-65', 'The pre-hash variants (HashML-DSA) are no algorithms of JOSE (RFC 9964 §7.2).'],
    ['ML-DSA-65-with-SHA512', 'The pre-hash variants (HashML-DSA) are no algorithms of JOSE'],
    ['ML-KEM-768', 'ML-KEM for JOSE is a draft, which is not supported.'],
    ['ML-DSA-65-ES256', 'Composite signatures are a draft, which is not supported.'],
    ['SLH-DSA-SHA2-128s', 'It is an algorithm of a draft, which is not supported.'],
    ['Dilithium3', 'It is a name of a draft before ML-DSA'],
  ])('says what %s is: on request, and in a key', async (name, text) => {
    const head = `is not valid for EC keys with use type SIGNATURE! ${text}`;
    const asked = await refusalOf(() => checkAlgorithmFits(ec('P-256'), 'SIGNATURE', name));
    expect(asked).toContain(`Algorithm (${name}) ${head}`);
    expect(asked).toContain('Valid values: ES256, ES384, ES512, ES256K');
    const own = await refusalOf(() => checkOwnAlgorithm(akp(name), name));
    expect(own).toContain(`alg (${name}) is not known! ${text}`);
    expect(own).toContain('Valid values for AKP keys: ML-DSA-44, ML-DSA-65, ML-DSA-87');
  });

  test('says nothing more of names that are nothing anywhere', async () => {
    for (const name of ['ES-256', 'constructor', 'toString', 'ESP', 'ML-DSA-45']) {
      expect(await refusalOf(() => checkAlgorithmFits(ec('P-256'), 'SIGNATURE', name))).toBe(
        `Algorithm (${name}) is not valid for EC keys with use type SIGNATURE! Valid values: ES256, ES384, ES512, ES256K`,
      );
    }
  });

  test('takes DIR and dir, and stores the registered name', () => {
    checkAlgorithmFits(oct(32), 'ENCRYPTION', 'DIR');
    checkAlgorithmFits(oct(32), 'ENCRYPTION', 'dir');
    expect(joseAlgorithm('DIR')).toBe('dir');
    expect(joseAlgorithm('RS256')).toBe('RS256');
  });

  test('marks the deprecated ones', () => {
    expect(everyName.filter(isDeprecated)).toEqual(['RSA1_5', 'RSA-OAEP']);
  });

  test('holds an RSASSA-PSS key to PSS, and with parameters to their hash', async () => {
    checkRestriction('RSA-PSS', 'PS512');
    checkRestriction('PS384', 'PS384');
    expect(await refusalOf(() => checkRestriction('RSA-PSS', 'RS256'))).toContain(
      'Valid values with use type SIGNATURE: PS256, PS384, PS512',
    );
    expect(await refusalOf(() => checkRestriction('PS384', 'PS256'))).toMatch(
      /Valid values with use type SIGNATURE: PS384$/,
    );
  });
});
