import { expect, test } from 'vitest';
import { outletKindNames } from '../../src/outlets/kinds/kinds.ts';
import { parsed, sourceFiles } from './source-file.ts';
import { expectKept } from './verdict.ts';
import { checkWordLists } from './word-lists.ts';

const rule = { what: 'kinds of outlets', words: outletKindNames, allowed: [] };

test('no file lists the kinds of outlets: each is in its own', () => {
  expectKept(checkWordLists(sourceFiles('src', 'console'), rule));
});

test('a file that lists two of them is found', () => {
  const file = parsed('console/src/x.ts', `const texts = { FILES: 'files', ENVOY: 'Envoy' };`);
  expect(checkWordLists([file], rule).breaches).toEqual(['console/src/x.ts: lists kinds of outlets']);
});
