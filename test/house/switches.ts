import { isNode, nodesOf, type SourceFile, type SyntaxNode } from './source-file.ts';
import type { Verdict } from './verdict.ts';

/**
 * Switches that do not end in `default: … satisfies never`, so that a value which is added to their union is not a
 * compile error. An allowed file without one is a breach as well.
 */
export function checkSwitches(files: readonly SourceFile[], allowed: readonly string[]): Verdict {
  const switches = files.flatMap((file) =>
    nodesOf(file)
      .filter(({ type }) => type === 'SwitchStatement')
      .map((node) => ({ path: file.path, isExhaustive: isExhaustive(node) })),
  );
  const open = switches.filter((one) => !one.isExhaustive).map(({ path }) => path);
  const breaches = open
    .filter((path) => !allowed.includes(path))
    .map((path) => `${path}: a switch does not end in satisfies never`);
  const unused = allowed.filter((path) => !open.includes(path)).map((path) => `${path}: has no open switch`);
  return { looked: switches.length, breaches: [...breaches, ...unused] };
}

function isExhaustive({ cases }: SyntaxNode): boolean {
  const last = (cases as SyntaxNode[]).at(-1);
  const [only, ...more] = (last?.consequent ?? []) as SyntaxNode[];
  if (last?.test !== null || more.length > 0) return false;
  const value = only?.argument ?? only?.expression;
  if (!isNode(value) || value.type !== 'TSSatisfiesExpression') return false;
  return isNode(value.typeAnnotation) && value.typeAnnotation.type === 'TSNeverKeyword';
}
