// Delivers events to webhooks, on one manager at a time. Each receiver has a separate delivery, so that one that does not
// answer delays no other.

import { LookGate } from '../runtime/look-gate.ts';
import { RepeatedLook } from '../runtime/repeated-look.ts';
import { onBehalfOfTask } from '../runtime/requester.ts';
import type { SharedStore } from '../unit-of-work.ts';
import { type DeliveryOptions, WebhookDelivery, type WebhookRuleStores } from './webhook-delivery.ts';

export interface WebhookRunnerOptions<Stores extends WebhookRuleStores>
  extends Omit<DeliveryOptions<Stores>, 'takeExtra'> {
  readonly store: DeliveryOptions<Stores>['store'] & Pick<SharedStore<Stores>, 'changeMark'>;
  readonly onError: (error: unknown) => void;
}

const lookEveryMs = 500;
/** Attempts of all receivers together, beside the one that each has. */
const mostExtra = 32;

export class WebhookRunner<Stores extends WebhookRuleStores> {
  readonly #options: WebhookRunnerOptions<Stores>;
  readonly #looks: RepeatedLook;
  readonly #gate: LookGate;
  readonly #deliveries = new Map<string, WebhookDelivery<Stores>>();
  readonly #ending = new Set<Promise<void>>();
  #extra = mostExtra;

  constructor(options: WebhookRunnerOptions<Stores>) {
    this.#options = options;
    const { onError } = options;
    this.#gate = new LookGate(
      () => options.store.changeMark(),
      () => new Date(),
    );
    this.#looks = new RepeatedLook({
      everyMs: lookEveryMs,
      look: () => this.#look(),
      isQuiet: () => this.#gate.isQuiet,
      onError,
    });
  }

  start(): void {
    this.#looks.start();
  }

  /** Starts what is to be delivered, once an earlier look has ended. It does not wait for deliveries. */
  look(): Promise<void> {
    return this.#looks.now();
  }

  /** Waits for attempts under way; what they delivered is recorded. */
  async close(): Promise<void> {
    await this.#looks.close();
    for (const delivery of this.#deliveries.values()) delivery.close();
    await Promise.all(this.#ending);
    await this.#options.lease.release().catch(this.#options.onError);
  }

  async #look(): Promise<void> {
    const { store, webhooks, lease } = this.#options;
    this.#gate.begin();
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
    if (due.length === 0 && this.#deliveries.size === 0) this.#gate.foundNothingUntil(null);
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
