// Idempotent requests. A change with an `Idempotency-Key` stores the key in its transaction; a repetition gets the
// first response, from any manager, even if that response was lost or its manager died first. A key that was used for
// another request is rejected. A rejected request stores nothing, so its repetition is checked again.

import { createSecretKey, type KeyObject } from 'node:crypto';
import { badRequest, KeyplaneError } from '../errors.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { IdempotencyMark, SavedDeployment } from './idempotency-mark.ts';
import type { IdempotencyKeyName, IdempotencyRecord, IdempotencyStores } from './idempotency-store.ts';
import { type RequestMeaning, requestHash } from './request-hash.ts';

export interface KeyedRequest extends IdempotencyKeyName {
  readonly meaning: RequestMeaning;
}

/** `Result` is JSON: the deployment result. */
export interface IdempotencyOptions<Result> {
  readonly store: UnitOfWork<IdempotencyStores>;
  /** 32 bytes. */
  readonly key: Buffer;
  /** Waits for the deployment of a change that is stored, and returns the response of the change. */
  readonly deployAgain: (kept: SavedDeployment) => Promise<Result>;
  readonly onError: (error: unknown) => void;
}

export class Idempotency<Result> {
  readonly #options: IdempotencyOptions<Result>;
  readonly #key: KeyObject;
  /** Of this manager, by user and key; those of others are met in the database. */
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(options: IdempotencyOptions<Result>) {
    this.#options = options;
    this.#key = createSecretKey(options.key);
  }

  /**
   * `act` stores with the mark that it is given; it is not called where its change is already there. It answers
   * undefined, and keeps no deployment, where it deploys nothing.
   */
  async run<R extends Result | undefined>(
    request: KeyedRequest,
    act: (once: IdempotencyMark) => Promise<R>,
  ): Promise<R> {
    const place = JSON.stringify([request.userId, request.key]);
    for (let first = this.#underWay.get(place); first; first = this.#underWay.get(place)) {
      await first.catch(() => undefined);
    }
    const running = this.#runOnce(request, act);
    this.#underWay.set(place, running);
    try {
      return (await running) as R;
    } finally {
      this.#underWay.delete(place);
    }
  }

  async #runOnce(
    request: KeyedRequest,
    act: (once: IdempotencyMark) => Promise<Result | undefined>,
  ): Promise<Result | undefined> {
    const hash = requestHash(this.#key, request.meaning);
    const before = await this.#find(request);
    if (before) return this.#replay(before, hash);
    const { userId, key } = request;
    const once: IdempotencyMark = {
      async save({ idempotencyKeys }, deployment) {
        if (await idempotencyKeys.find({ userId, key })) throw faster();
        const answer = deployment === undefined ? 'null' : null;
        const kept = { deployment: JSON.stringify(deployment ?? null), answer };
        await idempotencyKeys.insert({ userId, key, requestHash: hash, ...kept });
      },
    };
    try {
      const result = await act(once);
      if (result !== undefined) await this.#saveAnswer(request, result);
      return result;
    } catch (error) {
      // The same request may have been stored by another manager, or by this one in a commit whose result was lost.
      const after = await this.#find(request).catch(() => undefined);
      if (!after) throw error;
      return this.#replay(after, hash);
    }
  }

  #find(name: IdempotencyKeyName): Promise<IdempotencyRecord | undefined> {
    return this.#options.store.read((stores) => stores.idempotencyKeys.find(name));
  }

  async #replay(kept: IdempotencyRecord, hash: Buffer): Promise<Result | undefined> {
    if (!kept.requestHash.equals(hash)) {
      throw badRequest('This Idempotency-Key was already used for another request! Use a new one.', {
        reason: 'CONFLICT',
        member: 'Idempotency-Key',
      });
    }
    if (kept.answer !== null) return JSON.parse(kept.answer) ?? undefined;
    const result = await this.#options.deployAgain(JSON.parse(kept.deployment) as SavedDeployment);
    await this.#saveAnswer(kept, result);
    return result;
  }

  /**
   * The change is stored, so a response that cannot be saved is no failure: a repetition waits for the deployment
   * again.
   */
  async #saveAnswer(name: IdempotencyKeyName, result: Result): Promise<void> {
    const { store, onError } = this.#options;
    try {
      const text = JSON.stringify(result);
      await store.write((stores) => stores.idempotencyKeys.putAnswer(name, text), []);
    } catch (error) {
      onError(error);
    }
  }
}

/** Seen by a client only where the database also fails at the same moment. */
function faster(): KeyplaneError {
  return new KeyplaneError('conflict', 'Another request with this Idempotency-Key was faster. Try again!');
}
