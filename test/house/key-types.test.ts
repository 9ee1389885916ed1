import { describe, expect, test } from 'vitest';
import { keyTypeName } from '../../src/jose/key-type-name.ts';
import { keyTypes } from '../../src/jose/key-types.ts';
import { parsed, sourceFiles } from './source-file.ts';
import { expectKept } from './verdict.ts';
import { checkWordLists } from './word-lists.ts';

const words = [...keyTypes, ...keyTypes.map(keyTypeName)];
const what = 'key types';
const table = 'src/jose/key-types.ts';

/** Each with what makes it complete, or why it need not be. */
const otherLists = [
  // Names the key types of each algorithm; a key type without an algorithm is none the worse.
  'src/jose/algorithms.ts',
  // A form of OpenSSH holds these alone.
  'src/jose/openssh-key.ts',
  // Its type has a generator for each key type that the table says is generated.
  'src/sources/generate-key.ts',
];

describe('key types', () => {
  test('the table alone lists them', () => {
    expectKept(
      checkWordLists(sourceFiles('src', 'console'), { what, words, allowed: [table, ...otherLists] }),
    );
  });
});

describe('the rule itself', () => {
  const judged = (text: string, allowed: readonly string[] = []) =>
    checkWordLists([parsed('src/x.ts', text)], { what, words, allowed }).breaches;

  test.each([
    `const types = ['RSA', 'EC'];`,
    `type Type = 'OKP' | 'oct';`,
    `const members = { RSA: 1, EC: 2 };`,
    `if (kty === 'RSA') one(); else if (kty === 'OKP') other();`,
    `const text = 'Valid values: RSA, EC';`,
    'const text = `RSA and OCT of`;',
  ])('rejects %s', (text) => {
    expect(judged(text)).toHaveLength(1);
  });

  test.each([`const key = { kty: 'oct' };`, `const both = ['oct', 'OCT'];`, `// RSA, EC`, `const RSA = EC;`])(
    'accepts %s',
    (text) => {
      expect(judged(text)).toEqual([]);
    },
  );

  test('rejects an exception that is not needed', () => {
    expect(judged(`const key = 1;`, ['src/x.ts'])).toEqual(['src/x.ts: lists none']);
  });
});
