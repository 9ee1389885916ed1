import { describe, expect, test } from 'vitest';
import { checkNamesOnce, checkSharedNames } from './names.ts';
import { parsed, sourceFiles } from './source-file.ts';
import { expectKept } from './verdict.ts';

/** In both programs they stand for the same thing; the objects of the API have them as members. */
const same = ['MemberState', 'RingKind', 'RingState', 'Waiting', 'unchecked'];

const file = (path: string, text: string) => parsed(path, text);

describe('exported names', () => {
  test('stand for one thing within a program', () => {
    expectKept(checkNamesOnce(sourceFiles('src')));
    expectKept(checkNamesOnce(sourceFiles('console/src')));
  });

  test('stand for one thing where manager and console share them', () => {
    const programs = { server: sourceFiles('src'), console: sourceFiles('console/src') };
    const api = sourceFiles('clients/typescript/src').filter(({ path }) => path.endsWith('/schemas.ts'));
    expectKept(checkSharedNames(programs, { api, same }));
  });

  test('are reported where a program declares one twice', () => {
    const files = [
      file('src/a.ts', 'export interface Finding { x: 1 }\nexport const one = 1, two = 2;'),
      file('src/b.ts', "export type { Finding } from './a.ts';\nexport function one() {}"),
    ];
    expect(checkNamesOnce(files)).toEqual({ looked: 4, breaches: ['one: src/a.ts, src/b.ts'] });
  });

  test('are reported where two programs share one that the API does not have', () => {
    const programs = {
      server: [file('src/a.ts', 'export type User = 1; export type Kind = 2; export type Role = 3;')],
      console: [
        file('console/src/a.ts', 'export type User = 1; export type Kind = 5; export type Role = 3;'),
      ],
    };
    const api = [file('clients/schemas.ts', 'export interface User { x: 1 }')];
    expect(checkSharedNames(programs, { api, same: ['Role', 'Gone'] })).toEqual({
      looked: 3,
      breaches: [
        'Kind: two programs export it, and it is no object of the API',
        'Gone: listed, but not exported by both programs',
      ],
    });
  });
});
