// Who seals and sends now. A thousand nodes want the same at the same moment; to serve them in one go would hold the
// event loop for as long as it takes. They come one after another, a stretch a turn of the loop, and a node that is
// given much queues for each part of it anew, behind those that wait for a small change.

import { Semaphore } from '../../runtime/semaphore.ts';

/** What arrives meanwhile takes as long again, and 50 ms is what anything may hold the event loop for. */
const stretchMs = 10;
/**
 * Nodes that are given more than one part at a time. What waits to leave for each is bounded, so this bounds the sum; and
 * those that go together ask for the same parts, which are read once.
 */
const defaultPlaces = 64;

export class SendTurns {
  readonly #waiting: (() => void)[] = [];
  #stretchEndsAt = 0;
  #isOpen = false;
  /** Of those that are given much. */
  readonly places: Semaphore;

  constructor(places = defaultPlaces) {
    this.places = new Semaphore(places);
  }

  /**
   * Runs it at once where nobody waits and this turn of the event loop has time left, or else in its turn.
   * @param isMuch a stretch ends with it: requests need several turns, and should have them soon
   */
  run(work: () => void, isMuch = false): Promise<void> | undefined {
    if (this.#waiting.length === 0 && this.#hasTime()) {
      work();
      if (isMuch) this.#stretchEndsAt = 0;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const first = this.#waiting.push(() => {
        try {
          resolve(work());
          if (isMuch) this.#stretchEndsAt = 0;
        } catch (error) {
          reject(error);
        }
      });
      if (first === 1) setImmediate(() => this.#goOn());
    });
  }

  #goOn(): void {
    this.#isOpen = false;
    while (this.#hasTime()) {
      const next = this.#waiting.shift();
      if (!next) return;
      next();
    }
    if (this.#waiting.length > 0) setImmediate(() => this.#goOn());
  }

  #hasTime(): boolean {
    const now = performance.now();
    if (this.#isOpen) return now < this.#stretchEndsAt;
    this.#isOpen = true;
    this.#stretchEndsAt = now + stretchMs;
    setImmediate(() => {
      this.#isOpen = false;
    });
    return true;
  }
}
