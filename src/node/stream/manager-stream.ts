// Keeps one stream to the manager for as long as the node runs. A manager that is away, for good if need be, costs
// a dial every few seconds and nothing else: the node goes on serving.

import { setTimeout as sleep } from 'node:timers/promises';
import { backOffMs } from './back-off.ts';
import { type ConnectionOptions, connectOnce } from './manager-connection.ts';

/** Everything of one connection but what the stream itself follows. */
export type ManagerStreamOptions = Omit<ConnectionOptions, 'onWelcome'>;

/** The same trouble is told again after so long. */
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
    const { timing, log, url } = this.#options;
    const { signal } = this.#stop;
    const tell = oncePerMinute((reason) =>
      log.warn({ manager: url.host, reason }, 'no stream from the manager'),
    );
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      let welcomedAtMs: number | undefined;
      const onWelcome = () => {
        welcomedAtMs = performance.now();
        this.#mark(true);
        log.info({ manager: url.host }, 'connected to the manager');
      };
      const { reason, slow } = await connectOnce({ ...this.#options, onWelcome }, signal);
      this.#mark(false);
      if (signal.aborted) return;
      tell(reason);
      // One that welcomes and drops at once is not dialed in a tight loop.
      if (welcomedAtMs !== undefined && performance.now() - welcomedAtMs > timing.capMs) attempt = 0;
      const random = Math.random();
      const waitMs = slow ? (timing.slowRetryMs * (1 + random)) / 2 : backOffMs(attempt, timing, random);
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  #mark(connected: boolean): void {
    if (this.#connected === connected) return;
    this.#connected = connected;
    this.#since = new Date();
  }
}

function oncePerMinute(tell: (reason: string) => void): (reason: string) => void {
  let last: string | undefined;
  let toldAtMs = 0;
  return (reason) => {
    if (reason === last && performance.now() - toldAtMs < repeatMs) return;
    last = reason;
    toldAtMs = performance.now();
    tell(reason);
  };
}
