import { beforeEach, expect, test } from 'vitest';
import { createTokenBuckets } from '../../src/http/limits/token-buckets.ts';

let at: number;
beforeEach(() => {
  at = 1_000_000;
});
const bucketsOf = (perMinute: number, bucketsLimit?: number) =>
  createTokenBuckets({ perMinute, now: () => at, ...(bucketsLimit !== undefined && { bucketsLimit }) });
const times = (count: number, act: () => number) => Array.from({ length: count }, act);

test('a bucket gives all of its tokens at once, and then returns the exact time of the next one', () => {
  const buckets = bucketsOf(6);
  expect(times(6, () => buckets.take('a'))).toEqual([0, 0, 0, 0, 0, 0]);
  expect(buckets.take('a')).toBe(10);
  at += 3_000;
  expect(buckets.take('a')).toBe(7);
  at += 6_999;
  expect(buckets.take('a')).toBe(1);
  at += 1.001;
  expect(buckets.take('a')).toBe(0);
  expect(buckets.take('a')).toBe(10);
});

test('a rejected request does not cost a token', () => {
  const buckets = bucketsOf(60);
  times(60, () => buckets.take('a'));
  for (let asked = 0; asked < 99; asked += 1) {
    at += 10;
    expect(buckets.take('a')).toBe(1);
  }
  at += 10.001;
  expect(buckets.take('a')).toBe(0);
});

test('a bucket is never more than full, and in the long run gives its rate', () => {
  const buckets = bucketsOf(600);
  buckets.take('a');
  at += 3_600_000;
  expect(times(700, () => buckets.take('a')).filter((wait) => wait === 0)).toHaveLength(600);
  let given = 0;
  for (let tick = 0; tick < 60_000; tick += 1) {
    at += 10;
    if (buckets.take('a') === 0) given += 1;
  }
  expect(given).toBeGreaterThanOrEqual(5999);
  expect(given).toBeLessThanOrEqual(6001);
});

test('one key takes nothing from another', () => {
  const buckets = bucketsOf(1);
  expect(buckets.take('a')).toBe(0);
  expect(buckets.take('a')).toBe(60);
  expect(buckets.take('b')).toBe(0);
});

test('the bucket that was not asked for longest is forgotten first, so that no flood of keys fills the memory', () => {
  const buckets = bucketsOf(1, 3);
  for (const key of ['a', 'b', 'c']) buckets.take(key);
  expect(buckets.take('a')).toBe(60);
  buckets.take('d');
  expect(buckets.take('a')).toBe(60);
  expect(buckets.take('c')).toBe(60);
  // Only `b` had to go.
  expect(buckets.take('b')).toBe(0);
});
