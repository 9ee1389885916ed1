// The rate of a grant at a node.

import { expect, test } from 'vitest';
import { TokenBucket } from '../../src/node/operations/callers/token-bucket.ts';

function bucketAt(perSecond: number, burst: number) {
  const clock = { now: 0 };
  return { clock, bucket: new TokenBucket({ perSecond, burst }, () => clock.now) };
}

test('a bucket gives its burst, and then as many as its rate refills', () => {
  const { clock, bucket } = bucketAt(10, 5);
  expect([1, 2, 3, 4, 5, 6].map(() => bucket.take(1))).toEqual([true, true, true, true, true, false]);
  expect(bucket.msUntil(1)).toBe(100);
  clock.now = 99;
  expect(bucket.take(1)).toBe(false);
  clock.now = 100;
  expect(bucket.take(1)).toBe(true);
  clock.now = 100_000;
  expect([1, 2, 3, 4, 5, 6].map(() => bucket.take(1))).toEqual([true, true, true, true, true, false]);
});

test('a bucket gives all that is asked for, or nothing', () => {
  const { bucket } = bucketAt(1, 5);
  expect(bucket.take(6)).toBe(false);
  expect(bucket.take(5)).toBe(true);
  expect(bucket.take(1)).toBe(false);
  bucket.giveBack(2);
  expect(bucket.take(2)).toBe(true);
});

test('the same grant, deployed again, goes on with what is left', () => {
  const { clock, bucket } = bucketAt(1, 5);
  bucket.take(5);
  expect(bucket.withRate({ perSecond: 1, burst: 5 })).toBe(bucket);
  const faster = bucket.withRate({ perSecond: 2, burst: 10 });
  expect(faster.take(1)).toBe(false);
  clock.now = 500;
  expect(faster.take(1)).toBe(true);
  const smaller = faster.withRate({ perSecond: 2, burst: 1 });
  clock.now = 60_000;
  expect([smaller.take(1), smaller.take(1)]).toEqual([true, false]);
});
