import { expect, test } from 'vitest';
import { importsOf } from './imports.ts';
import { sourceFiles } from './source-file.ts';

const { consoleSources } = (await import(
  new URL('../../scripts/setup/build-console.mjs', import.meta.url).href
)) as { consoleSources: readonly string[] };

test('the console is built again when any file changes that it imports', () => {
  const files = new Map(sourceFiles('console', 'src', 'clients').map((file) => [file.path, file]));
  const needed = new Set(sourceFiles('console/src').map(({ path }) => path));
  for (const path of needed) {
    const file = files.get(path);
    if (file === undefined) continue;
    for (const { to, kind, relative } of importsOf(file)) if (relative && kind !== 'type') needed.add(to);
  }
  const isCovered = (path: string) =>
    consoleSources.some((source) => path === source || path.startsWith(`${source}/`));
  expect([...needed].filter((path) => !isCovered(path))).toEqual([]);
  expect(needed.size).toBeGreaterThan(200);
});
