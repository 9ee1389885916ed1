// Delivers the events of a project to one receiver until there are none left. It ends then, and begins again with the next
// event.

import { eventBody } from '../events/event.ts';
import type { EventQuery, EventStores } from '../events/event-store.ts';
import { recordEvent } from '../events/record-event.ts';
import type { Lease } from '../leases/lease.ts';
import type { LeaseStores } from '../leases/lease-store.ts';
import { newId } from '../new-id.ts';
import { faultPoints } from '../runtime/fault-points.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { deliveredUpTo } from './delivered-events.ts';
import { type Attempt, DeliveryQueue } from './delivery-queue.ts';
import { retryWaitMs } from './retry-wait.ts';
import { type SenderOptions, type SendOutcome, sendWebhook } from './send-webhook.ts';
import type { Webhook, Webhooks } from './webhook.ts';
import type { WebhookStores } from './webhook-store.ts';

export type WebhookRuleStores = WebhookStores & EventStores & LeaseStores;

export interface DeliveryOptions<Stores extends WebhookRuleStores> extends SenderOptions {
  readonly store: UnitOfWork<Stores>;
  readonly webhooks: Webhooks<Stores>;
  readonly lease: Lease;
  readonly random: () => number;
  /** Attempts beside the one that each receiver always has. @returns the release, undefined where none is free */
  readonly takeExtra: () => (() => void) | undefined;
}

/** Attempts to one receiver at a time. */
const mostAtOnce = 4;
/** How old what is stored of a delivery, or known of the store, may be. */
const staleAfterMs = 250;
const mostObjectsRead = 8;

export class WebhookDelivery<Stores extends WebhookRuleStores> {
  readonly #options: DeliveryOptions<Stores>;
  readonly #outletId: string;
  #version: string;
  #isClosed = false;
  #wake: (() => void) | undefined;
  /** Something ended or changed since the last step began. */
  #isSignalled = false;
  #webhook: Webhook | undefined;
  #queue: DeliveryQueue | undefined;
  readonly #underWay = new Set<Promise<void>>();
  #lost = 0;
  /** Attempts in a row to report what was lost that the receiver refused while it may accept events. */
  #refusedGap = { attempts: 0, notBefore: 0 };
  #newest = 0;
  #lastError: string | null = null;
  #deliveredAt: Date | null = null;
  #stoppedVersion: string | null = null;
  /** Attempts that an earlier delivery recorded: until this one has a result, they count. */
  #attemptsBefore = 0;
  #hasDelivered = false;
  #reportedFailing = false;
  #saved = '';
  #savedMs = 0;
  #readMs = 0;
  #failure: unknown;

  constructor(options: DeliveryOptions<Stores>, outletId: string, version: string) {
    this.#options = options;
    this.#outletId = outletId;
    this.#version = version;
  }

  /** The outlet has this version now. */
  noteVersion(version: string): void {
    if (version === this.#version) return;
    this.#version = version;
    this.#webhook = undefined;
    this.#signal();
  }

  /** Number of the newest event of the project. What waits for a receiver that fails is not to hold up new events. */
  noteNewest(newest: number): void {
    if (newest <= this.#newest) return;
    this.#newest = newest;
    this.#signal();
  }

  close(): void {
    this.#isClosed = true;
    this.#signal();
  }

  /** @throws what the store throws */
  async run(): Promise<void> {
    try {
      while (this.#mayGoOn && (await this.#step()));
    } finally {
      await Promise.allSettled(this.#underWay);
    }
    await this.#save();
  }

  get #mayGoOn(): boolean {
    return !this.#isClosed && this.#options.lease.isHeld;
  }

  /** @returns whether there is more to do */
  async #step(): Promise<boolean> {
    this.#isSignalled = false;
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#stoppedVersion !== null || !(await this.#read())) return false;
    const [webhook, queue] = [this.#webhook, this.#queue];
    if (!webhook || !queue) return false;
    const isGapDue = this.#lost > 0 && this.#options.clock().getTime() >= this.#refusedGap.notBefore;
    return isGapDue ? this.#sendGap(webhook, queue) : this.#sendNext(webhook, queue);
  }

  async #sendNext(webhook: Webhook, queue: DeliveryQueue): Promise<boolean> {
    const now = this.#options.clock().getTime();
    const next = queue.next(now, mostAtOnce);
    if ('attempt' in next) {
      const release = this.#underWay.size === 0 ? () => undefined : this.#options.takeExtra();
      if (release) {
        this.#start(this.#deliver(webhook, queue, next.attempt).finally(release));
        await this.#saveNowAndThen(false);
        return true;
      }
      queue.withdraw(next.attempt);
    } else if (queue.isEmpty && this.#lost === 0) return queue.readUntil < this.#newest;
    await this.#saveNowAndThen(queue.failures > 0 || this.#underWay.size === 0);
    const gapAt = this.#lost > 0 ? this.#refusedGap.notBefore : Number.POSITIVE_INFINITY;
    const eventAt = 'attempt' in next ? undefined : next.notBefore;
    const until = Math.min(eventAt ?? Number.POSITIVE_INFINITY, gapAt);
    await this.#wait(Number.isFinite(until) ? until - now : undefined);
    return true;
  }

  #signal(): void {
    this.#isSignalled = true;
    this.#wake?.();
  }

  #start(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        this.#failure = error;
      })
      .finally(() => {
        this.#underWay.delete(tracked);
        this.#signal();
      });
    this.#underWay.add(tracked);
  }

  async #deliver(webhook: Webhook, queue: DeliveryQueue, attempt: Attempt): Promise<void> {
    const { event } = attempt;
    faultPoints.beforeDelivery.publish(undefined);
    const outcome = await sendWebhook(this.#options, webhook, {
      id: event.id,
      body: eventBody(event, webhook.projectName),
    });
    if (outcome.result === 'DELIVERED') faultPoints.afterDelivery.publish(undefined);
    this.#take(outcome, webhook, {
      delivered: () => queue.succeeded(attempt),
      failed: (now) => queue.failed(attempt, now),
      interrupted: () => queue.withdraw(attempt),
    });
  }

  #take(
    outcome: SendOutcome,
    { version }: Webhook,
    then: {
      readonly delivered: () => void;
      readonly failed: (now: number) => void;
      readonly interrupted: () => void;
    },
  ): void {
    const now = this.#options.clock();
    switch (outcome.result) {
      case 'DELIVERED':
        this.#deliveredAt = now;
        this.#hasDelivered = true;
        then.delivered();
        return;
      case 'STOPPED':
        this.#stoppedVersion = version;
        this.#lastError = outcome.error;
        then.failed(now.getTime());
        return;
      case 'FAILED':
        this.#lastError = outcome.error;
        then.failed(now.getTime());
        return;
      case 'INTERRUPTED':
        then.interrupted();
        return;
      default:
        outcome satisfies never;
    }
  }

  /** Before any event that is left, and alone; only where the receiver refuses it, events go on. */
  async #sendGap(webhook: Webhook, queue: DeliveryQueue): Promise<boolean> {
    const now = this.#options.clock();
    if (this.#underWay.size > 0 || (queue.failures > 0 && now.getTime() < queue.notBefore)) {
      await this.#saveNowAndThen(queue.failures > 0);
      await this.#wait(this.#underWay.size > 0 ? undefined : queue.notBefore - now.getTime());
      return true;
    }
    const lost = this.#lost;
    const { projectName, outletName } = webhook;
    const outcome = await sendWebhook(this.#options, webhook, {
      id: newId(),
      body: {
        type: 'events.gap',
        timestamp: now.toISOString(),
        data: { projectName, objectType: 'outlet', objectName: outletName, lost },
      },
    });
    if (outcome.result === 'DELIVERED') {
      await this.#write(({ webhooks }) => webhooks.addLost(this.#outletId, -lost));
      this.#lost = 0;
      this.#refusedGap = { attempts: 0, notBefore: 0 };
    }
    this.#take(outcome, webhook, {
      delivered: () => queue.forgetFailures(),
      failed: (at) => {
        if (outcome.result === 'FAILED' && outcome.isRefused) this.#gapRefused(at);
        else queue.receiverFailed(at);
      },
      interrupted: () => undefined,
    });
    return outcome.result !== 'INTERRUPTED';
  }

  #gapRefused(now: number): void {
    const attempts = this.#refusedGap.attempts + 1;
    this.#refusedGap = { attempts, notBefore: now + retryWaitMs(attempts, this.#options.random()) };
  }

  /** Reads the webhook where it is not known as it is, and events where there is room. @returns false where it is deleted */
  async #read(): Promise<boolean> {
    const queue = this.#queue;
    const isKnown = this.#webhook !== undefined && queue !== undefined;
    if (isKnown && queue.missing() === undefined) {
      const hasNoMore = queue.room === 0 || queue.readUntil >= this.#newest;
      // What is no longer kept meanwhile is not sent again.
      const mayBeEnded = queue.attempts > 0 && performance.now() - this.#readMs >= staleAfterMs;
      if (hasNoMore && !mayBeEnded) return true;
    }
    this.#readMs = performance.now();
    return this.#options.store.read((stores) => this.#readFrom(stores));
  }

  async #readFrom(stores: Stores): Promise<boolean> {
    const { webhooks, random } = this.#options;
    let webhook = this.#webhook;
    if (webhook === undefined) {
      webhook = await webhooks.load(stores, this.#outletId);
      if (webhook === undefined) return false;
      this.#queue?.forgetFailures();
      this.#refusedGap = { attempts: 0, notBefore: 0 };
    }
    const [cursor] = await stores.webhooks.cursors([this.#outletId]);
    const isStopped = (cursor?.stoppedVersion ?? null) === webhook.version;
    if (isStopped) return false;
    if (this.#queue === undefined) {
      this.#queue = new DeliveryQueue(cursor ?? (await deliveredAtFirst(stores, webhook)), random);
      this.#lastError = cursor?.lastError ?? null;
      this.#deliveredAt = cursor?.deliveredAt ?? null;
      this.#attemptsBefore = cursor?.attempts ?? 0;
      this.#reportedFailing = this.#attemptsBefore > 0;
    }
    this.#lost = cursor?.lost ?? 0;
    this.#stoppedVersion = null;
    this.#webhook = webhook;
    const queue = this.#queue;
    const { projectId, types } = webhook;
    const of = { projectId, types, environmentNames: webhook.environmentNames ?? undefined };
    const { first, newest } = await stores.events.bounds(projectId);
    queue.dropBelow(first);
    this.#newest = newest;
    await readMissing(stores, queue, of);
    const { room } = queue;
    if (room === 0) return true;
    const events = await stores.events.list({ ...of, after: queue.readUntil }, room);
    queue.add(events, events.length < room ? newest : (events.at(-1)?.sequence ?? newest));
    return true;
  }

  async #saveNowAndThen(isUrgent: boolean): Promise<void> {
    if (!isUrgent && performance.now() - this.#savedMs < staleAfterMs) return;
    await this.#save();
  }

  async #save(): Promise<void> {
    const [webhook, queue] = [this.#webhook, this.#queue];
    if (!webhook || !queue || !this.#options.lease.isHeld) return;
    this.#savedMs = performance.now();
    const attempts = this.#attemptsOf(queue);
    const isFailing = attempts > 0;
    const begins = isFailing && !this.#reportedFailing;
    const lastError = isFailing ? this.#lastError : null;
    const cursor = {
      outletId: this.#outletId,
      projectId: webhook.projectId,
      ...queue.deliveredEvents,
      attempts,
      lastError,
      deliveredAt: this.#deliveredAt,
      stoppedVersion: this.#stoppedVersion,
    };
    const text = JSON.stringify(cursor);
    if (text === this.#saved) return;
    await this.#write(async (stores) => {
      await stores.webhooks.put(cursor);
      if (!begins) return;
      await recordEvent(stores, {
        projectId: webhook.projectId,
        type: 'outlet.failing',
        objectType: 'outlet',
        objectName: webhook.outletName,
        facts: { kind: 'WEBHOOK', lastError },
        at: this.#options.clock(),
      });
    });
    this.#saved = text;
    this.#reportedFailing = isFailing;
  }

  #attemptsOf(queue: DeliveryQueue): number {
    const attempts = Math.max(queue.attempts, this.#refusedGap.attempts);
    const hasResult = attempts > 0 || queue.isEmpty || (this.#hasDelivered && !queue.isHeldUp);
    if (hasResult) this.#attemptsBefore = 0;
    return Math.max(attempts, this.#attemptsBefore);
  }

  async #write(work: (stores: Stores) => Promise<void>): Promise<void> {
    const { store, lease } = this.#options;
    await store.write(async (stores) => {
      await lease.requireHeld(stores);
      await work(stores);
    });
  }

  /** Until an attempt ends, the outlet is changed, this closes, or the time has passed. */
  async #wait(ms: number | undefined): Promise<void> {
    if (this.#isSignalled) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = ms === undefined ? undefined : setTimeout(resolve, Math.max(0, ms));
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#wake = undefined;
    }
  }
}

async function deliveredAtFirst({ webhooks }: WebhookStores, { projectId, createdAt }: Webhook) {
  return deliveredUpTo(await webhooks.lastBefore(projectId, createdAt));
}

/** Of a few objects that are no longer held up. */
async function readMissing(
  { events }: EventStores,
  queue: DeliveryQueue,
  of: Pick<EventQuery, 'projectId' | 'types' | 'environmentNames'>,
): Promise<void> {
  for (let count = 0; count < mostObjectsRead; count += 1) {
    const missing = queue.missing();
    if (!missing) return;
    const { object, after, limit } = missing;
    queue.addMissing(missing, await events.list({ ...of, object, after }, limit));
  }
}
