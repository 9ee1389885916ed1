// What is sent next to a receiver: order, back-off, and what one event that fails holds up.

import { expect, test } from 'vitest';
import { type Attempt, DeliveryQueue } from '../../src/webhooks/delivery-queue.ts';
import { storedEvent } from './support/stored-event.ts';

/** Without jitter: each wait is the whole of it. */
const queueOf = (...names: readonly string[]) => {
  const queue = new DeliveryQueue(0, () => 0.999_999);
  queue.add(
    names.map((name, index) => storedEvent(index + 1, name)),
    names.length,
  );
  return queue;
};

/** All that may be sent at this time, at most `most` at once. */
function sendable(queue: DeliveryQueue, now: number, most = 4): readonly Attempt[] {
  const attempts: Attempt[] = [];
  for (let next = queue.next(now, most); 'attempt' in next; next = queue.next(now, most)) {
    attempts.push(next.attempt);
  }
  return attempts;
}
const sequences = (attempts: readonly Attempt[]) => attempts.map(({ event: { sequence } }) => sequence);

test('events of one object go one after the other, those of others at the same time', () => {
  const queue = queueOf('a', 'a', 'b', 'c', 'b');
  const [first, ...others] = sendable(queue, 0);
  expect(sequences([first as Attempt, ...others])).toEqual([1, 3, 4]);
  queue.succeeded(first as Attempt);
  expect(sequences(sendable(queue, 0))).toEqual([2]);
});

test('no more attempts are under way than allowed', () => {
  const queue = queueOf('a', 'b', 'c');
  expect(sequences(sendable(queue, 0, 2))).toEqual([1, 2]);
});

test('what was delivered counts up to the first that was not', () => {
  const queue = queueOf('a', 'b', 'c');
  const [first, second, third] = sendable(queue, 0) as [Attempt, Attempt, Attempt];
  queue.succeeded(third);
  queue.succeeded(second);
  expect(queue.delivered).toBe(0);
  queue.succeeded(first);
  expect(queue.delivered).toBe(3);
  expect(queue.isEmpty).toBe(true);
});

test('events that do not match count as delivered', () => {
  const queue = new DeliveryQueue(4, () => 0);
  queue.add([storedEvent(7, 'a')], 20);
  expect(queue.delivered).toBe(6);
  const [attempt] = sendable(queue, 0) as [Attempt];
  queue.succeeded(attempt);
  expect(queue.delivered).toBe(20);
});

test('a receiver that fails gets one attempt at a time, after 1 s, 2 s, 4 s and so on up to 5 minutes', () => {
  const queue = queueOf('a', 'b', 'c');
  for (const attempt of sendable(queue, 0)) queue.failed(attempt, 0);
  expect(queue.failures).toBe(1);
  const waits: number[] = [];
  let now = 0;
  for (let count = 0; count < 12; count++) {
    const next = queue.next(now, 4);
    if ('attempt' in next) throw new Error('too early');
    const before = now;
    now = next.notBefore ?? Number.NaN;
    const attempts = sendable(queue, now);
    expect(attempts).toHaveLength(1);
    queue.failed(attempts[0] as Attempt, now);
    waits.push(Math.round((now - before) / 1000));
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
});

test('half of each wait is random', () => {
  const queue = new DeliveryQueue(0, () => 0);
  queue.add([storedEvent(1, 'a')], 1);
  const [attempt] = sendable(queue, 0) as [Attempt];
  queue.failed(attempt, 0);
  expect(queue.next(0, 4)).toEqual({ notBefore: 500 });
});

test('an event that always fails holds up its own object and no other', () => {
  const queue = queueOf('poison', 'poison', 'b', 'b', 'c', 'b');
  const delivered: number[] = [];
  for (let now = 0; now < 60_000; now += 500) {
    for (const attempt of sendable(queue, now)) {
      if (attempt.event.objectName === 'poison') queue.failed(attempt, now);
      else {
        delivered.push(attempt.event.sequence);
        queue.succeeded(attempt);
      }
    }
  }
  expect(delivered).toEqual([3, 5, 4, 6]);
  expect(queue.delivered).toBe(0);
  expect(queue.attempts).toBeGreaterThan(3);
});

test('a success ends the back-off', () => {
  const queue = queueOf('a', 'b');
  const [first, second] = sendable(queue, 0) as [Attempt, Attempt];
  queue.failed(first, 0);
  queue.succeeded(second);
  expect([queue.failures, queue.notBefore]).toEqual([0, 0]);
});

test('a change of the outlet ends every back-off', () => {
  const queue = queueOf('a');
  for (const attempt of sendable(queue, 0)) queue.failed(attempt, 0);
  queue.forgetFailures();
  expect(sequences(sendable(queue, 0))).toEqual([1]);
});

test('an attempt that came to no end is made again in its place', () => {
  const queue = queueOf('a', 'a', 'b');
  const [first] = sendable(queue, 0, 1) as [Attempt];
  queue.withdraw(first);
  expect(queue.failures).toBe(0);
  expect(sequences(sendable(queue, 0))).toEqual([1, 3]);
});

test('events that are no longer kept are not sent', () => {
  const queue = queueOf('a', 'b', 'c');
  queue.dropBelow(3);
  expect(sequences(sendable(queue, 0))).toEqual([3]);
  expect(queue.delivered).toBe(2);
});

test('a queue takes a bounded number of events', () => {
  const queue = new DeliveryQueue(0, () => 0);
  const names = Array.from({ length: queue.room }, (_, index) => `jwk-${index}`);
  queue.add(
    names.map((name, index) => storedEvent(index + 1, name)),
    names.length,
  );
  expect(queue.room).toBe(0);
});
