import { type Import, importsOf } from './imports.ts';
import type { SourceFile } from './source-file.ts';
import type { Verdict } from './verdict.ts';

/** Circles among files: of what runs, or (`withTypes`) of what is named at all. */
export function fileCircles(files: readonly SourceFile[], { withTypes }: { withTypes: boolean }): Verdict {
  const imports = files.flatMap(importsOf).filter(({ relative }) => relative);
  return circles(imports.filter(({ kind }) => kind === 'runtime' || (withTypes && kind === 'type')));
}

/** Circles of imports; each is reported once, as the way round. */
export function circles(imports: readonly Pick<Import, 'from' | 'to'>[]): Verdict {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of imports) next.set(from, (next.get(from) ?? new Set()).add(to));
  const finished = new Set<string>();
  const way: string[] = [];
  const breaches: string[] = [];

  function visit(file: string): void {
    const met = way.indexOf(file);
    if (met >= 0) breaches.push([...way.slice(met), file].join(' → '));
    if (met >= 0 || finished.has(file)) return;
    way.push(file);
    for (const other of next.get(file) ?? []) visit(other);
    way.pop();
    finished.add(file);
  }
  for (const file of next.keys()) visit(file);
  return { looked: imports.length, breaches };
}
