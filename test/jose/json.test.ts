import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/jose/json.ts';
import { findJsonFault } from '../../src/jose/json-fault.ts';
import { refusalOf } from './made-keys.ts';

const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('parseJson', () => {
  test('reads any JSON just as the native parser does', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', '\ufeff', ' \n'), (text, before) => {
        fc.pre(!text.includes('__proto__'));
        expect(plain(parseJson(before + text, 'Text'))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('answers any text at all with a value or a bad request', async () => {
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

  test('gives objects without a prototype', () => {
    const value = parseJson('{"a":{"b":[{}]}}', 'Text') as { a: { b: object[] } };
    for (const object of [value, value.a, value.a.b[0]]) expect(Object.getPrototypeOf(object)).toBeNull();
    expect(value).not.toHaveProperty('toString');
  });

  test.each([
    ['no text', '', 'it is empty'],
    ['blanks', '  \n', 'it is empty'],
    ['an object that is cut off', '{"kty":"RSA"', 'it ends too early, at line 1, column 13'],
    ['an array that is cut off', '[', 'it ends too early, at line 1, column 2'],
    ['a string that is cut off', '{"kty":\r\n"RSA', 'it ends too early, at line 2, column 5'],
    ['a bare word', 'secret-value', 'unexpected text at line 1, column 1'],
    [
      'a bare word inside',
      '{"kty":"RSA",\n "n": AQAB, "use":"sig", "alg":"RS256"}',
      'unexpected text at line 2, column 7',
    ],
    ['a comma before ]', '{\n "keys": [\n  {},\n ]}', 'a comma too many, before ] at line 4, column 2'],
    ['a comma before }', '{"a":1,}', 'a comma too many, before } at line 1, column 8'],
    ['no comma', '{"a":1 "b":2}', 'a comma is missing at line 1, column 8'],
    ['no colon', '{"a" 1}', 'a colon (:) is missing at line 1, column 6'],
    ['single quotes', "{'a':1}", 'a single quote in place of " at line 1, column 2'],
    ['a line break in a string', '["a\nb"]', 'a control character inside a string at line 1, column 4'],
    ['an escape of another language', '["a\\x41"]', 'an escape that JSON does not have at line 1, column 4'],
    ['two documents', '{}\n{}', 'text behind its end at line 2, column 1'],
    ['NaN', '[NaN]', 'unexpected text at line 1, column 2'],
    ['a number with a zero in front', '[01]', 'a comma is missing at line 1, column 3'],
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

  test.each([
    ['PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n', 'it is PEM (CERTIFICATE)! Upload it as a certificate'],
    [
      'a private key in PEM',
      '\n-----BEGIN RSA PRIVATE KEY-----\n',
      'it is PEM (RSA PRIVATE KEY)! Upload it as a key',
    ],
    ['a JWT', 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln', 'it is a JWT, which is a token and not a key! '],
    [
      'a JWT as a header has it',
      'Bearer eyJhbGciOiJSUzI1NiJ9.e30.',
      'it is a JWT, which is a token and not a key! ',
    ],
    ['an HTML page', '<!DOCTYPE html>\n<html lang="en">', 'it is an HTML page! '],
    ['an address', ' https://op.example/jwks.json\n', 'it is an address! Give it as url of source type URL'],
    ['XML', '<?xml version="1.0"?>', 'it is XML! '],
    ['base64 of a JWK', btoa('{"kty":"EC"}'), 'it is base64! Decode it first'],
    ['an OpenSSH public key', 'ssh-rsa AAAA me@here', 'it is an OpenSSH public key! '],
  ])('recognises %s and names the next step', async (_name, text, said) => {
    expect(await refusalOf(() => parseJson(text, 'JWK string'))).toContain(
      `JWK string is not valid JSON: ${said}`,
    );
  });

  test('reports a position for every text that the engine rejects, and none for valid JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\ a1-.eu0\n') }), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(findJsonFault(text) === undefined).toBe(isJson);
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.json(), (text) => findJsonFault(text) === undefined));
  });

  test('accepts 32 levels, and the same member name in two objects', () => {
    expect(() => parseJson(`${'['.repeat(32)}${']'.repeat(32)}`, 'Text')).not.toThrow();
    expect(plain(parseJson('[{"a":"\\"a\\":"},{"a":"x\\\\"}]', 'Text'))).toEqual([
      { a: '"a":' },
      { a: 'x\\' },
    ]);
  });

  test('never repeats the text that it could not read', async () => {
    expect(await refusalOf(() => parseJson('{"k":"hunter2" oops}', 'JWK string'))).not.toContain('hunter2');
  });
});
