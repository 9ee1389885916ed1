// A receiver that is away for a day, by a clock that only the test moves: when it is tried, and what it gets at its return.

import { expect, test } from 'vitest';
import type { StoredEvent } from '../../src/events/event.ts';
import { deliveredUpTo } from '../../src/webhooks/delivered-events.ts';
import { type Attempt, DeliveryQueue } from '../../src/webhooks/delivery-queue.ts';
import { storedEvent } from './support/stored-event.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const mostAtOnce = 4;

interface Sent {
  readonly sequence: number;
  readonly objectName: string;
  readonly at: number;
}

interface UnderWay {
  readonly sent: Sent;
  readonly attempt: Attempt;
  readonly endsAt: number;
}

/** Each minute one event, of `objects` objects in turn; those that were committed by now are read as there is room. */
class World {
  now = 0;
  readonly attempts: Sent[] = [];
  readonly accepted: Sent[] = [];
  readonly #underWay: UnderWay[] = [];
  readonly #queue: DeliveryQueue;
  readonly #objects: number;
  readonly #total: number;

  constructor(objects: number, total: number, random: () => number) {
    this.#objects = objects;
    this.#total = total;
    this.#queue = new DeliveryQueue(deliveredUpTo(0), random);
  }

  get delivered(): number {
    return this.#queue.deliveredEvents.delivered;
  }

  /** What is sent at the same time ends at different times. */
  runUntil(end: number, isAccepted: boolean): void {
    while (this.now < end) {
      this.#endAttempts(isAccepted);
      this.#read();
      const next = this.#queue.next(this.now, mostAtOnce);
      if ('attempt' in next) {
        const { sequence, objectName } = next.attempt.event;
        const sent = { sequence, objectName, at: this.now };
        this.attempts.push(sent);
        this.#underWay.push({ sent, attempt: next.attempt, endsAt: this.now + (1 + (sequence % 5)) });
        continue;
      }
      const ends = this.#underWay.map(({ endsAt }) => endsAt);
      this.now = Math.min(end, next.notBefore ?? end, this.#nextEvent(), ...ends);
    }
  }

  #endAttempts(isAccepted: boolean): void {
    for (const one of this.#underWay.filter(({ endsAt }) => endsAt <= this.now)) {
      this.#underWay.splice(this.#underWay.indexOf(one), 1);
      if (!isAccepted) {
        this.#queue.failed(one.attempt, this.now);
        continue;
      }
      this.accepted.push(one.sent);
      this.#queue.succeeded(one.attempt);
    }
  }

  #nextEvent(): number {
    const next = (Math.floor(this.now / minute) + 1) * minute;
    return next / minute < this.#total ? next : Number.POSITIVE_INFINITY;
  }

  #read(): void {
    const newest = Math.min(this.#total, Math.floor(this.now / minute) + 1);
    for (let missing = this.#queue.missing(); missing; missing = this.#queue.missing()) {
      const { object, after, limit } = missing;
      const own = this.#events(after, newest).filter(({ objectName }) => objectName === object.objectName);
      this.#queue.addMissing(missing, own.slice(0, limit));
    }
    const { readUntil, room } = this.#queue;
    const until = Math.min(newest, readUntil + room);
    this.#queue.add(this.#events(readUntil, until), until);
  }

  #events(after: number, until: number): readonly StoredEvent[] {
    return Array.from({ length: Math.max(0, until - after) }, (_, n) => this.#event(after + 1 + n));
  }

  #event(sequence: number): StoredEvent {
    return storedEvent(sequence, `jwk-${sequence % this.#objects}`, new Date(sequence * minute));
  }
}

/** A different number each time, and the same ones each run. */
function golden(): () => number {
  let last = 0;
  return () => {
    last = (last + 0.618_033_988) % 1;
    return last;
  };
}

test.each([[1], [7], [500]])(
  'a receiver that is away for a day, with events of %i objects, gets all of them in order',
  (objects) => {
    const total = day / minute;
    const world = new World(objects, total, golden());
    world.runUntil(day, false);
    expect(world.delivered).toBe(0);

    world.runUntil(day + hour, true);
    expect(world.delivered).toBe(total);
    const sequences = world.accepted.map(({ sequence }) => sequence);
    expect(sequences.toSorted((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
    for (let n = 0; n < objects; n += 1) {
      const own = world.accepted.filter(({ objectName }) => objectName === `jwk-${n}`);
      expect(own.map(({ sequence }) => sequence)).toEqual(
        own.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
      );
    }
    expect(world.accepted.at(-1)?.at).toBeLessThan(day + 6 * minute);
  },
);

test('a receiver that is away is tried after 1 s, 2 s, 4 s and so on, from then on every five minutes', () => {
  const world = new World(500, day / minute, () => 0.999_999);
  world.runUntil(day, false);
  const gaps = world.attempts.map(({ at }, n) =>
    Math.round((at - (world.attempts[n - 1]?.at ?? 0)) / second),
  );
  // After 60 s an event of another object is tried at once.
  expect(gaps.slice(0, 11)).toEqual([0, 1, 2, 4, 8, 16, 29, 64, 128, 256, 300]);
  expect(new Set(gaps.slice(10))).toEqual(new Set([300]));
});
