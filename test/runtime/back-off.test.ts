import { expect, test } from 'vitest';
import { backOffMs, jittered } from '../../src/runtime/back-off.ts';

test('a wait doubles with each attempt, up to its cap', () => {
  const bounds = { baseMs: 100, capMs: 5_000 };
  const waits = [0, 1, 2, 10, 1_000, 10_000].map((attempt) => backOffMs(attempt, bounds));
  expect(waits).toEqual([100, 200, 400, 5_000, 5_000, 5_000]);
});

test('full jitter spreads a wait over the whole of it', () => {
  expect([0, 0.5, 1].map((random) => jittered(5_000, 1, random))).toEqual([0, 2_500, 5_000]);
});

test('half a jitter keeps half of a wait', () => {
  expect([0, 0.5, 1].map((random) => jittered(5_000, 0.5, random))).toEqual([2_500, 3_750, 5_000]);
});
