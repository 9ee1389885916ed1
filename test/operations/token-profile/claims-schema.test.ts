import { expect, onTestFinished, test, vi } from 'vitest';
import { parseJson } from '../../../src/jose/json.ts';
import {
  compileClaimsSchema,
  requireClaimsSchema,
} from '../../../src/operations/token-profile/schema/claims-schema.ts';
import { requireBounded } from '../../../src/operations/token-profile/schema/schema-bounds.ts';

const claimsOf = (claims: object) => parseJson(JSON.stringify(claims), 'It') as never;

test.for([
  [
    { $ref: 'https://evil.example/schema' },
    /^claims\.schema\.\$ref \(https:\/\/evil\.example\/schema\) is not valid!/,
  ],
  [
    { properties: { a: { $ref: 'other.json#/$defs/x' } } },
    /^claims\.schema\.properties\.a\.\$ref \(other\.json/,
  ],
  [{ $ref: '#/$defs/x' }, /is not found in \$defs!/],
  [{ $ref: '#' }, /is not valid! It takes a definition/],
  [{ $ref: 7 }, /is not valid! It takes a definition/],
  [{ $dynamicRef: '#x' }, /^claims\.schema\.\$dynamicRef is no keyword/],
  [{ $ref: '#/$defs/a', $defs: { a: { properties: { b: { $ref: '#/$defs/a' } } } } }, /refers to itself!/],
  [{ propertys: {} }, /^claims\.schema\.propertys is no keyword of JSON Schema 2020-12/],
  [{ $schema: 'http://json-schema.org/draft-07/schema#' }, /^claims\.schema\.\$schema is not valid!/],
  [{ properties: { a: { $id: 'x' } } }, /\.\$id is for the whole schema only!/],
  [
    { properties: { a: { pattern: '^(a+)+$' } } },
    /^claims\.schema\.properties\.a\.pattern \(\^\(a\+\)\+\$\) is not valid: it repeats/,
  ],
  [{ patternProperties: { '(x*)*': {} } }, /^claims\.schema\.patternProperties \(\(x\*\)\*\) is not valid/],
  [{ items: { pattern: '(?=a)' } }, /it has a lookaround!/],
  [{ properties: { a: { format: 'ipv4' } } }, /format \(ipv4\) is not valid! Valid values: date, /],
  [
    { properties: { a: { type: 'text' } } },
    /^claims\.schema\.properties\.a\.type \(text\) is not valid! Valid values: array, /,
  ],
  [{ properties: { a: { maxLength: -1 } } }, /^claims\.schema\.properties\.a\.maxLength must be >= 0/],
  [{ properties: [] }, /^claims\.schema\.properties must be object!/],
  [{ uniqueItems: true }, /needs maxItems of at most 100/],
] as const)('the schema %j is rejected', ([schema, text]) => {
  expect(() => requireClaimsSchema(schema as never)).toThrow(text);
});

test('a schema is rejected that would take long to check by', () => {
  const many = (length: number, schema: object) => ({ allOf: Array.from({ length }, () => schema) });
  const $defs = { a: many(40, { $ref: '#/$defs/b' }), b: many(40, { minProperties: 1 }) };
  expect(() => requireClaimsSchema({ $defs, $ref: '#/$defs/a' })).toThrow(/more than 1000 subschemas/);
  const patterns = Array.from({ length: 9 }, (_, index) => [index, { pattern: `^a{1,99}${index}$` }]);
  expect(() => requireClaimsSchema({ properties: Object.fromEntries(patterns) })).toThrow(/too large/);
  expect(() => requireClaimsSchema({ description: 'x'.repeat(17_000) })).toThrow(
    'claims.schema is larger than 16384 bytes!',
  );
});

test('a pattern is read once, however many references lead to it', () => {
  const pattern = '^[a-z]{0}$';
  let reads = 0;
  class CountedRegExp extends RegExp {
    constructor(source: string | RegExp, flags?: string) {
      if (source === pattern) reads += 1;
      super(source, flags);
    }
  }
  vi.stubGlobal('RegExp', CountedRegExp);
  onTestFinished(() => void vi.unstubAllGlobals());
  const allOf = Array.from({ length: 100 }, () => ({ $ref: '#/$defs/word' }));
  requireBounded({ $defs: { word: { pattern } }, allOf });
  expect(reads).toBe(1);
});

test('a schema is accepted with references, an identifier and annotations of its own', () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://shop.example/claims',
    title: 'Claims',
    type: 'object',
    properties: { a: { $ref: '#/$defs/word' }, b: { $ref: '#/$defs/word' } },
    $defs: { word: { type: 'string', pattern: '^[a-z]+$' } },
  };
  const check = compileClaimsSchema(requireClaimsSchema(schema));
  expect(check(claimsOf({ a: 'x', b: 'y' }))).toBeUndefined();
  expect(check(claimsOf({ a: 'x', b: '7' }))).toMatchObject({ path: 'b', problem: 'NOT_VALID' });
});

test.for([
  [
    { properties: { a: { type: 'string' } } },
    { a: 7 },
    { path: 'a', problem: 'NOT_VALID', text: 'must be string' },
  ],
  [{ required: ['a'] }, {}, { path: 'a', problem: 'MISSING' }],
  [{ properties: { a: { required: ['b/c'] } } }, { a: {} }, { path: 'a.b/c', problem: 'MISSING' }],
  [{ properties: {}, additionalProperties: false }, { x: 1 }, { path: 'x', problem: 'NOT_ALLOWED' }],
  [{ unevaluatedProperties: false }, { x: 1 }, { path: 'x', problem: 'NOT_ALLOWED' }],
  [{ propertyNames: { maxLength: 2 } }, { long: 1 }, { path: 'long', problem: 'NOT_ALLOWED' }],
  [{ properties: { a: false } }, { a: 1 }, { path: 'a', problem: 'NOT_ALLOWED' }],
  [{ properties: { 'a/b': { const: null } } }, { 'a/b': 1 }, { path: 'a/b', problem: 'NOT_VALID' }],
  [
    { properties: { a: { items: { type: 'integer' } } } },
    { a: [1, 'x'] },
    { path: 'a.1', problem: 'NOT_VALID' },
  ],
  [
    { properties: { a: { anyOf: [{ const: 1 }, { const: 2 }] } } },
    { a: 3 },
    { path: 'a', text: 'must match a schema in anyOf' },
  ],
  [{ properties: { a: { pattern: '^a' }, b: { pattern: '^b' } } }, { a: 'a', b: 'a' }, { path: 'b' }],
  [{ patternProperties: { '^x-': { type: 'string' } } }, { 'x-1': 1 }, { path: 'x-1' }],
  [{ properties: { constructor: { type: 'string' } } }, { constructor: 1 }, { path: 'constructor' }],
] as const)('by %j, %j is not valid', ([schema, claims, fault]) => {
  const check = compileClaimsSchema(requireClaimsSchema(schema));
  expect(check(claimsOf(claims))).toMatchObject(fault);
});

test.for([
  ['date', ['2026-11-29', '2024-02-29'], ['2026-02-29', '2026-13-01', '20261129', '']],
  [
    'date-time',
    ['2026-11-29T10:00:00Z', '2026-11-29t10:00:00.5+01:00'],
    ['2026-11-29', '2026-11-29T25:00:00Z', '2026-11-29T10:00:00'],
  ],
  ['email', ['a.b@shop.example'], ['a@b', '@shop.example', 'a@shop..example', 'a b@shop.example']],
  ['uri', ['https://shop.example/x?y=1', 'urn:a:b'], ['shop.example', 'https://shop.example/ x', '']],
  ['uuid', ['01936c2e-7b1a-7c64-9d1e-2f0a5b8c4d3e'], ['01936c2e7b1a7c649d1e2f0a5b8c4d3e', 'x']],
] as const)('the format %s is checked', ([format, valid, others]) => {
  const check = compileClaimsSchema(requireClaimsSchema({ properties: { a: { format } } }));
  for (const a of valid) expect(check(claimsOf({ a })), a).toBeUndefined();
  for (const a of others) expect(check(claimsOf({ a })), a).toMatchObject({ path: 'a' });
});

test('what is not given is not taken from the prototype of objects', () => {
  const check = compileClaimsSchema(
    requireClaimsSchema({ properties: { toString: false, constructor: false } }),
  );
  expect(check(claimsOf({}))).toBeUndefined();
  expect(check({})).toBeUndefined();
});

test.for([
  [{ const: { b: 1 } }, { b: 1 }, { b: 2 }],
  [{ enum: [{ b: [] }, 'x'] }, { b: [] }, { b: [1] }],
  [{ uniqueItems: true, maxItems: 9 }, [{ b: 1 }, { b: 2 }], [{ b: 1 }, { b: 1 }]],
])('by %j objects are compared', ([schema, valid, other]) => {
  for (const read of [schema, claimsOf(schema as object)]) {
    const check = compileClaimsSchema(requireClaimsSchema({ properties: { a: read } } as never));
    expect(check(claimsOf({ a: valid }))).toBeUndefined();
    expect(check(claimsOf({ a: other }))).toMatchObject({ path: 'a', problem: 'NOT_VALID' });
  }
});

test.for<object>([{ valueOf: 1 }, { toString: 'x' }, { constructor: 1 }])(
  'claims with the object %j are rejected where the validator cannot compare it',
  (odd) => {
    const check = compileClaimsSchema({ properties: { a: { uniqueItems: true, maxItems: 9 } } });
    expect(check(claimsOf({ a: [odd, odd] }))).toMatchObject({ problem: 'NOT_VALID' });
  },
);
