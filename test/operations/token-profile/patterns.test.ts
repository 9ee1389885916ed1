import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linearPattern } from '../../../src/operations/token-profile/patterns/linear-pattern.ts';

test.for([
  ['(a+)+$', /repeats a group that itself repeats/],
  ['^(a*)*$', /repeats a group that itself repeats/],
  ['^(a?){2,9}$', /repeats a group that itself repeats/],
  ['^(?:[a-z]+-)*$', /repeats a group that itself repeats/],
  ['^(a|a)*$', /alternatives that begin with the same character/],
  ['^(a|[a-c]b)+$', /alternatives that begin with the same character/],
  ['^(a|)*$', /alternatives that begin with the same character/],
  ['(a)\\1', /backreference/],
  ['(?<x>a)', /neither \(…\) nor \(\?:…\)/],
  ['a(?=b)', /lookaround/],
  ['a(?!b)', /lookaround/],
  ['(?<=a)b', /lookaround/],
  ['(?<!a)b', /lookaround/],
  ['\\bword\\b', /\\b, which is not supported/],
  ['[', /no regular expression/],
  ['a**', /no regular expression/],
  ['\\-', /no regular expression/],
  ['a{1001}', /more than 1000 times/],
  ['(?:a{100}){100}', /too large/],
  ['\\p{Script=Greek}', /which is not supported/],
  ['()*', /repeats a group that is empty/],
  ['(){2}', /repeats a group that is empty/],
  ['(a{0}){3}', /repeats a group that is empty/],
  ['((((){1000}){1000}){1000}){1000}', /repeats a group that is empty/],
] as const)('the pattern %j is rejected', ([source, text]) => {
  expect(() => linearPattern(source)).toThrow(text);
});

test('a pattern is rejected whose repetitions add many parts and few states', () => {
  expect(() => linearPattern(`(${'()'.repeat(200)}a){60}`)).toThrow(/more than 10000 parts/);
});

test('a pattern has up to 500 characters', () => {
  expect(linearPattern('a'.repeat(500)).test('a'.repeat(500))).toBe(true);
  expect(() => linearPattern('a'.repeat(501))).toThrow('longer than 500 characters');
});

const texts = [
  '',
  'a',
  'b',
  'ab',
  'aab',
  'abc',
  'read write',
  'read',
  'readwrite',
  '42',
  '4.2',
  'x42y',
  'A_b-c.d',
  '2026-11-29',
  'user:7',
  '[x]',
  'a\nb',
  '\u{1f600}',
  'é',
  'aaaa',
  'a@b.example',
  '-',
  '\\',
  ' ',
];

test.for([
  '',
  'a',
  '^a$',
  '^a*$',
  'a+b',
  '^[a-z]+$',
  '^(read|write)( (read|write))*$',
  '^\\d{1,3}$',
  '\\d',
  '^[^a]$',
  '^.$',
  '^\\S+$',
  '^[\\w.-]+$',
  '^(?:a|b)?c?$',
  'b$|^a',
  '^\\d{4}-\\d{2}-\\d{2}$',
  '\\[x\\]',
  '^\\u{1f600}$',
  '^\\ud83d\\ude00$',
  '^\\p{L}$',
  '^\\P{L}+$',
  'a{2}',
  '^a{2,}$',
  '^a{0,3}?b?$',
  '^$',
  '^[a-]$',
  '[^\\d]',
  '^[\\]\\\\]$',
  '\\x61',
  '\\cJ',
  'a$b',
  '(^a|b$)',
  '^[\\b-]$',
  'x*',
  '()',
  'a{0}b',
  'a()b',
  '(a|ab)(c|bcd)?$',
])('the pattern %j matches what the engine of the language matches', (source) => {
  const pattern = linearPattern(source);
  for (const text of texts) expect(pattern.test(text), text).toBe(new RegExp(source, 'u').test(text));
});

test('patterns that are put together at random match as the engine of the language does', () => {
  const atom = fc.constantFrom('a', 'b', '[ab]', '.', '(?:a|b)', '(?:ab|b)', '^', '$');
  const term = fc.tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}'));
  const source = fc
    .array(term, { maxLength: 5 })
    .map((terms) => terms.map(([one, quantifier]) => (/[$^]/.test(one) ? one : one + quantifier)).join(''));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(source, text, (one, other) => {
      expect(linearPattern(one).test(other)).toBe(new RegExp(one, 'u').test(other));
    }),
    { numRuns: 500 },
  );
});

test('a text of 16 KiB costs a number of steps that the pattern bounds', () => {
  const pattern = linearPattern('^.*a.*b.*c.*d$');
  expect(pattern.size).toBeLessThan(20);
  expect(pattern.test('abc'.repeat(5_000))).toBe(false);
});
