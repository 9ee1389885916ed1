// Delivers events to webhooks, on one manager at a time. Each receiver has a separate delivery, so that one that does not
// answer delays no other.

import { LeasedPoller } from '../runtime/leased-poller.ts';
import { onBehalfOfTask } from '../runtime/requester.ts';
import type { SharedStore } from '../unit-of-work.ts';
import { type DeliveryOptions, WebhookDelivery, type WebhookRuleStores } from './webhook-delivery.ts';

export interface WebhookRunnerOptions<Stores extends WebhookRuleStores>
  extends Omit<DeliveryOptions<Stores>, 'takeExtra'> {
  readonly store: DeliveryOptions<Stores>['store'] & Pick<SharedStore<Stores>, 'changeMark'>;
  readonly onError: (error: unknown) => void;
}

const pollEveryMs = 500;
/** Attempts of all receivers together, beside the one that each has. */
const mostExtra = 32;

export class WebhookRunner<Stores extends WebhookRuleStores> {
  readonly #options: WebhookRunnerOptions<Stores>;
  readonly #poller: LeasedPoller;
  readonly #deliveries = new Map<string, WebhookDelivery<Stores>>();
  readonly #ending = new Set<Promise<void>>();
  #extra = mostExtra;

  constructor(options: WebhookRunnerOptions<Stores>) {
    this.#options = options;
    this.#poller = new LeasedPoller({ ...options, everyMs: pollEveryMs, poll: () => this.#poll() });
  }

  start(): void {
    this.#poller.start();
  }

  /** Starts what is to be delivered, once an earlier poll has ended. It does not wait for deliveries. */
  poll(): Promise<void> {
    return this.#poller.now();
  }

  /** Waits for attempts under way; what they delivered is recorded. */
  close(): Promise<void> {
    return this.#poller.close(() => {
      for (const delivery of this.#deliveries.values()) delivery.close();
      return Promise.all(this.#ending);
    });
  }

  async #poll(): Promise<void> {
    const { store, webhooks, lease } = this.#options;
    this.#poller.idle.begin();
    const { versions, cursors } = await store.read(async (stores) => {
      const found = await webhooks.versions(stores);
      return { versions: found, cursors: found.size === 0 ? [] : await stores.webhooks.pending() };
    });
    for (const [outletId, delivery] of this.#deliveries) delivery.noteVersion(versions.get(outletId) ?? '');
    for (const { outletId, newest } of cursors) this.#deliveries.get(outletId)?.noteNewest(newest);
    const due = cursors.filter(
      ({ outletId, stoppedVersion }) =>
        !this.#deliveries.has(outletId) && stoppedVersion !== versions.get(outletId),
    );
    if (due.length === 0 && this.#deliveries.size === 0) this.#poller.idle.foundNothingUntil(null);
    // What lies idle takes no lease.
    if (due.length === 0 || !(await lease.take())) return;
    for (const { outletId } of due) this.#start(outletId, versions.get(outletId) ?? '');
  }

  #start(outletId: string, version: string): void {
    const takeExtra = () => this.#takeExtra();
    const delivery = new WebhookDelivery({ ...this.#options, takeExtra }, outletId, version);
    this.#deliveries.set(outletId, delivery);
    const ending = onBehalfOfTask(`webhook ${outletId}`, () => delivery.run())
      .catch(this.#options.onError)
      .finally(() => {
        this.#deliveries.delete(outletId);
        this.#ending.delete(ending);
      });
    this.#ending.add(ending);
  }

  #takeExtra(): (() => void) | undefined {
    if (this.#extra === 0) return undefined;
    this.#extra -= 1;
    return () => {
      this.#extra += 1;
    };
  }
}
