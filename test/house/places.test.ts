import { describe, expect, test } from 'vitest';
import {
  checkDefaultExports,
  checkEnvironmentReaders,
  checkFileNames,
  checkLeftOpen,
  checkSpreadLiterals,
  checkSqlPlace,
} from './places.ts';
import { parsed, sourceFiles } from './source-file.ts';
import { expectKept } from './verdict.ts';

const product = sourceFiles('src', 'console');
const all = [...product, ...sourceFiles('test', 'bench', 'faults')];

describe('places and names', () => {
  test('the environment is read in src/config.ts alone', () => {
    expectKept(checkEnvironmentReaders(product, 'src/config.ts'));
  });

  test('SQL is written in src/store alone', () => {
    expectKept(checkSqlPlace(product, 'src/store/'));
  });

  test('files are named for what they hold, in kebab case', () => {
    expectKept(checkFileNames(all.map(({ path }) => path)));
  });

  test('nothing is exported as default', () => {
    expectKept(checkDefaultExports(all));
  });

  test('nothing is left open or switched off', () => {
    expectKept(checkLeftOpen(all));
  });

  test('no literal is spread into another', () => {
    expectKept(checkSpreadLiterals([...all, ...sourceFiles('clients')]));
  });
});

describe('the rules themselves', () => {
  const file = (text: string) => [parsed('src/jwks/x.ts', text)];

  test('see process.env wherever it is read, and want to see its one reader', () => {
    const reader = parsed('src/config.ts', 'const environment = process.env;');
    const other = file(`const port = process.env['PORT'];`);
    expect(checkEnvironmentReaders([reader, ...other], 'src/config.ts').breaches).toEqual([
      'src/jwks/x.ts:1: process.env',
    ]);
    expect(() => expectKept(checkEnvironmentReaders([], 'src/config.ts'))).toThrow('nothing to look at');
  });

  test.each([
    `import { sql } from 'kysely';`,
    `import type { Pool } from 'pg';`,
    `import Database from 'better-sqlite3';`,
    `const query = 'SELECT name FROM users';`,
    'const query = sql`delete from jwks`;',
    'const query = `insert into jwks values (1)`;',
  ])('see %s outside of the store', (text) => {
    expect(checkSqlPlace(file(text), 'src/store/').breaches).toHaveLength(1);
  });

  test.each(['const a = { ...{ b, c }, d };', 'const a = [...[b, c], d];', 'f(...[a, b]);'])(
    'see that %s spreads a literal',
    (text) => {
      expect(checkSpreadLiterals(file(text)).breaches).toEqual(['src/jwks/x.ts:1: a literal is spread']);
    },
  );

  test('let values and conditions be spread', () => {
    const text = 'const a = { ...b, ...(c && { d }), ...f({ g }) }; const h = [...i, ...(j ? [k] : [])];';
    expect(checkSpreadLiterals(file(text)).breaches).toEqual([]);
  });

  test('take no prose for SQL', () => {
    const text = `const messages = ['Select a key', 'Delete it from the list', 'Update operation'];`;
    expect(checkSqlPlace(file(text), 'src/store/').breaches).toEqual([]);
  });

  test.each([
    'src/jwks/utils.ts',
    'src/helpers/x.ts',
    'src/common.ts',
    'src/jwks/manager.ts',
    'src/jwks/createJwk.ts',
  ])('refuse the name %s', (path) => {
    expect(checkFileNames([path]).breaches).toHaveLength(1);
  });

  test('let a descriptive name pass', () => {
    expect(
      checkFileNames(['src/node/stream/manager-session.ts', 'test/jose/key-set.test.ts']).breaches,
    ).toEqual([]);
  });

  test.each(['export default function f() {}', 'const a = 1; export { a as default };'])(
    'refuse %s',
    (text) => {
      expect(checkDefaultExports(file(text)).breaches).toHaveLength(1);
    },
  );

  test.each([`// ${'TO'}DO: later`, `it.${'skip'}('x', () => {})`, `describe.${'only'}.each([1])('x')`])(
    'see %s',
    (text) => {
      expect(checkLeftOpen(file(text)).breaches).toHaveLength(1);
    },
  );
});
