import { setImmediate as nextIteration } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FairSlice } from '../../src/runtime/fair-slice.ts';

/** A slice of eight steps, by a clock that only steps move. */
function sliceOfEight() {
  let now = 0;
  const slice = new FairSlice(8, () => now);
  const order: string[] = [];
  const steps = async (requester: string, count: number) => {
    for (let step = 0; step < count; step += 1) {
      await slice.next(requester);
      order.push(requester);
      now += 1;
    }
  };
  return { order, steps };
}

test('steps run at once until the slice is used up, and the others in later iterations', async () => {
  const { order, steps } = sliceOfEight();
  const all = steps('a', 20);
  await nextIteration();
  const first = order.length;
  expect(first).toBeGreaterThanOrEqual(8);
  expect(first).toBeLessThan(20);
  await all;
  expect(order).toHaveLength(20);
});

test('a requester who had none of a slice is the first of the next, regardless of who waited before', async () => {
  const { order, steps } = sliceOfEight();
  const many = Promise.all([steps('a', 40), steps('a', 40), steps('a', 40)]);
  await nextIteration();
  const before = order.length;
  await steps('b', 8);
  // What remained of the iteration in which it came.
  expect(order.indexOf('b') - before).toBeLessThanOrEqual(8);
  expect(order.lastIndexOf('b') - order.indexOf('b')).toBe(7);
  await many;
  expect(order).toHaveLength(128);
});

test('a requester who waits is not passed for ever by new ones', async () => {
  const { order, steps } = sliceOfEight();
  const own = steps('own', 20);
  let others = 0;
  while (order.filter((requester) => requester === 'own').length < 20) {
    others += 1;
    void steps(`new ${others}`, 8);
    await nextIteration();
    expect(others).toBeLessThan(100);
  }
  await own;
});
