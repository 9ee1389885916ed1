import { describe, expect, test } from 'vitest';
import { parsed, type SourceFile, sourceFiles } from './source-file.ts';
import { expectKept, type Verdict } from './verdict.ts';

/** A release has no `.ts` files, so the URL of one has to go through `moduleFile`. */
function checkModuleFiles(files: readonly SourceFile[]): Verdict {
  const found = files.flatMap(({ path, text }) =>
    [...text.matchAll(/(\w*)\(?new URL\(\s*'([^']+\.ts)'/g)].map(([, called = '', module]) => ({
      called,
      text: `${path}: ${module} without moduleFile()`,
    })),
  );
  return {
    looked: found.length,
    breaches: found.filter(({ called }) => called !== 'moduleFile').map(({ text }) => text),
  };
}

describe('files of modules that another thread or process starts', () => {
  test('are found in a release too', () => {
    expectKept(checkModuleFiles(sourceFiles('src')));
  });

  test('are reported where they are found in a checkout only', () => {
    const file = (text: string) => [parsed('src/x/y.ts', text)];
    const bare = file("const a = new URL('./a-thread.ts', import.meta.url);");
    expect(checkModuleFiles(bare).breaches).toEqual(['src/x/y.ts: ./a-thread.ts without moduleFile()']);
    const wrapped = file("const a = moduleFile(new URL('./a-thread.ts', import.meta.url));");
    expect(checkModuleFiles(wrapped)).toEqual({ looked: 1, breaches: [] });
  });
});
