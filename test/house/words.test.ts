import { describe, expect, test } from 'vitest';
import { pagePaths, textOf } from '../docs/support/page.ts';
import { nodesOf, parsed, type SourceFile, scriptFiles, sourceFiles } from './source-file.ts';
import { expectKept, type Verdict } from './verdict.ts';
import { checkPages, checkWords } from './words.ts';

/** Files that are still to be rewritten, by area. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  src: [],
  bench: [],
  clients: [],
  console: [],
  faults: [],
  scripts: [],
  // The tests of this rule contain the words themselves.
  test: ['test/house/words.test.ts', 'test/house/words.ts'],
};

/** One name for a test: `it` would be another. */
function checkTestName(files: readonly SourceFile[]): Verdict {
  const breaches = files.flatMap((file) =>
    nodesOf(file)
      .filter(({ type, imported }) => type === 'ImportSpecifier' && nameOf(imported) === 'it')
      .map(() => `${file.path}: imports it; write test`),
  );
  return { looked: files.length, breaches };
}

function nameOf(node: unknown): unknown {
  return (node as { name?: unknown } | undefined)?.name;
}

describe('words', () => {
  test.each(Object.entries(exceptions))('the words of %s are those of the field', (area, left) => {
    expectKept(checkWords([...sourceFiles(area), ...scriptFiles(area)], { exceptions: left }));
  });

  test('the words of the documentation are those of the field', () => {
    const paths = [...pagePaths(), 'clients/typescript/README.md'];
    expectKept(checkPages(paths.map((path) => ({ path, text: textOf(path) }))));
  });

  test('every test is declared with test', () => {
    expectKept(checkTestName(sourceFiles('test')));
  });
});

describe('the rule of words', () => {
  const breaches = (path: string, text: string, left: readonly string[] = []) =>
    checkWords([parsed(path, text)], { exceptions: left }).breaches;

  test.each([
    ['an identifier', 'const jwkNouns = 1;', 'src/x.ts:1: jwkNouns (write stores)'],
    ['a private member', 'class A { #unfit = 1; }', 'src/x.ts:1: unfit (write invalid)'],
    ['a whole name', 'store.aside(f);', 'src/x.ts:1: aside (write asyncCommit)'],
    ['a comment', '// It dials in again.', 'src/x.ts:1: dials in (write connects)'],
    ['a comment over two lines', '/** It is hung\n * up on. */', 'src/x.ts:1: hung up on (write is closed)'],
    ['a string', "log('it was made anew');", 'src/x.ts:1: anew (write again, or snapshot)'],
    ['a template', 'log(`past keyplane`);', 'src/x.ts:1: past keyplane (write outside keyplane)'],
    ['a string alone', "log('the node was told');", 'src/x.ts:1: told (write reported, or detected)'],
    ['a comment alone', '// It can not open.', 'src/x.ts:1: can not (write cannot)'],
    [
      'a comment alone over two lines',
      '/** Nodes are\n * asked. */',
      'src/x.ts:1: are asked (write gets a request)',
    ],
  ])('rejects a banned word in %s', (_where, text, breach) => {
    expect(breaches('src/x.ts', text)).toEqual([breach]);
  });

  test('rejects a banned word in a file name', () => {
    expect(breaches('src/store/nouns/a.ts', '')).toEqual(['src/store/nouns/a.ts: nouns (write stores)']);
  });

  test('accepts other words that contain one', () => {
    expect(breaches('src/x.ts', "const announced = renewed; // pronouns\nlog('nounsense');")).toEqual([]);
  });

  test('rejects a banned word in every line of a page, also over two lines', () => {
    const text = 'Keys.\n\n- It is hung\n  up on, and asked anew.\n- It can not serve.\n';
    expect(checkPages([{ path: 'docs/x.md', text }]).breaches).toEqual([
      'docs/x.md:4: anew (write again, or snapshot)',
      'docs/x.md:3: hung up on (write is closed)',
      'docs/x.md:5: can not (write cannot)',
    ]);
  });

  test('accepts the code and the quoted messages of a page', () => {
    const text = 'It says "x can not be read!", or `anew`:\n\n```sh\nwhoever\n```\n';
    expect(checkPages([{ path: 'docs/x.md', text }]).breaches).toEqual([]);
  });

  test.each([
    ['so many', 'the number'],
    ['whoever', 'anyone who'],
    ['dear', 'expensive'],
    ['told', 'reported, or detected'],
    ['of one mind', 'agrees'],
    ['whatever', 'any'],
    ['somebody', 'who does it'],
    ['nobody', 'no and who it would be'],
    ['gone', 'removed, ended or disconnected'],
    ['aside', 'separately'],
    ['said', 'stated, sent or reported'],
    ['hangs up', 'closes the connection'],
    ['makes no sense', 'is invalid'],
    ['let in', 'authenticated, or accepted'],
  ])('rejects "%s" in a comment', (word, instead) => {
    expect(breaches('src/x.ts', `// It has ${word} here.`)).toEqual([
      `src/x.ts:1: ${word} (write ${instead})`,
    ]);
  });

  test('accepts a word of comments in a string and in a quotation', () => {
    const text =
      "// Throws `name can not be empty!`, or is GONE.\nthrow new Error('name can not be empty!');";
    expect(breaches('src/x.ts', text)).toEqual([]);
  });

  test('rejects an exception that is not needed', () => {
    expect(breaches('src/x.ts', 'const a = 1;', ['src/x.ts'])).toEqual(['src/x.ts: has no banned word']);
  });

  test('rejects a test file that imports it', () => {
    const file = parsed('test/x.test.ts', "import { it } from 'vitest';");
    expect(checkTestName([file]).breaches).toEqual(['test/x.test.ts: imports it; write test']);
  });
});
