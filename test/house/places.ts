import { basename } from 'node:path/posix';
import { importsOf } from './imports.ts';
import { dottedName, isNode, lineAt, nodesOf, type SourceFile, type SyntaxNode } from './source-file.ts';
import type { Verdict } from './verdict.ts';

const drawers = /^(utils?|helpers?|commons?|misc|shared|stuff|index)$/;
/** In the product it would manage everything; in a test, and where the parts are composed, it is the part that is called so. */
const managerOfEverything = /^src\/(?!compose\/)(.*\/)?managers?(\/|\.ts$)/;
const databases = /^(kysely|better-sqlite3|pg|node:sqlite)(\/|$)/;
const sqlStart =
  /^\s*(select\s.+\sfrom|insert\s+into|update\s+\w+\s+set|delete\s+from|create\s+(table|index|unique)|alter\s+table|pragma)\s/is;

/** The environment is read in one file; it must really read it. */
export function checkEnvironmentReaders(files: readonly SourceFile[], reader: string): Verdict {
  const reads = files.flatMap((file) =>
    nodesOf(file)
      .filter((node) => dottedName(node) === 'process.env')
      .map((node) => ({ path: file.path, line: lineAt(file, node.start) })),
  );
  const breaches = reads
    .filter(({ path }) => path !== reader)
    .map(({ path, line }) => `${path}:${line}: process.env`);
  return { looked: reads.filter(({ path }) => path === reader).length, breaches };
}

/** SQL and the packages that speak it stay in one folder. */
export function checkSqlPlace(files: readonly SourceFile[], folder: string): Verdict {
  const uses = files.flatMap((file) => [
    ...importsOf(file)
      .filter(({ to }) => databases.test(to))
      .map(({ to }) => ({ path: file.path, what: `imports ${to}` })),
    ...nodesOf(file)
      .filter((node) => sqlStart.test(stringOf(node)))
      .map((node) => ({ path: file.path, what: `SQL in line ${lineAt(file, node.start)}` })),
  ]);
  const breaches = uses
    .filter(({ path }) => !path.startsWith(folder))
    .map(({ path, what }) => `${path}: ${what}`);
  return { looked: uses.length - breaches.length, breaches };
}

function stringOf(node: SyntaxNode): string {
  if (node.type === 'Literal' && typeof node.value === 'string') return `${node.value} `;
  if (node.type !== 'TemplateElement') return '';
  return `${(node.value as { raw: string }).raw} `;
}

export function checkFileNames(paths: readonly string[]): Verdict {
  const breaches = paths.flatMap((path) => {
    const folders = path.split('/').slice(1, -1);
    const name = basename(path).replace(/(\.(test|bench|fault))?\.tsx?$/, '');
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;
    const isDrawer = [...folders, name].some((part) => drawers.test(part)) || managerOfEverything.test(path);
    if (isDrawer) return [`${path}: a drawer, not a name`];
    return kebab.test(name) ? [] : [`${path}: not in kebab case`];
  });
  return { looked: paths.length, breaches };
}

export function checkDefaultExports(files: readonly SourceFile[]): Verdict {
  const exports = files.flatMap((file) =>
    nodesOf(file)
      .filter(({ type }) => type.startsWith('Export'))
      .map((node) => ({ file, node })),
  );
  const breaches = exports
    .filter(({ node }) => node.type === 'ExportDefaultDeclaration' || namesDefault(node))
    .map(({ file, node }) => `${file.path}:${lineAt(file, node.start)}: a default export`);
  return { looked: exports.length, breaches };
}

function namesDefault(node: SyntaxNode): boolean {
  return node.type === 'ExportSpecifier' && (node.exported as SyntaxNode).name === 'default';
}

/** Put together here, so that this file does not break its own rule. */
const leftOpen = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X'.repeat(3)].join('|')})\\b`);
const switchedOff = /\.(skip|only|todo)\(|\b(describe|it|test|suite|bench)(\.\w+)*\.(skip|only|todo)\b/;

export function checkLeftOpen(files: readonly SourceFile[]): Verdict {
  const breaches = files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      if (leftOpen.test(line)) return [`${path}:${index + 1}: left open`];
      return switchedOff.test(line) ? [`${path}:${index + 1}: switched off`] : [];
    }),
  );
  return { looked: files.length, breaches };
}

/** `...{ a, b }` and `...[a, b]` inside a literal of their own kind say nothing: they only save lines. */
export function checkSpreadLiterals(files: readonly SourceFile[]): Verdict {
  const literals = files.flatMap((file) => nodesOf(file).map((node) => ({ file, node })));
  const breaches = literals
    .filter(({ node }) => spreadsLiteral(node))
    .map(({ file, node }) => `${file.path}:${lineAt(file, node.start)}: a literal is spread`);
  return { looked: literals.length, breaches };
}

function spreadsLiteral({ type, argument }: SyntaxNode): boolean {
  if (!/^(SpreadElement|JSXSpreadAttribute)$/.test(type) || !isNode(argument)) return false;
  return argument.type === 'ObjectExpression' || argument.type === 'ArrayExpression';
}
