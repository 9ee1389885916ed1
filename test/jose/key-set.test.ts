import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/jose/json.ts';
import { selectKey } from '../../src/jose/key-set.ts';
import { refusalOf } from './made-keys.ts';

const a = { kty: 'oct', k: 'AAAA', kid: 'a' };
const b = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'b' };
const set = (...keys: JsonValue[]): JsonValue => ({ keys });

describe('selectKey', () => {
  it('takes a bare JWK, and the only key of a set, without a kid', () => {
    expect(selectKey(a, undefined)).toEqual(a);
    expect(selectKey(set(a), undefined)).toEqual(a);
  });

  it('gives a single key without a kid of its own the kid that was asked for', () => {
    const { kid: _kid, ...bare } = a;
    expect(selectKey(bare, 'mine')).toEqual({ ...bare, kid: 'mine' });
    expect(selectKey(set(bare), 'mine')).toEqual({ ...bare, kid: 'mine' });
    expect(bare).not.toHaveProperty('kid');
  });

  it('selects by kid among several', () => {
    expect(selectKey(set(a, b), 'b')).toEqual(b);
  });

  it('passes over unknown key types and broken siblings, also under the same kid', () => {
    const broken: JsonValue[] = [
      null,
      7,
      'text',
      [],
      {},
      { kty: 'AKP', kid: 'a' },
      { kty: 'RSA', kid: 'a', n: 5 },
      { kid: 'a' },
    ];
    expect(selectKey(set(...broken, a), 'a')).toEqual(a);
  });

  it('hands out a broken key when it is the only one of its kid, so that its own fault is named', () => {
    expect(selectKey(set(a, { kty: 'AKP', kid: 'z' }), 'z')).toEqual({ kty: 'AKP', kid: 'z' });
  });

  it('takes a key that stands twice in the same words, whatever the order of its members', () => {
    const again = { kid: 'a', k: 'AAAA', kty: 'oct' };
    expect(selectKey(set(a, b, again), 'a')).toEqual(a);
  });

  it.each<[string, JsonValue, string | undefined, string]>([
    [
      'several keys without a kid',
      set(a, b),
      undefined,
      'kid is required because the JWK Set holds 2 keys! Available values: a, b',
    ],
    [
      'several keys without any kid',
      set({ kty: 'oct' }, {}),
      undefined,
      'kid is required because the JWK Set holds 2 keys! None of them has a kid',
    ],
    ['a kid that is not there', set(a, b), 'x', 'kid (x) is not found in the JWK Set!'],
    ['another kid than that of the only key', set(a), 'x', 'kid (x) is not found in the JWK Set!'],
    ['another kid than that of a bare JWK', a, 'x', 'kid (x) is not found in the JWK Set!'],
    [
      'a kid of two keys',
      set(a, { ...b, kid: 'a' }),
      'a',
      'kid (a) names different keys in the JWK Set; a kid must name one key',
    ],
    [
      'a kid of one key with two uses',
      set({ ...a, use: 'sig' }, { ...a, use: 'enc' }),
      'a',
      'kid (a) names different keys in the JWK Set; a kid must name one key',
    ],
    ['an empty set', set(), 'a', 'No key found! The JWK Set is empty'],
    [
      'a set whose keys are no array',
      { keys: {} },
      'a',
      'keys of a JWK Set must be an array (RFC 7517 §5.1)',
    ],
    [
      'an only entry that is no object',
      set('x'),
      'a',
      'The only entry of the JWK Set is not a JWK: it must be a JSON object',
    ],
    [
      'an object that is neither',
      { foo: 1 },
      undefined,
      'No key found! The JSON object is neither a JWK (it has no kty) nor a JWK Set (it has no keys)',
    ],
    [
      'an array',
      [a],
      undefined,
      'A JSON array is not a JWK Set! The keys belong into an object: {"keys": [...]} (RFC 7517 §5)',
    ],
    ['a number', 7, undefined, 'A JWK or a JWK Set is a JSON object (RFC 7517), not number'],
    [
      'a JWK that was quoted once more',
      '{"k":"secret"}',
      undefined,
      'A JWK or a JWK Set is a JSON object (RFC 7517), not string',
    ],
    [
      'a JWK that was quoted once more',
      '{"k":"secret"}',
      undefined,
      'A JWK or a JWK Set is a JSON object (RFC 7517), not string',
    ],
  ])('refuses %s', async (_name, document, kid, message) => {
    expect(await refusalOf(() => selectKey(document, kid))).toBe(message);
  });

  it('lists at most twenty kids, each cut to a bearable length', async () => {
    const keys = Array.from({ length: 50 }, (_, n) => ({ kty: 'oct', kid: `${n}-${'x'.repeat(500)}` }));
    const message = await refusalOf(() => selectKey(set(...keys), undefined));
    expect(message.length).toBeLessThan(1600);
    expect(message).toMatch(/, …$/);
  });
});
