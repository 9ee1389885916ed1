import { describe, expect, test } from 'vitest';
import { parsed, sourceFiles } from './source-file.ts';
import { checkSwitches } from './switches.ts';
import { expectKept } from './verdict.ts';

/** Their values are no union of ours: tags and identifiers of files, codes of zod, types of JSON Schema, the names of options. */
const open = [
  'clients/typescript/generate/schema-types.ts',
  'src/asn1/element.ts',
  'src/cli/jwk-source/source-request.ts',
  'src/formats/pkcs12/bags.ts',
  'src/http/openapi/examples/example-of.ts',
  'src/http/requests/zod-validator.ts',
];

describe('switches', () => {
  test('every switch over a union ends in satisfies never', () => {
    expectKept(checkSwitches(sourceFiles('src', 'console', 'clients'), open));
  });
});

describe('the rule itself', () => {
  const judged = (text: string, allowed: readonly string[] = []) =>
    checkSwitches([parsed('src/x.ts', text)], allowed).breaches;

  test.each([
    `switch (kind) { case 'a': one(); }`,
    `switch (kind) { case 'a': one(); break; default: other(); }`,
    `function f() { switch (kind) { case 'a': return 1; default: return 2; } }`,
  ])('rejects %s', (text) => {
    expect(judged(text)).toEqual(['src/x.ts: a switch does not end in satisfies never']);
  });

  test.each([
    `switch (kind) { case 'a': one(); break; default: kind satisfies never; }`,
    `function f() { switch (kind) { case 'a': return 1; default: return kind satisfies never; } }`,
  ])('accepts %s', (text) => {
    expect(judged(text)).toEqual([]);
  });

  test('rejects an exception that is not needed', () => {
    expect(judged('const a = 1;', ['src/x.ts'])).toEqual(['src/x.ts: has no open switch']);
  });
});
