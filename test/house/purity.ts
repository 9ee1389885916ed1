import { importsOf } from './imports.ts';
import { dottedName, identifier, lineAt, nodesOf, type SourceFile, type SyntaxNode } from './source-file.ts';
import type { Verdict } from './verdict.ts';

/** What only computes. `node:module` loads code, which the arrows judge. */
const pureModules = new Set([
  'node:assert',
  'node:assert/strict',
  'node:buffer',
  'node:crypto',
  'node:module',
  'node:zlib',
]);
const impureCrypto = /^(random|generate|getRandomValues|webcrypto|subtle|getFips|setEngine|rng|prng)/;
const impureGlobals = new Set(['process', 'performance', 'navigator', 'WebSocket', 'Worker']);
/** `setImmediate` is no clock: it lets others have a turn during long arithmetic. */
const impureCalls = /^(setTimeout|setInterval|fetch|eval)$/;
const impureMembers = /^(Date\.now|Math\.random|crypto\.(random\w*|generate\w*|getRandomValues|subtle))$/;

/** @param rooms the pure rooms, or folders of rooms, each with the npm packages that it may use */
export function checkPurity(
  files: readonly SourceFile[],
  rooms: Readonly<Record<string, readonly string[]>>,
): Verdict {
  const pureOf = ({ path }: SourceFile) => Object.keys(rooms).find((room) => path.startsWith(`src/${room}/`));
  const pure = files.filter((file) => pureOf(file) !== undefined);
  const breaches = pure.flatMap((file) => [
    ...impureImports(file, rooms[pureOf(file) ?? ''] ?? []),
    ...nodesOf(file)
      .map((node) => ({ node, what: impurity(node) }))
      .filter(({ what }) => what !== undefined)
      .map(({ node, what }) => `${file.path}:${lineAt(file, node.start)}: ${what}`),
  ]);
  return { looked: pure.length, breaches };
}

function impureImports(file: SourceFile, packages: readonly string[]): string[] {
  return importsOf(file)
    .filter(({ relative, kind }) => !relative && kind !== 'type')
    .flatMap(({ to, names }) => {
      if (to === 'node:crypto') {
        const impure = names.filter((name) => impureCrypto.test(name));
        return impure.map((name) => `${file.path}: imports ${name} of node:crypto`);
      }
      const allowed =
        pureModules.has(to) || packages.some((name) => to === name || to.startsWith(`${name}/`));
      return allowed ? [] : [`${file.path}: imports ${to}`];
    });
}

function impurity(node: SyntaxNode): string | undefined {
  if (node.type === 'NewExpression' && identifier(node.callee) === 'Date') {
    return (node.arguments as unknown[]).length === 0 ? 'new Date() without a time' : undefined;
  }
  if (node.type === 'CallExpression') {
    const called = identifier(node.callee) ?? '';
    return impureCalls.test(called) || called === 'Date' ? `${called}()` : undefined;
  }
  const object = node.type === 'MemberExpression' ? identifier(node.object) : undefined;
  if (object && impureGlobals.has(object)) return `${object}.…`;
  const name = dottedName(node);
  return name && impureMembers.test(name) ? name : undefined;
}
