import { describe, expect, it } from 'vitest';
import { checkFileLengths, checkFolders, checkFunctions, checkMedianLength } from './sizes.ts';
import { parsed, sourceFiles } from './source-file.ts';
import { expectKept } from './verdict.ts';

const product = sourceFiles('src', 'console');
const all = [...product, ...sourceFiles('test', 'bench', 'faults')];

describe('sizes', () => {
  it('no file is longer than 400 lines', () => {
    expectKept(checkFileLengths(all));
  });

  it('half of the files are shorter than 100 lines', () => {
    expectKept(checkMedianLength(product));
  });

  it('no function is longer than 70 lines or takes more than three parameters', () => {
    expectKept(checkFunctions(product));
  });

  it('no folder holds more than 15 files', () => {
    expectKept(checkFolders(all));
  });
});

describe('the rules themselves', () => {
  const lines = (count: number) => '// line\n'.repeat(count);
  const found = (text: string) => checkFunctions([parsed('src/x/y.ts', text)]).breaches;

  it('count the lines of a file', () => {
    expect(checkFileLengths([parsed('src/x/y.ts', lines(400))]).breaches).toEqual([]);
    expect(checkFileLengths([parsed('src/x/y.ts', lines(401))]).breaches).toEqual(['src/x/y.ts: 401 lines']);
  });

  it('take the middle of all lengths', () => {
    const files = [10, 100, 5].map((count) => parsed('src/x/y.ts', lines(count)));
    expect(checkMedianLength(files).breaches).toEqual([]);
    expect(checkMedianLength([...files, ...files.slice(1, 2), ...files.slice(1, 2)]).breaches).toHaveLength(
      1,
    );
  });

  it('count the lines of every kind of function', () => {
    const body = `{\n${lines(69)}}`;
    expect(found(`function f() ${body}`)).toEqual(['src/x/y.ts:1: a function of 71 lines']);
    expect(found(`const f = async () => ${body};`)).toHaveLength(1);
    expect(found(`class C { m() ${body} }`)).toHaveLength(1);
    expect(found(`function f() {\n${lines(68)}}`)).toEqual([]);
  });

  it('count the parameters of every kind of function, and not `this`', () => {
    expect(found('function f(a, b, c, d) {}')).toEqual(['src/x/y.ts:1: a function of 4 parameters']);
    expect(found('const f = ({ a }, b = [1, 2], ...c) => a;')).toEqual([]);
    expect(found('class C { constructor(a, b, c, d) {} m(this: C, a, b, c) {} }')).toHaveLength(1);
    expect(found('interface I { m(a: 1, b: 2, c: 3, d: 4): void }')).toEqual([]);
  });

  it('count the files of a folder, each folder by itself', () => {
    const files = Array.from({ length: 16 }, (_, index) => parsed(`src/x/f${index}.ts`, ''));
    expect(checkFolders([...files.slice(1), parsed('src/x/z/a.ts', '')]).breaches).toEqual([]);
    expect(checkFolders(files).breaches).toEqual(['src/x: 16 files']);
  });

  it('say so when there is nothing to look at', () => {
    for (const rule of [checkFileLengths, checkFolders, checkFunctions]) {
      expect(() => expectKept(rule([]))).toThrow('nothing to look at');
    }
  });
});
