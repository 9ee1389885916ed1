// Puts open audit records into the chain soon after they were committed. Each manager closes its own, and polls for what
// a manager left open that was killed. Readers of the log and exclusive writes close as well, so nothing waits for this.

import { Poller } from '../runtime/poller.ts';
import { type AuditedStore, closeBeforeReading } from './create-audit-log.ts';

export interface AuditCloserOptions {
  readonly store: AuditedStore;
  readonly onError: (error: unknown) => void;
}

/** Records that are committed meanwhile are closed together. */
const closeAfterMs = 500;
const pollEveryMs = 15_000;

export class AuditCloser {
  readonly #options: AuditCloserOptions;
  readonly #poller: Poller;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AuditCloserOptions) {
    this.#options = options;
    const { store, onError } = options;
    this.#poller = new Poller({ everyMs: pollEveryMs, poll: () => closeBeforeReading(store), onError });
  }

  start(): void {
    this.#poller.start();
  }

  /** One will soon be committed. */
  onOpen(): void {
    if (this.#poller.isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#poller.now().catch(this.#options.onError);
    }, closeAfterMs).unref();
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#poller.close();
    await closeBeforeReading(this.#options.store).catch(this.#options.onError);
  }
}
