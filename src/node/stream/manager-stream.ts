// Keeps one stream to a manager, any of the configured ones, for as long as the node runs. Unreachable managers cost a
// connection attempt every few seconds and nothing else: the node continues to serve.

import { setTimeout as sleep } from 'node:timers/promises';
import { ManagerAddresses } from './manager-addresses.ts';
import { type ConnectionOptions, connectOnce } from './manager-connection.ts';

/** Everything of one connection but what the stream itself follows. */
export interface ManagerStreamOptions extends Omit<ConnectionOptions, 'onWelcome' | 'url'> {
  /** One at least; all of one installation. */
  readonly urls: readonly URL[];
}

/** The same problem is logged again after this time. */
const repeatMs = 60_000;

export class ManagerStream {
  readonly #options: ManagerStreamOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #connected = false;
  #since = new Date();

  constructor(options: ManagerStreamOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** When `connected` last changed. */
  get since(): Date {
    return this.#since;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { timing, log, urls } = this.#options;
    const { signal } = this.#stop;
    const tell = oncePerMinute((manager, reason) =>
      log.warn({ manager, reason }, 'no stream from the manager'),
    );
    const nowMs = () => performance.now();
    const addresses = new ManagerAddresses(urls, { timing, random: Math.random, nowMs });
    for (let url = addresses.first(); !signal.aborted; ) {
      let welcomedAtMs: number | undefined;
      const onWelcome = () => {
        welcomedAtMs = performance.now();
        this.#mark(true);
        log.info({ manager: url.host }, 'connected to the manager');
      };
      const { reason, slowFor } = await connectOnce({ ...this.#options, url, onWelcome }, signal);
      this.#mark(false);
      if (signal.aborted) return;
      tell(url.host, reason);
      // A manager that accepts and closes at once is not retried in a tight loop.
      const held = welcomedAtMs !== undefined && performance.now() - welcomedAtMs > timing.capMs;
      const next = addresses.next({ slowFor, held });
      await sleep(next.waitMs, undefined, { signal }).catch(() => undefined);
      url = next.url;
    }
  }

  #mark(connected: boolean): void {
    if (this.#connected === connected) return;
    this.#connected = connected;
    this.#since = new Date();
  }
}

/** The same of the same manager; with several of them, their troubles take turns. */
function oncePerMinute(
  tell: (manager: string, reason: string) => void,
): (manager: string, reason: string) => void {
  const told = new Map<string, { readonly reason: string; readonly atMs: number }>();
  return (manager, reason) => {
    const last = told.get(manager);
    if (reason === last?.reason && performance.now() - last.atMs < repeatMs) return;
    told.set(manager, { reason, atMs: performance.now() });
    tell(manager, reason);
  };
}
