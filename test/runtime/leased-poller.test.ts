import { expect, test } from 'vitest';
import { LeasedPoller } from '../../src/runtime/leased-poller.ts';

test('the lease outlasts the poll in progress and what polls began, and an error of its return is reported', async () => {
  const order: string[] = [];
  const polled = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const poller = new LeasedPoller({
    store: { changeMark: () => '1' },
    everyMs: 60_000,
    poll: async () => {
      await polled.promise;
      order.push('polled');
    },
    lease: {
      release: async () => {
        order.push('released');
        throw new Error('the database is away');
      },
    },
    onError: (error) => order.push(String(error)),
  });
  const poll = poller.now();
  const closed = poller.close(() => ended.promise.then(() => order.push('ended')));
  expect(poller.isClosed).toBe(true);
  polled.resolve();
  await poll;
  expect(order).toEqual(['polled']);
  ended.resolve();
  await closed;
  expect(order).toEqual(['polled', 'ended', 'released', 'Error: the database is away']);
});

test('a poll by the clock is left out while nothing was committed since one that found nothing', async () => {
  let mark = '1';
  let polls = 0;
  const waiting: (() => void)[] = [];
  const poller = new LeasedPoller({
    store: { changeMark: () => mark },
    everyMs: 1,
    poll: async () => {
      polls += 1;
      poller.idle.begin();
      poller.idle.foundNothingUntil(null);
      waiting.shift()?.();
    },
    lease: { release: async () => undefined },
    onError: () => undefined,
  });
  const next = () => new Promise<void>((resolve) => waiting.push(resolve));
  const first = next();
  poller.start();
  await first;
  // Some timers of a millisecond follow each other meanwhile.
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(polls).toBe(1);
  const second = next();
  mark = '2';
  await second;
  expect(polls).toBe(2);
  await poller.close();
});
