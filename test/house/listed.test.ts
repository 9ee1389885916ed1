import { describe, expect, test } from 'vitest';
import { checkListed, type ListedKind } from './listed.ts';
import { parsed, sourceFiles } from './source-file.ts';
import { expectKept } from './verdict.ts';

const kinds: Readonly<Record<string, ListedKind>> = {
  'source type': { folder: 'src/sources', types: ['JwkSource'], lists: /^src\/sources\/sources\.ts$/ },
  'outlet kind': {
    folder: 'src/outlets/kinds',
    types: ['NodeOutletKind', 'ManagerOutletKind'],
    lists: /^src\/outlets\/kinds\/list\.ts$/,
  },
  migration: {
    folder: 'src/store/migrations',
    types: ['Migration'],
    lists: /^src\/store\/migrations\/steps\.ts$/,
  },
  endpoint: { folder: 'src/http', types: ['KeyplaneServer'], lists: /^src\/http\/(.*\/routes|server)\.ts$/ },
  command: { folder: 'src/cli', types: ['Command'], lists: /^src\/cli\// },
};

describe('a file that a list must import', () => {
  const files = sourceFiles('src');

  test.each(Object.entries(kinds))('is imported by it: %s', (_name, kind) => {
    expectKept(checkListed(files, kind));
  });
});

describe('the rule of listed files', () => {
  const kind = { folder: 'src/sources', types: ['JwkSource'], lists: /sources\.ts$/ };
  const breaches = (texts: Readonly<Record<string, string>>) =>
    checkListed(
      Object.entries(texts).map(([path, text]) => parsed(path, text)),
      kind,
    ).breaches;
  const list = "import { a } from './a.ts'; export const all = { a };";
  const constant = (name: string) => `export const ${name}: JwkSource = { label: '' };`;

  test('accepts a file that the list imports', () => {
    expect(breaches({ 'src/sources/sources.ts': list, 'src/sources/a.ts': constant('a') })).toEqual([]);
  });

  test('rejects a constant that no list imports', () => {
    const texts = { 'src/sources/sources.ts': list, 'src/sources/b.ts': constant('b') };
    expect(breaches(texts)).toEqual(['src/sources/b.ts: no list imports it (sources\\.ts$)']);
  });

  test('rejects a function that no list imports', () => {
    const texts = {
      'src/sources/sources.ts': list,
      'src/sources/b.ts': 'export function add(source: JwkSource): void { source.read(); }',
    };
    expect(breaches(texts)).toHaveLength(1);
  });

  test('accepts files without an export of the type, and files of other folders', () => {
    const texts = {
      'src/sources/sources.ts': list,
      'src/sources/b.ts': 'const b: JwkSource = {}; export function f(a: string) { return [a, b]; }',
      'src/jwks/c.ts': constant('c'),
    };
    expect(breaches(texts)).toEqual([]);
  });
});
