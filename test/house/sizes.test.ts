import { describe, expect, it } from 'vitest';
import { checkFileLengths, mostFileLines } from './sizes.ts';
import { parsed, sourceFiles } from './source-file.ts';
import { expectKept } from './verdict.ts';

describe('the length of a file', () => {
  it('is 500 lines at most', () => {
    expectKept(checkFileLengths(sourceFiles('src', 'console', 'test', 'bench', 'faults')));
  });

  it('is counted in lines', () => {
    const file = (lines: number) => [parsed('src/x/y.ts', '// line\n'.repeat(lines))];
    expect(checkFileLengths(file(mostFileLines)).breaches).toEqual([]);
    expect(checkFileLengths(file(501)).breaches).toEqual(['src/x/y.ts: 501 lines']);
  });

  it('cannot be checked where there is no file', () => {
    expect(() => expectKept(checkFileLengths([]))).toThrow('nothing to look at');
  });
});
