import { describe, expect, test } from 'vitest';
import { checkFileLengths, mostFileLines, sizeReport } from './sizes.ts';
import { parsed, sourceFiles } from './source-file.ts';
import { expectKept } from './verdict.ts';

describe('the length of a file', () => {
  test('is 500 lines at most', () => {
    expectKept(checkFileLengths(sourceFiles('src', 'console', 'test', 'bench', 'faults')));
  });

  test('is counted in lines', () => {
    const file = (lines: number) => [parsed('src/x/y.ts', '// line\n'.repeat(lines))];
    expect(checkFileLengths(file(mostFileLines)).breaches).toEqual([]);
    expect(checkFileLengths(file(501)).breaches).toEqual(['src/x/y.ts: 501 lines']);
  });

  test('cannot be checked where there is no file', () => {
    expect(() => expectKept(checkFileLengths([]))).toThrow('nothing to look at');
  });
});

describe('the report of sizes', () => {
  const entriesOf = (text: string, title: RegExp) =>
    sizeReport([parsed('src/x/y.ts', text)]).find((one) => title.test(one.title))?.entries;

  test('lists long functions and files, and the lines they have', () => {
    const long = `export function long() {\n${'  one();\n'.repeat(80)}}\n`;
    expect(entriesOf(long, /^functions of more than \d+ lines/)).toEqual([
      { where: 'src/x/y.ts:1 long', count: 82 },
    ]);
    expect(entriesOf('// line\n'.repeat(301), /^files of more than/)).toEqual([
      { where: 'src/x/y.ts', count: 301 },
    ]);
  });

  test('lists functions of many parameters', () => {
    expect(entriesOf('const f = (a, b, c, d, e) => a;', /parameters/)).toEqual([
      { where: 'src/x/y.ts:1', count: 5 },
    ]);
    expect(entriesOf('function f(a, b, c, d) {}', /parameters/)).toEqual([]);
  });

  test('lists tiny files', () => {
    expect(entriesOf('const a = 1;', /at most/)).toEqual([{ where: 'src/x/y.ts', count: 1 }]);
  });
});
