// Who seals and sends now. A thousand nodes may need the same change at the same moment, and to serve them in one go would
// hold the event loop for as long as it takes. They take turns, a slice in each iteration of the event loop. A node that
// is sent much queues again for each part of it, behind those that wait for a small change. What revokes a key goes before
// all others.

import { LoopSlice } from '../runtime/event-loop.ts';
import { Semaphore } from '../runtime/semaphore.ts';

/**
 * Nodes that are sent more than one part at a time. What waits to leave for each is bounded, so this bounds the sum; and
 * those that go together ask for the same parts, which are read once.
 */
const defaultBulkSends = 64;

export class SendTurns {
  readonly #waiting: (() => void)[] = [];
  readonly #urgent: (() => void)[] = [];
  readonly #slice = new LoopSlice();
  /** Of those that are sent much. */
  readonly bulkSends: Semaphore;

  constructor(bulkSends = defaultBulkSends) {
    this.bulkSends = new Semaphore(bulkSends);
  }

  /**
   * Runs `send` at once if the queue is empty and the slice of this iteration has time left, otherwise queues it.
   * @param isMuch it ends the slice: requests need several iterations, and should have them soon
   * @param isUrgent it goes before all that are not
   */
  run(send: () => void, { isMuch = false, isUrgent = false } = {}): Promise<void> | undefined {
    const before = isUrgent ? this.#urgent.length : this.#waiting.length + this.#urgent.length;
    if (before === 0 && this.#slice.hasTime()) {
      send();
      if (isMuch) this.#slice.end();
      return undefined;
    }
    const queue = isUrgent ? this.#urgent : this.#waiting;
    const isFirst = this.#waiting.length + this.#urgent.length === 0;
    return new Promise((resolve, reject) => {
      queue.push(() => {
        try {
          resolve(send());
          if (isMuch) this.#slice.end();
        } catch (error) {
          reject(error);
        }
      });
      if (isFirst) setImmediate(() => this.#continue());
    });
  }

  #continue(): void {
    this.#slice.restart();
    while (this.#slice.hasTime()) {
      const next = this.#urgent.shift() ?? this.#waiting.shift();
      if (!next) return;
      next();
    }
    if (this.#waiting.length + this.#urgent.length > 0) setImmediate(() => this.#continue());
  }
}
