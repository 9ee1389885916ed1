import { describe, expect, test } from 'vitest';
import { lineAt, nodesOf, parsed, type SourceFile, type SyntaxNode, sourceFiles } from './source-file.ts';
import { expectKept, type Verdict } from './verdict.ts';

const readers = new Set([
  'test',
  'match',
  'matchAll',
  'includes',
  'startsWith',
  'endsWith',
  'indexOf',
  'search',
  'exec',
]);

/** pg has no code for an answer that took too long. */
const errorsOfOthers = ['src/store/postgres/refuse-unserved.ts'];

/** Programs decide by `reason` and `member`; the text of an error is for people. */
function checkMessages(files: readonly SourceFile[]): Verdict {
  const calls = files.flatMap((file) =>
    nodesOf(file)
      .filter(({ type }) => type === 'CallExpression' || type === 'BinaryExpression')
      .map((node) => ({ file, node })),
  );
  const breaches = calls
    .filter(({ node }) => readsMessage(node))
    .map(({ file, node }) => `${file.path}:${lineAt(file, node.start)}: decides by the text of a message`);
  return { looked: calls.length, breaches };
}

function readsMessage(node: SyntaxNode): boolean {
  if (node.type === 'BinaryExpression') return isMessage(node.left) || isMessage(node.right);
  const callee = node.callee as SyntaxNode;
  if (callee.type !== 'MemberExpression' || !readers.has(nameOf(callee.property))) return false;
  return isMessage(callee.object) || (node.arguments as SyntaxNode[]).some(isMessage);
}

function isMessage(node: unknown): boolean {
  const { type, property } = node as SyntaxNode;
  return type === 'MemberExpression' && nameOf(property) === 'message';
}

function nameOf(node: unknown): string {
  const { type, name } = node as SyntaxNode;
  return type === 'Identifier' ? String(name) : '';
}

describe('the text of an error', () => {
  test('is read by people, not by the command line, the console or the client', () => {
    const files = sourceFiles('src', 'console', 'clients');
    expectKept(checkMessages(files.filter(({ path }) => !errorsOfOthers.includes(path))));
  });

  test.each([
    'if (/not found/.test(error.message)) {}',
    "error.message.includes('x');",
    "if (error.message === 'Invalid token') {}",
  ])('is found where it is read: %s', (text) => {
    expect(checkMessages([parsed('src/x/y.ts', text)]).breaches).toHaveLength(1);
  });

  test('may be shown and compared with nothing else', () => {
    const file = parsed(
      'src/x/y.ts',
      "show(error.message); log.includes(text); if (error.reason === 'NOT_FOUND') {}",
    );
    expect(checkMessages([file]).breaches).toEqual([]);
  });
});
