import { expect, test } from 'vitest';
import { matchesSubject } from '../../src/protocol/subject-pattern.ts';

test.for([
  ['a', 'a', true],
  ['a', 'b', false],
  ['*', 'a', true],
  ['*', '', false],
  ['*', 'a:b', false],
  ['a:*', 'a:b', true],
  ['a:*', 'a:', false],
  ['a:*', 'a:b:c', false],
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
  ['a*a', 'a', false],
  ['a*a', 'aa', false],
  ['a*a', 'aba', true],
  ['a.c', 'abc', false],
  ['', '', true],
] as const)('pattern %j of the subject %j matches: %j', ([pattern, subject, expected]) => {
  expect(matchesSubject(pattern, subject)).toBe(expected);
});
