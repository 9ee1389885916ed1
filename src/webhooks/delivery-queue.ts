// What to send next to one receiver, decided from what happened so far. Events of one object go one after the other, in
// order; those of different objects at the same time. An event that fails holds up its own object, and no other as long as
// others succeed. While all attempts fail, one is made at a time.
//
// Of an object that is held up only the first event stays in memory; those behind it are read again when it was delivered.

import type { StoredEvent } from '../events/event.ts';
import type { EventObjectType } from '../events/event-types.ts';
import { type DeliveredEvents, type HeldObject, objectKeyOf } from './delivered-events.ts';
import { retryWaitMs } from './retry-wait.ts';

/** Events that wait in memory, beside the first of each object that is held up. */
const mostWaiting = 256;
/** Events that were delivered beyond one that was not tried: a crash delivers them again. */
const mostAhead = 1_000;
/** Where more are held up, no new events are read: the state of each is stored. */
const mostHeld = 1_000;

interface Entry {
  readonly event: StoredEvent;
  readonly objectKey: string;
}

/** An object of which an event failed, until all its events up to `aheadUntil` are delivered. */
interface HeldUp {
  readonly objectType: EventObjectType;
  readonly objectName: string;
  /** Of its first event; 0: it did not fail since it is the first. */
  attempts: number;
  /** How many events the receiver had accepted when it failed first. */
  acceptedBefore: number;
  notBefore: number;
  /** From this number on its events up to `readUntil` are not in memory. */
  unreadFrom: number | undefined;
}

export interface Attempt {
  readonly event: StoredEvent;
  /** How many failures of the receiver there had been. */
  readonly failuresBefore: number;
}

export type NextDelivery =
  | { readonly attempt: Attempt }
  /** Milliseconds since 1970; undefined: when an attempt ends, or there is a new event. */
  | { readonly notBefore: number | undefined };

/** Events of an object to be read again: those after `after`, at most `limit`. */
export interface MissingEvents {
  readonly object: Pick<HeldObject, 'objectType' | 'objectName'>;
  readonly after: number;
  readonly limit: number;
}

export class DeliveryQueue {
  readonly #random: () => number;
  /** In order of their numbers. */
  #waiting = new Map<number, Entry>();
  readonly #sending = new Map<number, Entry>();
  /** Delivered ones beyond `aheadUntil`. */
  readonly #ahead = new Set<number>();
  readonly #held = new Map<string, HeldUp>();
  /** All up to this one were read. */
  #readUntil: number;
  #aheadUntil: number;
  /** Of those that are kept. */
  #first = 0;
  #accepted = 0;
  /** Without a success since. */
  #failures = 0;
  #failedLast: string | undefined;
  /** Failures of `failedLast` alone, that say nothing of the receiver unless another fails as well. */
  #repeated = 0;
  #notBefore = 0;

  /** @param random from 0 to below 1 */
  constructor({ delivered, aheadUntil, held }: DeliveredEvents, random: () => number) {
    this.#random = random;
    this.#aheadUntil = Math.max(delivered, aheadUntil);
    this.#readUntil = this.#aheadUntil;
    for (const { from, ...object } of held) {
      if (from <= delivered || from > this.#aheadUntil) continue;
      this.#held.set(objectKeyOf(object), { ...newlyHeld(object), unreadFrom: from });
    }
  }

  get deliveredEvents(): DeliveredEvents {
    const held = this.#heldObjects();
    const first = Math.min(...held.map(({ from }) => from));
    return { delivered: Math.min(this.#aheadUntil, first - 1), aheadUntil: this.#aheadUntil, held };
  }

  get readUntil(): number {
    return this.#readUntil;
  }

  /** Failures of the receiver since its last success. */
  get failures(): number {
    return this.#failures;
  }

  /** Attempts in vain of what is tried longest. */
  get attempts(): number {
    return Math.max(this.#failures, ...[...this.#held.values()].map(({ attempts }) => attempts));
  }

  /** Before it, no attempt is made at all. Milliseconds since 1970. */
  get notBefore(): number {
    return this.#notBefore;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0 && this.#sending.size === 0 && this.#held.size === 0;
  }

  /** By an event that failed, now or in an earlier process. */
  get isHeldUp(): boolean {
    return this.#held.size > 0;
  }

  /** How many more events may be read. */
  get room(): number {
    return this.#ahead.size >= mostAhead || this.#held.size >= mostHeld ? 0 : this.#memory();
  }

  /** @param readUntil number of the last event that was looked at, whether it matches or not */
  add(events: readonly StoredEvent[], readUntil: number): void {
    for (const event of events) {
      if (event.sequence <= this.#readUntil) continue;
      const objectKey = objectKeyOf(event);
      const held = this.#held.get(objectKey);
      if (held) held.unreadFrom ??= event.sequence;
      else this.#waiting.set(event.sequence, { event, objectKey });
    }
    this.#readUntil = Math.max(this.#readUntil, readUntil);
    this.#moveOn();
  }

  /** Of an object that is no longer held up: events that are not in memory. */
  missing(): MissingEvents | undefined {
    if (this.#held.size === 0) return undefined;
    const limit = this.#memory();
    if (limit === 0) return undefined;
    const inMemory = this.#objectsInMemory();
    for (const [objectKey, { objectType, objectName, unreadFrom }] of this.#held) {
      if (unreadFrom === undefined || inMemory.has(objectKey)) continue;
      return { object: { objectType, objectName }, after: unreadFrom - 1, limit };
    }
    return undefined;
  }

  /** @param events the first ones that match */
  addMissing({ object, limit }: MissingEvents, events: readonly StoredEvent[]): void {
    const objectKey = objectKeyOf(object);
    const held = this.#held.get(objectKey);
    if (!held) return;
    // Later ones are read with those of other objects.
    const own = events.filter(({ sequence }) => sequence <= this.#readUntil);
    const last = own.at(-1);
    const isAll = events.length < limit || own.length < events.length;
    held.unreadFrom = isAll || !last ? undefined : last.sequence + 1;
    this.#insert(own.map((event) => ({ event, objectKey })));
    this.#endHold(objectKey);
    this.#moveOn();
  }

  /** Events below this one are no longer kept: they were counted as lost. */
  dropBelow(first: number): void {
    if (first <= this.#first) return;
    this.#first = first;
    for (const [sequence, { objectKey }] of this.#waiting) {
      if (sequence >= first) break;
      this.#waiting.delete(sequence);
      const held = this.#held.get(objectKey);
      if (held) Object.assign(held, { attempts: 0, notBefore: 0 });
    }
    const inMemory = this.#objectsInMemory();
    for (const [objectKey, held] of this.#held) {
      if (held.unreadFrom !== undefined) held.unreadFrom = Math.max(held.unreadFrom, first);
      else if (!inMemory.has(objectKey)) this.#held.delete(objectKey);
    }
    this.#readUntil = Math.max(this.#readUntil, first - 1);
    this.#moveOn();
  }

  /** What may be sent now. It counts as being sent until `succeeded` or `failed`. */
  next(now: number, mostAtOnce: number): NextDelivery {
    const isProbing = this.#failures > 0;
    if (this.#sending.size >= (isProbing ? 1 : mostAtOnce)) return { notBefore: undefined };
    if (isProbing && now < this.#notBefore) return { notBefore: this.#notBefore };
    const seen = new Set([...this.#sending.values()].map(({ objectKey }) => objectKey));
    let notBefore: number | undefined;
    let chosen: Entry | undefined;
    // A receiver that fails is tried with what failed least: an event that is refused says little of others.
    let fewest = Number.POSITIVE_INFINITY;
    for (const entry of this.#waiting.values()) {
      if (seen.has(entry.objectKey)) continue;
      seen.add(entry.objectKey);
      const { attempts, notBefore: until } = this.#held.get(entry.objectKey) ?? { attempts: 0, notBefore: 0 };
      if (until > now) notBefore = Math.min(notBefore ?? until, until);
      else if (attempts < fewest) [chosen, fewest] = [entry, attempts];
      if (chosen && (!isProbing || fewest === 0)) break;
    }
    if (!chosen) return { notBefore };
    const { event } = chosen;
    this.#waiting.delete(event.sequence);
    this.#sending.set(event.sequence, chosen);
    return { attempt: { event, failuresBefore: this.#failures } };
  }

  succeeded({ event }: Attempt): void {
    const entry = this.#sending.get(event.sequence);
    this.#sending.delete(event.sequence);
    this.#accepted += 1;
    this.#failures = 0;
    this.#failedLast = undefined;
    this.#repeated = 0;
    this.#notBefore = 0;
    if (event.sequence > this.#aheadUntil) this.#ahead.add(event.sequence);
    const held = entry && this.#held.get(entry.objectKey);
    if (held) {
      Object.assign(held, { attempts: 0, notBefore: 0 });
      this.#endHold(entry.objectKey);
    }
    this.#moveOn();
  }

  /** A message that is none of the events failed. */
  receiverFailed(now: number): void {
    this.#failures += 1 + this.#repeated;
    this.#repeated = 0;
    this.#notBefore = now + retryWaitMs(this.#failures, this.#random());
  }

  failed({ event, failuresBefore }: Attempt, now: number): void {
    const entry = this.#sending.get(event.sequence);
    if (!entry) return;
    this.#sending.delete(event.sequence);
    const { objectKey } = entry;
    const held = this.#held.get(objectKey) ?? newlyHeld(event);
    this.#held.set(objectKey, held);
    // Not where the receiver has accepted others meanwhile.
    const mayBeReceiver = held.attempts === 0 || held.acceptedBefore === this.#accepted;
    const isRepeated = held.attempts > 0 && this.#failedLast === objectKey;
    this.#failedLast = objectKey;
    if (held.attempts === 0) held.acceptedBefore = this.#accepted;
    held.attempts += 1;
    held.notBefore = now + retryWaitMs(held.attempts, this.#random());
    for (const [sequence, other] of this.#waiting) {
      if (other.objectKey !== objectKey) continue;
      this.#waiting.delete(sequence);
      held.unreadFrom = Math.min(held.unreadFrom ?? sequence, sequence);
    }
    this.#insert([entry]);
    // Attempts that were under way together and fail together are one failure of the receiver.
    if (mayBeReceiver && isRepeated) this.#repeated += 1;
    else if (mayBeReceiver && failuresBefore >= this.#failures) this.receiverFailed(now);
    this.#moveOn();
  }

  /** The attempt came to no end: it is made again. */
  withdraw({ event }: Attempt): void {
    const entry = this.#sending.get(event.sequence);
    if (!entry) return;
    this.#sending.delete(event.sequence);
    this.#insert([entry]);
  }

  /** What failed is tried again at once: the receiver or its address was changed. */
  forgetFailures(): void {
    this.#failures = 0;
    this.#repeated = 0;
    this.#notBefore = 0;
    for (const held of this.#held.values()) Object.assign(held, { attempts: 0, notBefore: 0 });
  }

  /** Each object that is held up has one event in memory beside those that count. */
  #memory(): number {
    let failing = 0;
    for (const { attempts } of this.#held.values()) if (attempts > 0) failing += 1;
    const free = mostWaiting + failing - this.#waiting.size - this.#sending.size;
    // Not a few at a time.
    return free < mostWaiting / 2 ? 0 : free;
  }

  #objectsInMemory(): ReadonlySet<string> {
    return new Set([...this.#waiting.values(), ...this.#sending.values()].map(({ objectKey }) => objectKey));
  }

  #heldObjects(): readonly HeldObject[] {
    if (this.#held.size === 0) return [];
    const firstOf = new Map<string, number>();
    for (const { event, objectKey } of [...this.#waiting.values(), ...this.#sending.values()]) {
      firstOf.set(objectKey, Math.min(firstOf.get(objectKey) ?? event.sequence, event.sequence));
    }
    return [...this.#held].flatMap(([objectKey, { objectType, objectName, unreadFrom }]) => {
      const from = firstOf.get(objectKey) ?? unreadFrom;
      return from === undefined || from > this.#aheadUntil ? [] : [{ objectType, objectName, from }];
    });
  }

  /** Where nothing of the object is left. */
  #endHold(objectKey: string): void {
    if (this.#held.get(objectKey)?.unreadFrom !== undefined) return;
    for (const entries of [this.#waiting, this.#sending]) {
      for (const entry of entries.values()) if (entry.objectKey === objectKey) return;
    }
    this.#held.delete(objectKey);
  }

  #insert(entries: readonly Entry[]): void {
    const all = [...this.#waiting.values(), ...entries];
    all.sort((one, other) => one.event.sequence - other.event.sequence);
    this.#waiting = new Map(all.map((entry) => [entry.event.sequence, entry]));
  }

  #moveOn(): void {
    let open = this.#readUntil + 1;
    for (const { event, objectKey } of this.#sending.values()) {
      if (!this.#held.has(objectKey)) open = Math.min(open, event.sequence);
    }
    for (const { event, objectKey } of this.#waiting.values()) {
      if (this.#held.has(objectKey)) continue;
      open = Math.min(open, event.sequence);
      break;
    }
    this.#aheadUntil = Math.max(this.#aheadUntil, open - 1);
    for (const sequence of this.#ahead) if (sequence <= this.#aheadUntil) this.#ahead.delete(sequence);
  }
}

function newlyHeld({ objectType, objectName }: Pick<HeldObject, 'objectType' | 'objectName'>): HeldUp {
  return { objectType, objectName, attempts: 0, acceptedBefore: 0, notBefore: 0, unreadFrom: undefined };
}
