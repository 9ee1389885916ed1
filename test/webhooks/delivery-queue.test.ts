// What is sent next to a receiver: order, back-off, and what one event that fails holds up.

import { expect, test } from 'vitest';
import type { StoredEvent } from '../../src/events/event.ts';
import { deliveredUpTo } from '../../src/webhooks/delivered-events.ts';
import { type Attempt, DeliveryQueue } from '../../src/webhooks/delivery-queue.ts';
import { storedEvent } from './support/stored-event.ts';

/** Without jitter: each wait is the whole of it. */
const queueOf = (...names: readonly string[]) => {
  const queue = new DeliveryQueue(deliveredUpTo(0), () => 0.999_999);
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
  expect(queue.deliveredEvents.delivered).toBe(0);
  queue.succeeded(first);
  expect(queue.deliveredEvents.delivered).toBe(3);
  expect(queue.isEmpty).toBe(true);
});

test('events that do not match count as delivered', () => {
  const queue = new DeliveryQueue(deliveredUpTo(4), () => 0);
  queue.add([storedEvent(7, 'a')], 20);
  expect(queue.deliveredEvents.delivered).toBe(6);
  const [attempt] = sendable(queue, 0) as [Attempt];
  queue.succeeded(attempt);
  expect(queue.deliveredEvents.delivered).toBe(20);
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
  const queue = new DeliveryQueue(deliveredUpTo(0), () => 0);
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
  expect(queue.deliveredEvents.delivered).toBe(0);
  expect(queue.attempts).toBeGreaterThan(3);
});

/** Events 1 to `count` of the object of that number; the receiver refuses some. */
class Refusing {
  readonly accepted: StoredEvent[] = [];
  readonly #events: readonly StoredEvent[];
  readonly #isRefused: (event: StoredEvent) => boolean;
  queue = new DeliveryQueue(deliveredUpTo(0), () => 0.999_999);

  constructor(count: number, nameOf: (n: number) => string, isRefused: (event: StoredEvent) => boolean) {
    this.#events = Array.from({ length: count }, (_, n) => storedEvent(n + 1, nameOf(n + 1)));
    this.#isRefused = isRefused;
  }

  run(from: number, until: number): void {
    for (let now = from; now < until; now += 500) {
      for (let attempts = this.#next(now); attempts.length > 0; attempts = this.#next(now)) {
        for (const attempt of attempts) {
          if (this.#isRefused(attempt.event)) this.queue.failed(attempt, now);
          else {
            this.accepted.push(attempt.event);
            this.queue.succeeded(attempt);
          }
        }
      }
    }
  }

  #next(now: number): readonly Attempt[] {
    const { queue } = this;
    for (let missing = queue.missing(); missing; missing = queue.missing()) {
      const { object, after, limit } = missing;
      const own = this.#events.filter(
        ({ sequence, objectName }) => sequence > after && objectName === object.objectName,
      );
      queue.addMissing(missing, own.slice(0, limit));
    }
    const { room } = queue;
    const events = this.#events.slice(queue.readUntil, queue.readUntil + room);
    queue.add(events, queue.readUntil + events.length);
    return sendable(queue, now);
  }
}

test('however many events follow one that is refused, those of other objects are delivered', () => {
  const nameOf = (n: number) => (n % 2 === 0 ? 'refused' : `other-${n % 30}`);
  const world = new Refusing(6_000, nameOf, ({ objectName }) => objectName === 'refused');
  world.run(0, 10_000);
  expect(world.accepted).toHaveLength(3_000);
  const held = [{ objectType: 'jwk', objectName: 'refused', from: 2 }];
  expect(world.queue.deliveredEvents).toEqual({ delivered: 1, aheadUntil: 6_000, held });
  expect(world.queue.isEmpty).toBe(false);
});

test('what is held up is delivered in order once it is accepted, also by another process', () => {
  const nameOf = (n: number) => (n % 2 === 0 ? 'refused' : 'other');
  let isRefused = true;
  const world = new Refusing(2_000, nameOf, ({ objectName }) => isRefused && objectName === 'refused');
  world.run(0, 5_000);
  const stored = structuredClone(world.queue.deliveredEvents);
  isRefused = false;
  for (const queue of [world.queue, new DeliveryQueue(stored, () => 0)]) {
    world.queue = queue;
    world.accepted.length = 0;
    world.run(5_000, 60_000);
    expect(world.accepted.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 1_000 }, (_, n) => 2 * (n + 1)),
    );
    expect(queue.deliveredEvents).toEqual(deliveredUpTo(2_000));
    expect(queue.isEmpty).toBe(true);
  }
});

test('where a thousand objects are held up, no new events are read until one is delivered', () => {
  let isRefused = true;
  const world = new Refusing(
    2_000,
    (n) => `jwk-${n}`,
    ({ sequence }) => isRefused && sequence % 2 === 0,
  );
  world.run(0, 5_000);
  expect(world.queue.room).toBe(0);
  expect(world.queue.deliveredEvents.held.length).toBeLessThan(1_300);
  isRefused = false;
  world.run(5_000, 400_000);
  expect(world.queue.deliveredEvents).toEqual(deliveredUpTo(2_000));
});

test('events that are held up and no longer kept are not waited for', () => {
  const world = new Refusing(
    600,
    (n) => (n <= 300 ? 'refused' : `other-${n}`),
    ({ sequence }) => sequence <= 300,
  );
  world.run(0, 5_000);
  expect(world.accepted).toHaveLength(300);
  world.queue.dropBelow(301);
  world.run(5_000, 6_000);
  expect(world.queue.deliveredEvents).toEqual(deliveredUpTo(600));
  expect([world.queue.attempts, world.queue.isEmpty]).toEqual([0, true]);
});

test('an event of another object is not kept waiting by one that failed again and again', () => {
  const world = new Refusing(
    0,
    () => '',
    () => true,
  );
  const { queue } = world;
  queue.add([storedEvent(1, 'refused')], 1);
  world.run(0, 60_000);
  expect([queue.attempts, queue.failures]).toEqual([6, 1]);
  queue.add([storedEvent(2, 'other')], 2);
  expect(sequences(sendable(queue, 60_000))).toEqual([2]);
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
  expect(queue.deliveredEvents.delivered).toBe(2);
});

test('a queue takes a bounded number of events', () => {
  const queue = new DeliveryQueue(deliveredUpTo(0), () => 0);
  const names = Array.from({ length: queue.room }, (_, index) => `jwk-${index}`);
  queue.add(
    names.map((name, index) => storedEvent(index + 1, name)),
    names.length,
  );
  expect(queue.room).toBe(0);
});
