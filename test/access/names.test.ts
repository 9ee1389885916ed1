import { expect, test } from 'vitest';
import { checkName, lookupName, shownText } from '../../src/names.ts';

test.each([
  'a',
  'MyProject',
  'my-jwk_2.0',
  '日本語',
  'anahtar-ığüşöç',
  'مفتاح',
  'ключ',
  '..a',
  'a'.repeat(128),
  '𝒜'.repeat(128),
  'हिन्दी',
  '.a',
  '-',
  '1',
])('valid name %# is accepted', (name) => {
  expect(checkName(name, 'JWK name')).toBe(name);
  expect(lookupName(name)).toBe(name);
});

test.each([
  '.',
  '..',
  'a b',
  'a/b',
  '../x',
  'a\\b',
  'a%2Fb',
  'a:b',
  'a\0b',
  'a\nb',
  ' a',
  'a ',
  '\u0301a',
  '😀',
  'a\u202eb',
  'a\u200bb',
  'a'.repeat(129),
  '𝒜'.repeat(129),
  'a'.repeat(100_000),
  '\ud800',
])('invalid name %# is rejected with the rules for names', (name) => {
  expect(() => checkName(name, 'JWK name')).toThrow(
    /^JWK name \([^\0\n\u202e]{1,129}\) is not valid! A name has 1 to 128 characters: letters and digits of any script/u,
  );
  expect(lookupName(name)).toBe('');
});

test('an empty name has its own error text', () => {
  expect(() => checkName('', 'JWK name')).toThrow('JWK name can not be empty!');
});

test('two Unicode spellings of one text are one name', () => {
  expect(checkName('cafe\u0301', 'Name')).toBe('café');
  expect(lookupName('cafe\u0301')).toBe('café');
});

test('text that an error repeats is shortened and has no control characters', () => {
  expect([...shownText('😀'.repeat(500))]).toHaveLength(129);
  expect(shownText('a\u001b[31mb\u2028c')).toBe('a\u{fffd}[31mb\u{fffd}c');
});
