// The body of a large JWK Set: what it takes over from the set before it, and that its bytes are those of its keys.

import { expect, test } from 'vitest';
import { pieceBytes, SetPieces } from '../../src/node/serve/set-pieces.ts';

const keyOf = (number: number | string) => `{"kty":"RSA","kid":"${number}","n":"${'x'.repeat(400)}"}`;
const many = Array.from({ length: 2_000 }, (_, number) => keyOf(number));
const textOf = (pieces: readonly Buffer[]) => Buffer.concat(pieces).toString();
const setOf = (keys: readonly string[]) => `{"keys":[${keys.join(',')}]}`;
/** Bytes that the former set does not have. */
const newBytes = (pieces: readonly Buffer[], former: readonly Buffer[]) => {
  const known = new Set(former.map(({ buffer }) => buffer));
  return pieces.filter(({ buffer }) => !known.has(buffer)).reduce((sum, { length }) => sum + length, 0);
};

test.each([
  ['a key in the middle', many.toSpliced(1_000, 0, keyOf('new'))],
  ['a key before all others', [keyOf('new'), ...many]],
  ['a key behind all others', [...many, keyOf('new')]],
  ['a key less', many.toSpliced(1_000, 1)],
  ['a key whose kid is not ASCII', many.toSpliced(1_000, 1, keyOf('schlüssel-✓'))],
])('a set with %s has its bytes, most of them those of the set before', (_, keys) => {
  const sets = new SetPieces();
  const before = sets.of('a', many);
  const after = sets.of('a', keys);
  expect(textOf(before)).toBe(setOf(many));
  expect(textOf(after)).toBe(setOf(keys));
  expect(newBytes(after, before)).toBeLessThanOrEqual(3 * pieceBytes);
});

test('a thousand changes leave neither short pieces nor long ones', () => {
  const sets = new SetPieces();
  let keys = many;
  let before = sets.of('a', keys);
  for (let change = 0; change < 1_000; change += 1) {
    // Everywhere, before what came last, behind it, and at the end.
    const at = [(change * 7_919) % keys.length, 500, 500 + change, keys.length][change % 4] ?? 0;
    keys = keys.toSpliced(at, change % 5 === 0 ? 1 : 0, keyOf(`new-${change}`));
    const after = sets.of('a', keys);
    expect(newBytes(after, before)).toBeLessThanOrEqual(3 * pieceBytes);
    before = after;
  }
  expect(textOf(before)).toBe(setOf(keys));
  const inner = before.slice(1, -2).map(({ length }) => length);
  expect(Math.min(...inner)).toBeGreaterThanOrEqual(pieceBytes / 2 - 1);
  expect(Math.max(...inner)).toBeLessThan(3 * pieceBytes);
});

test('a set that is forgotten, or becomes small, leaves nothing to take over', () => {
  const sets = new SetPieces();
  for (const forget of [() => sets.forget('a'), () => sets.clear(), () => sets.of('a', [])]) {
    const before = sets.of('a', many);
    forget();
    const after = sets.of('a', many);
    expect(newBytes(after, before)).toBe(setOf(many).length - setOf([]).length);
  }
});

test('a small set is one piece', () => {
  expect(new SetPieces().of('a', ['{}', '{}']).map(String)).toEqual(['{"keys":[{},{}]}']);
});
