// Requests that are said twice. A change that carries an `Idempotency-Key` leaves the key behind in its own
// transaction; whoever repeats it gets the answer of the first, from any manager, also where that answer was lost or
// its manager died before it had one. Refused: a key that was used for another request. A request that was refused
// left nothing behind, so its repetition is checked anew.

import { createSecretKey, type KeyObject } from 'node:crypto';
import { badRequest, KeyplaneError } from '../errors.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { IdempotencyKeyName, IdempotencyNouns, KeptRequest } from './idempotency-store.ts';
import type { KeptDeployment, Once } from './once.ts';
import { type RequestMeaning, requestHash } from './request-hash.ts';

export interface KeyedRequest extends IdempotencyKeyName {
  readonly meaning: RequestMeaning;
}

/** `Result` is JSON: what is told of a deployment. */
export interface IdempotencyOptions<Result> {
  readonly store: UnitOfWork<IdempotencyNouns>;
  /** 32 bytes. */
  readonly key: Buffer;
  /** Waits for the deployment of a change that is stored, and answers as the change did. */
  readonly deployAgain: (kept: KeptDeployment) => Promise<Result>;
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
    act: (once: Once) => Promise<R>,
  ): Promise<R> {
    const place = JSON.stringify([request.userId, request.key]);
    for (let first = this.#underWay.get(place); first; first = this.#underWay.get(place)) {
      await first.catch(() => undefined);
    }
    const settling = this.#settle(request, act);
    this.#underWay.set(place, settling);
    try {
      return (await settling) as R;
    } finally {
      this.#underWay.delete(place);
    }
  }

  async #settle(
    request: KeyedRequest,
    act: (once: Once) => Promise<Result | undefined>,
  ): Promise<Result | undefined> {
    const hash = requestHash(this.#key, request.meaning);
    const before = await this.#find(request);
    if (before) return this.#answerAgain(before, hash);
    const { userId, key } = request;
    const once: Once = {
      async keep({ idempotencyKeys }, deployment) {
        if (await idempotencyKeys.find({ userId, key })) throw faster();
        const answer = deployment === undefined ? 'null' : null;
        const kept = { deployment: JSON.stringify(deployment ?? null), answer };
        await idempotencyKeys.insert({ userId, key, requestHash: hash, ...kept });
      },
    };
    try {
      const result = await act(once);
      if (result !== undefined) await this.#keepAnswer(request, result);
      return result;
    } catch (error) {
      // The same request may have been stored by another manager, or by this one in a commit whose answer was lost.
      const after = await this.#find(request).catch(() => undefined);
      if (!after) throw error;
      return this.#answerAgain(after, hash);
    }
  }

  #find(name: IdempotencyKeyName): Promise<KeptRequest | undefined> {
    return this.#options.store.read((nouns) => nouns.idempotencyKeys.find(name));
  }

  async #answerAgain(kept: KeptRequest, hash: Buffer): Promise<Result | undefined> {
    if (!kept.requestHash.equals(hash)) {
      throw badRequest('This Idempotency-Key was already used for another request! Use a new one.', {
        reason: 'CONFLICT',
        member: 'Idempotency-Key',
      });
    }
    if (kept.answer !== null) return JSON.parse(kept.answer) ?? undefined;
    const result = await this.#options.deployAgain(JSON.parse(kept.deployment) as KeptDeployment);
    await this.#keepAnswer(kept, result);
    return result;
  }

  /** The change is stored, so an answer that can not be kept is no failure: a repetition waits for it again. */
  async #keepAnswer(name: IdempotencyKeyName, result: Result): Promise<void> {
    const { store, onError } = this.#options;
    try {
      await store.write((nouns) => nouns.idempotencyKeys.putAnswer(name, JSON.stringify(result)));
    } catch (error) {
      onError(error);
    }
  }
}

/** Nobody is told so but where the database goes away at the same moment. */
function faster(): KeyplaneError {
  return new KeyplaneError('conflict', 'Another request with this Idempotency-Key was faster. Try again!');
}
