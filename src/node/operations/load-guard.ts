// Back-pressure of the operations listener. What cannot be performed soon is rejected at once, so that latency stays bounded:
// a request when too many are in progress, and any when the event loop is late. Applications that use less than their share
// are not rejected for one that uses more.

import { monitorLateness } from './lateness.ts';

export interface LoadGuardOptions {
  /** Requests that are read, wait or run. */
  readonly most?: number;
  /** Of these, those of one application. */
  readonly mostOfApplication?: number;
  /** Items of batches that wait or run, of one application. */
  readonly mostItems?: number;
  /** @returns what ends it. Calls `onWindow` again and again with its length and by how much it was late. */
  readonly watch?: typeof monitorLateness;
}

/** What runs on the event loop is complete before the next request is read, so that this bounds what waits for the thread pool. */
const defaultMost = 1_024;
const defaultMostOfApplication = 512;
/** A request may be a batch of a hundred operations. As many small ones as this take the loop about half a second. */
const defaultMostItems = 8_192;
/** A loop that is later than this, with more connections than that, has more requests than it can perform. */
const mostLateMs = 250;
/** A connection has one request at a time: few connections wait little when other work made the loop late. */
const fewConnections = 256;
/** How late it may be when the requests of the last window come again. */
const targetMs = 100;
/** Of all applications in one window, however late the loop is: other work may have made it late. */
const leastInWindow = 64;

export interface EnteredRequest {
  /**
   * Counts the items of a batch until the request ends.
   * @returns false where the batch is to be rejected
   */
  takeItems(count: number): boolean;
  /** Calling it again has no effect. */
  leave(): void;
}

export class LoadGuard {
  readonly #most: number;
  readonly #mostOfApplication: number;
  readonly #mostItems: number;
  readonly #inProgress = new Map<string, number>();
  /** Of each application, while it has batches. */
  readonly #items = new Map<string, number>();
  #total = 0;
  #connections = 0;
  /** Of each application, since the window began. */
  #inWindow = new Map<string, number>();
  /** Of each application in a window; undefined while the loop is on time. */
  #share: number | undefined;
  readonly #stop: () => void;

  constructor({
    most = defaultMost,
    mostOfApplication = defaultMostOfApplication,
    mostItems = defaultMostItems,
    watch = monitorLateness,
  }: LoadGuardOptions = {}) {
    this.#most = most;
    this.#mostOfApplication = mostOfApplication;
    this.#mostItems = mostItems;
    this.#stop = watch((windowMs, lateMs) => this.#onWindow(windowMs, lateMs));
  }

  get inProgress(): number {
    return this.#total;
  }

  /** Undefined where the request is to be rejected. */
  enter(applicationId: string): EnteredRequest | undefined {
    const own = this.#inProgress.get(applicationId) ?? 0;
    const inWindow = this.#inWindow.get(applicationId) ?? 0;
    if (this.#share !== undefined && inWindow >= this.#share) return undefined;
    if (own >= this.#mostOfApplication) return undefined;
    if (this.#total >= this.#most && own >= this.#most / (this.#inProgress.size + 1)) return undefined;
    this.#inProgress.set(applicationId, own + 1);
    this.#inWindow.set(applicationId, inWindow + 1);
    this.#total += 1;
    let isOpen = true;
    let items = 0;
    return {
      takeItems: (count) => {
        const others = this.#items.get(applicationId) ?? 0;
        if (others + count > this.#mostItems) return false;
        items += count;
        this.#items.set(applicationId, others + count);
        return true;
      },
      leave: () => {
        if (!isOpen) return;
        isOpen = false;
        lower(this.#items, applicationId, items);
        this.#total -= 1;
        lower(this.#inProgress, applicationId, 1);
      },
    };
  }

  /** @returns what ends the connection */
  connect(): () => void {
    this.#connections += 1;
    return () => {
      this.#connections -= 1;
    };
  }

  close(): void {
    this.#stop();
  }

  #onWindow(windowMs: number, lateMs: number): void {
    const applications = Math.max(1, this.#inWindow.size);
    let requests = 0;
    for (const count of this.#inWindow.values()) requests += count;
    const affordable = Math.max(leastInWindow, (requests * targetMs) / windowMs);
    const isLate = lateMs > mostLateMs && this.#connections > fewConnections;
    this.#share = isLate ? Math.ceil(affordable / applications) : undefined;
    this.#inWindow = new Map();
  }
}

function lower(counts: Map<string, number>, key: string, by: number): void {
  const rest = (counts.get(key) ?? 0) - by;
  if (rest > 0) counts.set(key, rest);
  else counts.delete(key);
}
