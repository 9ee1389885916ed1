import { describe, expect, test } from 'vitest';
import { fileCircles } from './circles.ts';
import { parsed, sourceFiles } from './source-file.ts';
import { expectKept } from './verdict.ts';

const code = sourceFiles('src', 'console', 'test', 'bench', 'faults');

describe('circles of imports', () => {
  test('no file is needed by what it needs when it runs', () => {
    expectKept(fileCircles(code, { withTypes: false }));
  });

  test('no file is named by what it names, types included', () => {
    expectKept(fileCircles(code, { withTypes: true }));
  });
});

describe('the rule itself', () => {
  const pair = [
    parsed('src/jose/a.ts', `import { b } from './b.ts';`),
    parsed('src/jose/b.ts', `import type { A } from './a.ts';`),
  ];

  test('tells a circle of types from one that runs', () => {
    expect(fileCircles(pair, { withTypes: false }).breaches).toEqual([]);
    expect(fileCircles(pair, { withTypes: true }).breaches).toEqual([
      'src/jose/a.ts → src/jose/b.ts → src/jose/a.ts',
    ]);
  });

  test('finds a circle by a long way round, and none where two ways meet', () => {
    const ways = ['a b', 'b c', 'a c', 'c d', 'd b'].map((way) => way.split(' '));
    const files = ways.map(([from, to]) => parsed(`src/x/${from}.ts`, `import './${to}.ts';`));
    expect(fileCircles(files.slice(0, 4), { withTypes: false }).breaches).toEqual([]);
    expect(fileCircles(files, { withTypes: false }).breaches).toEqual([
      'src/x/b.ts → src/x/c.ts → src/x/d.ts → src/x/b.ts',
    ]);
  });
});
