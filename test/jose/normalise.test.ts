import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/jose/json.ts';
import { normaliseMembers } from '../../src/jose/members/normalise.ts';
import { rfc7515Ec, rfc7638Rsa } from './made-keys.ts';

const padded = (text: unknown) =>
  Buffer.concat([Buffer.alloc(1), Buffer.from(String(text), 'base64url')]).toString('base64url');
const { n, e } = rfc7638Rsa;
const hex = '00112233445566778899aabbccddeeff00112233';

/** Each is for the checks behind it to judge, as it was given. */
const untouched: readonly [what: string, jwk: JsonObject][] = [
  ['an integer behind a zero octet that is no base64url', { ...rfc7638Rsa, n: `${padded(n)}=` }],
  ['an integer behind a zero octet in plain base64', { ...rfc7638Rsa, n: 'AP+/' }],
  ['an integer of zero octets alone', { ...rfc7638Rsa, e: 'AAAA' }],
  ['an integer that is no text', { ...rfc7638Rsa, e: 65537 }],
  ['an integer of a key type that is not known', { ...rfc7638Rsa, kty: 'XYZ', n: padded(n) }],
  ['a private integer behind a zero octet', { ...rfc7638Rsa, d: padded(n) }],
  ['a coordinate behind a zero octet', { ...rfc7515Ec, x: padded(rfc7515Ec.x) }],
  ['the hexadecimal text of a digest of another length', { ...rfc7638Rsa, x5t: hex.slice(2) }],
  ['the hexadecimal text of SHA-1 where SHA-256 belongs', { ...rfc7638Rsa, 'x5t#S256': hex }],
  ['a digest with hundreds of colons', { ...rfc7638Rsa, x5t: `${':'.repeat(200)}${hex}` }],
  ['a digest that is no text', { ...rfc7638Rsa, x5t: [hex] }],
  ['more operations than any key has', { ...rfc7638Rsa, key_ops: new Array(65).fill('seal') }],
  ['operations that are no texts', { ...rfc7638Rsa, key_ops: ['verify', 'seal', 7] }],
  ['operations that are no list', { ...rfc7638Rsa, key_ops: 'seal' }],
  ['known operations that are named twice', { ...rfc7638Rsa, key_ops: ['verify', 'verify'] }],
];

describe('normalisation', () => {
  test.each(untouched)('leaves %s as it is', (_what, jwk) => {
    expect(normaliseMembers(jwk)).toEqual({ members: jwk, warnings: [] });
  });

  test('trims the public integers of an RSA key, and leaves the given object as it is', () => {
    const given = { ...rfc7638Rsa, n: padded(n), e: padded(padded(e)) };
    const { members, warnings } = normaliseMembers(given);
    expect(members).toEqual(rfc7638Rsa);
    expect(warnings).toHaveLength(2);
    expect(given.n).toBe(padded(n));
  });

  test('rewrites a digest in either case, also in base64url of its text', () => {
    for (const x5t of [hex, hex.toUpperCase(), Buffer.from(hex).toString('base64url')]) {
      const { members } = normaliseMembers({ ...rfc7638Rsa, x5t });
      expect(members.x5t).toBe(Buffer.from(hex, 'hex').toString('base64url'));
    }
  });

  test('keeps the operations that are known, names each other one once, and leaves out an empty rest', () => {
    const some = normaliseMembers({ ...rfc7638Rsa, key_ops: ['seal', 'verify', 'seal'] });
    expect(some.members.key_ops).toEqual(['verify']);
    expect(some.warnings).toEqual(['key_ops value (seal) is not known; it was left out']);
    expect(normaliseMembers({ ...rfc7638Rsa, key_ops: ['seal'] }).members).not.toHaveProperty('key_ops');
  });

  test('leaves out lists that hold empty values alone, and operations that are null', () => {
    const { members, warnings } = normaliseMembers({
      ...rfc7638Rsa,
      x5c: [''],
      oth: [null],
      key_ops: [null],
    });
    expect(members).toEqual(rfc7638Rsa);
    expect(warnings).toEqual(
      ['key_ops', 'x5c', 'oth'].map((name) => `${name} is an array of empty values; it was left out`),
    );
    const some = normaliseMembers({ ...rfc7638Rsa, key_ops: ['verify', null] });
    expect(some.members.key_ops).toEqual(['verify']);
    expect(some.warnings).toEqual(['key_ops value (null) is not known; it was left out']);
    const one = { ...rfc7638Rsa, x5c: ['', 'MIIB'] };
    expect(normaliseMembers(one)).toEqual({ members: one, warnings: [] });
  });
});
