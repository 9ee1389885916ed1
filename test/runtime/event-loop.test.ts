import { expect, test } from 'vitest';
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
