import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/protocol/canonical-json.ts';
import type { DeployedContent } from '../../src/protocol/content.ts';
import { addDigest, contentDigest, emptyDigest, removeDigest } from '../../src/protocol/state-digest.ts';

const digests = fc.uint8Array({ minLength: 32, maxLength: 32 });
const sum = (all: readonly Uint8Array[]) =>
  all.reduce<Buffer>((state, digest) => addDigest(state, digest), emptyDigest);

describe('the digest of an environment', () => {
  test('does not depend on the order in which objects came', () => {
    const lists = fc.array(digests, { maxLength: 20 });
    fc.assert(
      fc.property(
        lists.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => sum(list).equals(sum(shuffled)),
      ),
    );
  });

  test('the digest is what it was once an added object is removed', () => {
    fc.assert(
      fc.property(fc.array(digests), digests, (list, digest) => {
        const before = sum(list);
        return removeDigest(addDigest(before, digest), digest).equals(before);
      }),
    );
  });

  test('is always 32 bytes, and wraps around at 2^256', () => {
    const ones = Buffer.alloc(32, 0xff);
    const one = Buffer.alloc(32).fill(1, 31);
    expect(addDigest(ones, one)).toEqual(emptyDigest);
    expect(removeDigest(emptyDigest, one)).toEqual(ones);
    expect(addDigest(one, one)).toHaveLength(32);
  });
});

describe('the digest of an object', () => {
  const content: DeployedContent = {
    kind: 'jwk',
    id: '1',
    project: 'P',
    name: 'n',
    jwk: { kty: 'oct', k: 'AAAA' },
    notBefore: null,
    expires: 5,
  };

  test('is SHA-256 over its canonical JSON', () => {
    const text =
      '{"expires":5,"id":"1","jwk":{"k":"AAAA","kty":"oct"},"kind":"jwk","name":"n","notBefore":null,"project":"P"}';
    expect(contentDigest(content)).toEqual(createHash('sha256').update(text).digest());
  });

  test('changes with every member', () => {
    const changed = [
      { ...content, id: '2' },
      { ...content, project: 'Q' },
      { ...content, name: 'm' },
      { ...content, jwk: { kty: 'oct', k: 'AAAB' } },
      { ...content, notBefore: 0 },
      { ...content, expires: null },
    ];
    const all = [content, ...changed].map((object) => contentDigest(object).toString('hex'));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('canonical JSON', () => {
  test('is one text for one value, whatever the order of its members, and reads back as that value', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, member]) => [name, reversed(member)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('leaves out what is undefined, and writes a member that is called __proto__', () => {
    expect(canonicalJson({ b: undefined, a: [1, undefined] })).toBe('{"a":[1,null]}');
    expect(canonicalJson(JSON.parse('{"__proto__":{"x":1},"Z":0}'))).toBe('{"Z":0,"__proto__":{"x":1}}');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 0, Symbol('x')])(
    'rejects values that JSON cannot hold: %s',
    (value) => {
      expect(() => canonicalJson({ value })).toThrow(expect.objectContaining({ code: 'bad_request' }));
    },
  );

  test('refuses nesting that would exhaust the stack', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(() => canonicalJson(deep)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });
});
