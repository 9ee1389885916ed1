// Log lines that clients cause as often as they like: a number of them a minute for each network and for all, and one line
// for each text that counts the rest.

import { type QueueTime, realTime } from './fair-queue.ts';
import { networkOf } from './network-of.ts';

export interface WarnLog {
  warn(facts: Record<string, unknown>, text: string): void;
}

export interface BoundedLogOptions {
  readonly log: WarnLog;
  readonly time?: Pick<QueueTime, 'after'>;
  /** Lines of one network in a minute. */
  readonly linesOfNetwork?: number;
  /** Lines in a minute. */
  readonly linesOfAll?: number;
}

const minuteMs = 60_000;

export class BoundedLog {
  readonly #options: Required<BoundedLogOptions>;
  /** Lines of this minute by network, the unknown one included. */
  readonly #lines = new Map<string, number>();
  #total = 0;
  /** Those of this minute that were only counted, by text. */
  readonly #rest = new Map<string, number>();
  #cancelEnd: (() => void) | undefined;

  constructor(options: BoundedLogOptions) {
    this.#options = { time: realTime, linesOfNetwork: 60, linesOfAll: 600, ...options };
  }

  /** @param address of the client; null where it is unknown */
  warn(address: string | null, facts: Record<string, unknown>, text: string): void {
    const { log, time, linesOfNetwork, linesOfAll } = this.#options;
    this.#cancelEnd ??= time.after(minuteMs, () => this.flush());
    const network = networkOf(address ?? '');
    const lines = this.#lines.get(network) ?? 0;
    if (lines >= linesOfNetwork || this.#total >= linesOfAll) {
      this.#rest.set(text, (this.#rest.get(text) ?? 0) + 1);
      return;
    }
    this.#lines.set(network, lines + 1);
    this.#total += 1;
    log.warn({ ...facts, address }, text);
  }

  /** Ends the minute: logs what was only counted. */
  flush(): void {
    this.#cancelEnd?.();
    this.#cancelEnd = undefined;
    for (const [text, count] of this.#rest) this.#options.log.warn({ count }, text);
    this.#rest.clear();
    this.#lines.clear();
    this.#total = 0;
  }
}
