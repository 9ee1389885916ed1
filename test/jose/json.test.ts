import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/jose/json.ts';
import { refusalOf } from './made-keys.ts';

const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('parseJson', () => {
  it('reads any JSON just as the native parser does', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', '\ufeff', ' \n'), (text, before) => {
        fc.pre(!text.includes('__proto__'));
        expect(plain(parseJson(before + text, 'Text'))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('answers any text at all with a value or a bad request', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'{}[]",:\\ a1') })),
        async (text) => {
          let parsed: unknown;
          try {
            parsed = JSON.parse(text);
          } catch {
            expect(await refusalOf(() => parseJson(text, 'Text'))).toMatch(/^Text is not valid JSON: /);
            return;
          }
          const names = [...text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)];
          if (new Set(names.map(([, name]) => name)).size === names.length) {
            expect(plain(parseJson(text, 'Text'))).toEqual(plain(parsed));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives objects without a prototype', () => {
    const value = parseJson('{"a":{"b":[{}]}}', 'Text') as { a: { b: object[] } };
    for (const object of [value, value.a, value.a.b[0]]) expect(Object.getPrototypeOf(object)).toBeNull();
    expect(value).not.toHaveProperty('toString');
  });

  it.each([
    ['no text', '', 'it is empty'],
    ['blanks', '  \n', 'it is empty'],
    ['an object that is cut off', '{"kty":"RSA"', 'it ends too early'],
    ['an array that is cut off', '[', 'it ends too early'],
    ['a bare word', 'secret-value', 'it holds unexpected text'],
    [
      'a bare word inside',
      '{"kty":"RSA", "n": AQAB, "use":"sig", "alg":"RS256"}',
      'it holds unexpected text',
    ],
    ['a doubled member', '{"a":1,"a":1}', 'member "a" is given twice'],
    ['a member doubled by an escape', '{"x":[{"d":"1","\\u0064":"2"}]}', 'member "d" is given twice'],
    ['a member doubled far apart', '{"a" : {"b":1} , "b":{"c":[]}, "a":2}', 'member "a" is given twice'],
    ['__proto__', '{"__proto__":{}}', 'a member named __proto__ is not allowed'],
    ['__proto__ by an escape', '[{"\\u005f_proto__":1}]', 'a member named __proto__ is not allowed'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, 'it is nested deeper than 32 levels'],
    ['a million opened arrays', '['.repeat(1_000_000), 'it is nested deeper than 32 levels'],
    ['too many values', `[${'1,'.repeat(100_001)}1]`, 'it holds more than 100000 values'],
    [
      'too many members',
      `{${Array.from({ length: 1001 }, (_, n) => `"n${n}":1`)}}`,
      'an object has more than 1000 members',
    ],
  ])('refuses %s with its reason', async (_name, text, reason) => {
    expect(await refusalOf(() => parseJson(text, 'JWK string'))).toBe(
      `JWK string is not valid JSON: ${reason}`,
    );
  });

  it('accepts 32 levels, and the same member name in two objects', () => {
    expect(() => parseJson(`${'['.repeat(32)}${']'.repeat(32)}`, 'Text')).not.toThrow();
    expect(plain(parseJson('[{"a":"\\"a\\":"},{"a":"x\\\\"}]', 'Text'))).toEqual([
      { a: '"a":' },
      { a: 'x\\' },
    ]);
  });

  it('never repeats the text that it could not read', async () => {
    expect(await refusalOf(() => parseJson('{"k":"hunter2" oops}', 'JWK string'))).not.toContain('hunter2');
  });
});
