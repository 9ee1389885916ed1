import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importJwk } from '../../src/jose/import-jwk.ts';
import type { PrivateJwk } from '../../src/jose/jwk.ts';
import { joinJwk, publicJwk, publicMembersOf, splitJwk } from '../../src/jose/public-part.ts';
import { makeEc, makeOct, makeOkp, makeRsa, publicHalf, type RawJwk, refusalOf } from './made-keys.ts';

const pairs = [makeRsa(), makeEc('P-384'), makeEc('secp256k1'), makeOkp('Ed448'), makeOkp('X25519')];
const all: RawJwk[] = [...pairs, ...pairs.map(publicHalf), makeOct(32)];
const secretNames = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];
const metadata = fc.record(
  {
    kid: fc.string(),
    use: fc.constantFrom('sig', 'enc'),
    alg: fc.string(),
    x5t: fc.string(),
    key_ops: fc.constant(['verify']),
  },
  { requiredKeys: [] },
);

describe('publicJwk', () => {
  test('lets no private and no unknown member out, whatever else the key carries', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        metadata,
        fc.dictionary(fc.string(), fc.anything()),
        (key, known, unknown) => {
          const published = publicJwk({ ...unknown, ...key, ...known } as unknown as PrivateJwk);
          if (key.kty === 'oct') expect(published).toBeUndefined();
          else expect(published).toEqual({ ...publicHalf(key), ...known });
        },
      ),
    );
  });

  test('turns key_ops to what the public half does', () => {
    const operations = (key_ops: string[]) =>
      publicJwk({ ...makeRsa(), key_ops } as unknown as PrivateJwk)?.key_ops;
    expect(operations(['sign'])).toEqual(['verify']);
    expect(operations(['decrypt', 'unwrapKey', 'encrypt'])).toEqual(['encrypt', 'wrapKey']);
    expect(operations(['deriveBits'])).toBeUndefined();
  });

  test('is also computed for a key before its import', () => {
    expect(publicMembersOf({ ...makeRsa(), x5u: 'u', k: 'secret' })).not.toHaveProperty('k');
    for (const key of pairs) expect(publicMembersOf(key)).toEqual(publicHalf(key));
    expect(publicMembersOf({ kty: 'X', d: 'secret' })).toEqual({ kty: 'X' });
  });
});

describe('splitJwk and joinJwk', () => {
  test('part every key into secret and readable members and join them to the same key', async () => {
    for (const raw of all) {
      const jwk = await importJwk({ ...raw, kid: 'k' });
      const { publicMembers, privateMembers } = splitJwk(jwk);
      expect(Object.keys(publicMembers).filter((name) => secretNames.includes(name))).toEqual([]);
      expect(Object.keys(privateMembers).every((name) => secretNames.includes(name))).toBe(true);
      expect(joinJwk(publicMembers, privateMembers)).toEqual(jwk);
    }
  });

  test('refuse parts that do not make a key', async () => {
    expect(await refusalOf(() => joinJwk({}, {}))).toContain('kty is missing or unknown');
    expect(await refusalOf(() => joinJwk({ kty: 'oct' }, {}))).toContain('k is missing');
    expect(await refusalOf(() => joinJwk({ kty: 'EC', crv: 'P-256', x: 'AA' }, { d: 'AA' }))).toContain(
      'y is missing',
    );
  });
});
