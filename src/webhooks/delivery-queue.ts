// What to send next to one receiver, decided from what happened so far. Events of one object go one after the other, in
// order; those of different objects at the same time. An event that fails holds up its own object, and no other as long as
// others succeed. While all attempts fail, one is made at a time.

import type { StoredEvent } from '../events/event.ts';
import { backOffMs, jittered } from '../runtime/back-off.ts';

const retry = Object.freeze({ baseMs: 1_000, capMs: 300_000 });
/** At least half of each wait. */
const jitterShare = 0.5;
/** Events that wait in memory. */
const mostWaiting = 256;
/** Events that were delivered beyond one that was not: a crash delivers them again. */
const mostAhead = 1_000;

interface Entry {
  readonly event: StoredEvent;
  readonly objectKey: string;
}

interface ObjectBackOff {
  readonly attempts: number;
  readonly notBefore: number;
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

export class DeliveryQueue {
  readonly #random: () => number;
  /** In order of their numbers. */
  readonly #waiting = new Map<number, Entry>();
  readonly #sending = new Map<number, Entry>();
  readonly #ahead = new Set<number>();
  readonly #objects = new Map<string, ObjectBackOff>();
  /** All up to this one were read. */
  #readUntil: number;
  #delivered: number;
  /** Without a success since. */
  #failures = 0;
  #notBefore = 0;

  /**
   * @param delivered number of the event up to which all were delivered
   * @param random from 0 to below 1
   */
  constructor(delivered: number, random: () => number) {
    this.#delivered = delivered;
    this.#readUntil = delivered;
    this.#random = random;
  }

  /** Number of the event up to which all were delivered, or did not match. */
  get delivered(): number {
    return this.#delivered;
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
    return Math.max(this.#failures, ...[...this.#objects.values()].map(({ attempts }) => attempts));
  }

  /** Before it, no attempt is made at all. Milliseconds since 1970. */
  get notBefore(): number {
    return this.#notBefore;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0 && this.#sending.size === 0;
  }

  /** How many more events may be read. */
  get room(): number {
    if (this.#ahead.size >= mostAhead) return 0;
    return Math.max(0, mostWaiting - this.#waiting.size - this.#sending.size);
  }

  /** @param readUntil number of the last event that was looked at, whether it matches or not */
  add(events: readonly StoredEvent[], readUntil: number): void {
    for (const event of events) {
      if (event.sequence <= this.#readUntil) continue;
      const objectKey = `${event.objectType} ${event.objectName}`;
      this.#waiting.set(event.sequence, { event, objectKey });
    }
    this.#readUntil = Math.max(this.#readUntil, readUntil);
    this.#moveOn();
  }

  /** Events below this one are no longer kept: they were counted as lost. */
  dropBelow(first: number): void {
    for (const sequence of this.#waiting.keys()) if (sequence < first) this.#waiting.delete(sequence);
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
    for (const [sequence, entry] of this.#waiting) {
      if (seen.has(entry.objectKey)) continue;
      seen.add(entry.objectKey);
      const until = this.#objects.get(entry.objectKey)?.notBefore ?? 0;
      if (until > now) {
        notBefore = Math.min(notBefore ?? until, until);
        continue;
      }
      this.#waiting.delete(sequence);
      this.#sending.set(sequence, entry);
      return { attempt: { event: entry.event, failuresBefore: this.#failures } };
    }
    return { notBefore };
  }

  succeeded({ event }: Attempt): void {
    const entry = this.#sending.get(event.sequence);
    this.#sending.delete(event.sequence);
    if (entry) this.#objects.delete(entry.objectKey);
    this.#failures = 0;
    this.#notBefore = 0;
    this.#ahead.add(event.sequence);
    this.#moveOn();
  }

  /** A message that is none of the events failed. */
  receiverFailed(now: number): void {
    this.#failures += 1;
    this.#notBefore = now + this.#wait(this.#failures);
  }

  failed({ event, failuresBefore }: Attempt, now: number): void {
    const entry = this.#sending.get(event.sequence);
    if (!entry) return;
    this.#sending.delete(event.sequence);
    this.#returnToFront(event.sequence, entry);
    const attempts = (this.#objects.get(entry.objectKey)?.attempts ?? 0) + 1;
    this.#objects.set(entry.objectKey, { attempts, notBefore: now + this.#wait(attempts) });
    // Attempts that were under way together and fail together are one failure of the receiver.
    if (failuresBefore >= this.#failures) this.receiverFailed(now);
  }

  /** The attempt came to no end: it is made again. */
  withdraw({ event }: Attempt): void {
    const entry = this.#sending.get(event.sequence);
    if (!entry) return;
    this.#sending.delete(event.sequence);
    this.#returnToFront(event.sequence, entry);
  }

  /** What failed is tried again at once: the receiver or its address was changed. */
  forgetFailures(): void {
    this.#failures = 0;
    this.#notBefore = 0;
    this.#objects.clear();
  }

  #wait(attempts: number): number {
    return jittered(backOffMs(attempts - 1, retry), jitterShare, this.#random());
  }

  #returnToFront(sequence: number, entry: Entry): void {
    const later = [...this.#waiting];
    this.#waiting.clear();
    const at = later.findIndex(([other]) => other > sequence);
    later.splice(at === -1 ? later.length : at, 0, [sequence, entry]);
    for (const [key, value] of later) this.#waiting.set(key, value);
  }

  #moveOn(): void {
    const open = Math.min(...this.#waiting.keys(), ...this.#sending.keys());
    this.#delivered = Math.max(this.#delivered, Math.min(open - 1, this.#readUntil));
    for (const sequence of this.#ahead) if (sequence <= this.#delivered) this.#ahead.delete(sequence);
  }
}
