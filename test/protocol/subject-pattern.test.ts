import { expect, test } from 'vitest';
import { matchesSubject, subjectsOverlap } from '../../src/protocol/subject-pattern.ts';

test.for([
  ['system:serviceaccount:shop:*', 'system:serviceaccount:shop:web', true],
  ['system:serviceaccount:shop:*', 'system:serviceaccount:shop:', false],
  ['system:serviceaccount:shop:*', 'system:serviceaccount:shop', false],
  ['system:serviceaccount:shop:*', 'system:serviceaccount:shop:a:b', false],
  ['system:serviceaccount:*:web', 'system:serviceaccount:shop:web', true],
  ['*', 'anything-at-all', true],
  ['*', '', false],
  ['*', 'a:b', false],
  ['a*c', 'abc', true],
  ['a*c', 'ac', false],
  ['a*c', 'abcc', true],
  ['a.c', 'abc', false],
  ['spiffe://example.org/*', 'spiffe://example.org/ns/shop', true],
  ['Shop', 'shop', false],
  ['a', 'a', true],
  ['a', 'b', false],
  ['*', 'a', true],
  ['a:*:c', 'a:b:c', true],
  ['a:*:c', 'a::c', false],
  ['user-*', 'user-7', true],
  ['user-*', 'user-', false],
  ['*-prod', 'x-prod', true],
  ['*-prod', '-prod', false],
  ['a*b*c', 'a1b2c', true],
  ['a*b*c', 'abbc', false],
  ['a*b*c', 'abbbc', true],
  ['**', 'a', false],
  ['**', 'ab', true],
  ['a*a', 'aa', false],
  ['a*a', 'aba', true],
  ['', '', true],
] as const)('the pattern %s and the subject %s: %s', ([pattern, subject, matches]) => {
  expect(matchesSubject(pattern, subject)).toBe(matches);
  if (matches) expect(subjectsOverlap(pattern, subject)).toBe(true);
});

/** All texts over these characters up to a length. */
function textsOf(alphabet: string, longest: number): readonly string[] {
  const texts = [''];
  for (let from = 0, length = 1; length <= longest; length += 1) {
    const shorter = texts.slice(from);
    from = texts.length;
    texts.push(...shorter.flatMap((text) => [...alphabet].map((letter) => text + letter)));
  }
  return texts;
}

/** What the documentation says of a pattern, as a regular expression. */
function expressionOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('*', '[^:]+')}$`);
}

test('two patterns overlap exactly where a subject exists that both match', () => {
  const patterns = textsOf('ab*:', 4).filter((text) => !text.includes('**'));
  // A common subject of two such patterns, if there is one, is no longer than both of them together.
  const subjects = textsOf('ab:', 6);
  const matched = new Map(
    patterns.map((pattern) => {
      const expression = expressionOf(pattern);
      return [pattern, { expression, subjects: subjects.filter((text) => expression.test(text)) }] as const;
    }),
  );
  const wrong: string[] = [];
  for (const [one, ofOne] of matched) {
    for (const [other, ofOther] of matched) {
      const isCommon = ofOne.subjects.some((text) => ofOther.expression.test(text));
      if (subjectsOverlap(one, other) !== isCommon) wrong.push(`${one} ${other}`);
    }
  }
  expect(wrong.slice(0, 10)).toEqual([]);
});

test('a pattern matches a subject exactly where its regular expression does', () => {
  const subjects = textsOf('ab:', 5);
  const wrong = textsOf('ab*:', 4).flatMap((pattern) => {
    const expression = expressionOf(pattern);
    return subjects.filter((text) => matchesSubject(pattern, text) !== expression.test(text));
  });
  expect(wrong).toEqual([]);
});

test('long patterns are compared in linear time', () => {
  const long = 'a'.repeat(100_000);
  expect(subjectsOverlap(`${long}b`, `${long}c`)).toBe(false);
  expect(subjectsOverlap(`${long}*`, `${long}b`)).toBe(true);
  expect(subjectsOverlap(`${long}*b`, `*${long}c`)).toBe(false);
  expect(subjectsOverlap(`b*${long}*b`, `*${long}b`)).toBe(true);
});
