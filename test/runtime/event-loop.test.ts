import { expect, onTestFinished, test, vi } from 'vitest';
import { fairTurn } from '../../src/runtime/event-loop.ts';
import { onBehalfOf } from '../../src/runtime/requester.ts';

const turns = (user: string, count: number, order: string[]) =>
  onBehalfOf(user, async () => {
    for (let turn = 0; turn < count; turn += 1) {
      await fairTurn();
      order.push(user);
    }
  });

test('a requester with many computations gets every second turn of the event loop, not all of them', async () => {
  const order: string[] = [];
  const many = Array.from({ length: 20 }, () => turns('a', 5, order));
  await Promise.all([...many, turns('b', 5, order)]);
  expect(order.lastIndexOf('b')).toBeLessThan(12);
});

test('one requester alone gets one turn in each iteration of the event loop', async () => {
  const order: string[] = [];
  const all = [turns('a', 2, order), turns('a', 2, order)];
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual(['a']);
  await Promise.all(all);
  expect(order).toHaveLength(4);
});

test('a requester does not wait for the turns that others take in the same iteration of the event loop', async () => {
  // No iteration is used up.
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const order: string[] = [];
  const many = Array.from({ length: 20 }, () => turns('a', 5, order));
  await new Promise((resolve) => setImmediate(resolve));
  const one = turns('b', 1, order);
  await Promise.resolve();
  expect(order.at(-1)).toBe('b');
  await Promise.all([one, ...many]);
});

test('of many requesters each has its turn, also where an iteration of the event loop has no time for all', async () => {
  const order: string[] = [];
  const users = Array.from({ length: 10 }, (_, number) => `user ${number}`);
  const computing = users.map((user) =>
    onBehalfOf(user, async () => {
      for (let turn = 0; turn < 3; turn += 1) {
        await fairTurn();
        order.push(user);
        const endsAt = performance.now() + 1;
        while (performance.now() < endsAt);
      }
    }),
  );
  let iterations = 0;
  let isOver = false;
  const count = () => {
    iterations += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(computing);
  isOver = true;
  // Thirty turns of a millisecond, and no more than some four milliseconds of them in an iteration.
  expect(iterations).toBeGreaterThan(5);
  for (const at of [10, 20, 30]) expect(new Set(order.slice(at - 10, at)).size).toBe(10);
});

test('no further requester has a turn in an iteration of the event loop that was used up', async () => {
  await new Promise((resolve) => setImmediate(resolve));
  await fairTurn('a');
  const endsAt = performance.now() + 10;
  while (performance.now() < endsAt);
  const order: string[] = [];
  const turn = fairTurn('b').then(() => order.push('b'));
  await Promise.resolve().then(() => Promise.resolve());
  order.push('others');
  await turn;
  expect(order).toEqual(['others', 'b']);
});
