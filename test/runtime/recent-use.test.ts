import { expect, test } from 'vitest';
import { RecentUse } from '../../src/runtime/recent-use.ts';

test('use counts half after each half-life', () => {
  let now = 0;
  const use = new RecentUse(1_000, () => now);
  use.add('ada', 400);
  expect(use.of('ada')).toBe(400);
  now = 1_000;
  expect(use.of('ada')).toBe(200);
  use.add('ada', 100);
  now = 3_000;
  expect(use.of('ada')).toBe(75);
  expect(use.of('bob')).toBe(0);
});

test('a user whose use has faded is forgotten, and one who used much is not', () => {
  let now = 0;
  const use = new RecentUse(1_000, () => now);
  use.add('ada', 100);
  use.add('bob', 1_000_000);
  now = 10_000;
  use.add('eve', 5);
  expect(use.size).toBe(2);
  expect(use.of('bob')).toBeGreaterThan(900);
});
