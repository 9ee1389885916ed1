// Receives state messages in order and applies each final one; those that wait at the same time are applied together, with
// one write to the disk and one publication. Rejects, with a reason: a message that does not follow
// the current revision, an invalid object, a digest mismatch, and a manager with an older or another history. Until a
// step is on disk, the previous state is served.

import type { Change } from '../protocol/content.ts';
import type { Applied, Refused, State } from '../protocol/messages.ts';
import { readChanges } from '../protocol/read-changes.ts';
import { emptyDigest } from '../protocol/state-digest.ts';
import { timeSlices } from '../runtime/event-loop.ts';
import type { LogTransaction, StateCopy } from './disk/state-copy.ts';
import type { NodeLog } from './node-log.ts';
import { commitMark, digestAfter, type EnvironmentIdentity, type NodeState } from './node-state.ts';
import { type RevokedKids, revokedOf } from './revoked-kids.ts';
import {
  InvalidObjectError,
  losesPrivatePart,
  type StoredObject,
  storedObjectKey,
  toStoredObject,
} from './stored-object.ts';

export interface StateReceiverOptions {
  readonly state: NodeState;
  readonly copy: StateCopy;
  readonly revoked: RevokedKids;
  /** As the manager's welcome names it. */
  readonly environment: EnvironmentIdentity;
  /** As the welcome names it; undefined from a manager of before there were lineages. */
  readonly lineage: string | undefined;
  readonly log: NodeLog;
}

interface Staged {
  readonly reset: boolean;
  readonly changes: Map<string, StoredObject | null>;
  readonly transaction: LogTransaction;
  revision: number;
  digest: Buffer;
  /** The former state has private parts that the next one lacks. */
  dropsPrivatePart: boolean;
  /** Of the revoked kids, when the first change was taken. */
  readonly revokedVersion: number;
}

interface Held {
  readonly message: State;
  readonly text: string;
}

/** Of what is applied together: it is in memory until it is on the disk. */
const mostHeld = 64;
const mostHeldCharacters = 256 * 1024;

class Refusal extends Error {
  readonly diverged: boolean;

  constructor(reason: string, { diverged = false } = {}) {
    super(reason);
    this.diverged = diverged;
  }
}

/** For one connection. */
export class StateReceiver {
  readonly #options: StateReceiverOptions;
  #staged: Staged | undefined;
  /** Final messages that are staged and not yet applied, one behind the other. */
  #held: readonly Held[] = [];
  /** Parts that follow a refused one are passed over: their own refusals would hide the reason. */
  #passOver: { readonly reset: boolean; readonly from: number } | undefined;

  constructor(options: StateReceiverOptions) {
    this.#options = options;
  }

  /**
   * @param text what was sealed: JSON of `Change[]`
   * @param more further messages wait: what is final may be held, to be applied together with them
   * @returns what to send to the manager, in this order
   */
  async receive(message: State, text: string, more = false): Promise<readonly (Applied | Refused)[]> {
    if (this.#follows(message)) return [];
    const before = this.#held.length > 0 && !this.#continues(message) ? await this.settle() : [];
    const held = this.#held;
    try {
      const staged = await this.#stage(message);
      const changes = readChanges(text, message);
      if ('reason' in changes) throw new RefusedObject(changes.reason, changes.object);
      await this.#take(staged, changes);
      staged.revision = message.to;
      if (!message.final) return before;
      if (staged.digest.toString('hex') !== message.digest) throw this.#digestDiffers(staged);
      this.#held = [...held, { message, text }];
      return more && this.#mayHold(staged) ? before : [...before, ...(await this.settle())];
    } catch (error) {
      await this.abandon();
      // What came before it is right: it is applied by itself.
      if (held.length > 0) return [...before, ...(await this.#oneByOne([...held, { message, text }]))];
      this.#passOver = message.final ? undefined : { reset: message.reset, from: message.to };
      return [...before, this.#refused(message, error)];
    }
  }

  /** Applies what was held. @returns what to send to the manager */
  async settle(): Promise<readonly (Applied | Refused)[]> {
    const last = this.#held.at(-1);
    const staged = this.#staged;
    if (last === undefined || staged === undefined) return [];
    try {
      const applied = await this.#finish(last.message, staged);
      this.#held = [];
      return [applied];
    } catch (error) {
      await this.abandon();
      return [this.#refused(last.message, error)];
    }
  }

  async #oneByOne(messages: readonly Held[]): Promise<readonly (Applied | Refused)[]> {
    const answers: (Applied | Refused)[] = [];
    for (const { message, text } of messages) answers.push(...(await this.receive(message, text)));
    return answers;
  }

  #continues({ reset, from, final }: State): boolean {
    return final && !reset && this.#staged?.reset === false && this.#staged.revision === from;
  }

  #mayHold({ reset }: Staged): boolean {
    const characters = this.#held.reduce((sum, { text }) => sum + text.length, 0);
    return !reset && this.#held.length < mostHeld && characters < mostHeldCharacters;
  }

  /** Parts came whose final one did not. */
  get isReceiving(): boolean {
    return this.#staged !== undefined;
  }

  /** Drops parts whose final one will not come. */
  async abandon(): Promise<void> {
    const staged = this.#staged;
    this.#staged = undefined;
    this.#held = [];
    await staged?.transaction.abort().catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'a partly written change could not be truncated');
    });
  }

  #follows(message: State): boolean {
    const passOver = this.#passOver;
    const follows = passOver?.reset === message.reset && passOver.from === message.from && message.from > 0;
    this.#passOver = follows && !message.final ? { reset: message.reset, from: message.to } : undefined;
    return follows;
  }

  async #stage(message: State): Promise<Staged> {
    const { state, copy, environment } = this.#options;
    const { reset, from, to } = message;
    if (reset ? to < from : to <= from) throw new Refusal(`revision ${to} does not come after ${from}`);
    const sameEnvironment = state.environment?.id === environment.id;
    const otherHistory = sameEnvironment && this.#isOtherHistory();
    if (
      reset &&
      message.final &&
      sameEnvironment &&
      (otherHistory ? to <= state.revision : to < state.revision)
    ) {
      throw new Refusal(
        `this node already has revision ${state.revision}, the manager only ${to}: was it restored from an older backup?`,
        { diverged: true },
      );
    }
    if (otherHistory && !reset) throw new Refusal('a difference to another history than that of this node');
    if (this.#staged?.reset === reset && this.#staged.revision === from && from > 0) return this.#staged;
    await this.abandon();
    if (reset && from !== 0) throw new Refusal(`a snapshot begins at revision 0, not ${from}`);
    if (!reset && !sameEnvironment)
      throw new Refusal('a difference needs a state to begin with; this node has none');
    if (!reset && from !== state.revision) {
      throw new Refusal(`this node is at revision ${state.revision}, the change begins at ${from}`);
    }
    this.#staged = {
      reset,
      changes: new Map(),
      transaction: await copy.begin({ reset, environmentId: environment.id }),
      revision: from,
      digest: reset ? emptyDigest : state.digest,
      dropsPrivatePart: false,
      revokedVersion: this.#options.revoked.version,
    };
    return this.#staged;
  }

  #isOtherHistory(): boolean {
    const { state, lineage } = this.#options;
    return lineage !== undefined && state.lineage !== undefined && lineage !== state.lineage;
  }

  async #take(staged: Staged, changes: readonly Change[]): Promise<void> {
    const held = staged.reset ? undefined : this.#options.state.objects;
    const nextSlice = timeSlices();
    for (const change of changes) {
      const next = await this.#write(staged.transaction, change);
      const key = storedObjectKey('put' in change ? change.put : change.gone);
      const before = staged.changes.has(key) ? staged.changes.get(key) : held?.get(key);
      staged.digest = digestAfter(staged.digest, before, next);
      staged.changes.set(key, next);
      staged.dropsPrivatePart ||= losesPrivatePart(before, next);
      await nextSlice();
    }
  }

  /** @throws InvalidObjectError */
  async #write(transaction: LogTransaction, change: Change): Promise<StoredObject | null> {
    if ('gone' in change) {
      await transaction.gone(change);
      return null;
    }
    const object = toStoredObject(change.put, change.since);
    return this.#options.revoked.apply({ ...object, location: await transaction.put(change, object) });
  }

  async #finish(message: State, staged: Staged): Promise<Applied> {
    const { state, environment, log } = this.#options;
    const digest = staged.digest.toString('hex');
    const { revision } = staged;
    const lineage = this.#options.lineage ?? state.lineage;
    const incomplete = message.incomplete === true;
    const environmentName = environment.name;
    await this.#rememberRevoked(staged);
    await staged.transaction.commit(commitMark({ environmentName, revision, digest, lineage, incomplete }));
    this.#staged = undefined;
    // A snapshot has replaced the file.
    if (staged.dropsPrivatePart && !staged.reset) this.#options.copy.dropPrivateParts();
    if (state.environment?.id === environment.id && this.#isOtherHistory()) {
      log.warn(
        { from: state.revision, revision },
        'the manager was restored from a backup; this node applied its snapshot',
      );
    }
    if (state.environment && state.environment.id !== environment.id) {
      log.warn(
        { environment: environment.name },
        'the environment was deleted and created again; the state of the old one is dropped',
      );
    }
    state.apply({
      environment,
      revision,
      digest: staged.digest,
      lineage,
      incomplete,
      changes: staged.changes,
      reset: staged.reset,
    });
    // Where the member itself was not part of the step.
    if (this.#options.revoked.version !== staged.revokedVersion) {
      state.withdraw((object) => this.#options.revoked.apply(object));
    }
    // The published files have the change before it is confirmed.
    await state.settled();
    return { type: 'applied', revision, digest };
  }

  /** Before anything else: if the node stops here, it still knows. */
  async #rememberRevoked({ changes, revokedVersion }: Staged): Promise<void> {
    const { revoked } = this.#options;
    await revoked.remember(
      [...changes.values()].flatMap((object) => (object?.ring ? revokedOf(object.ring) : [])),
    );
    if (revoked.version === revokedVersion) return;
    for (const [key, object] of changes) if (object) changes.set(key, revoked.apply(object));
  }

  /** Whose fault it is: what this node held before, or what the manager believes it to have held. */
  #digestDiffers({ reset }: Staged): Refusal {
    const { state, lineage } = this.#options;
    const reason = 'digest differs: what was sent does not add up to it';
    if (reset || lineage === undefined || state.incomplete) return new Refusal(reason);
    if (state.verifyDigest()) {
      return new Refusal(
        `${reason}; the manager has another history: was it restored from an older backup?`,
        {
          diverged: true,
        },
      );
    }
    state.markIncomplete();
    return new Refusal('what this node held does not add up to its digest; it needs a snapshot');
  }

  #refused(message: State, error: unknown): Refused {
    const { log } = this.#options;
    const revision = message.to;
    if (error instanceof InvalidObjectError || error instanceof RefusedObject) {
      log.warn({ revision, reason: error.message, object: error.object }, 'a change was refused');
      const { object } = error;
      return { type: 'refused', revision, reason: error.message, ...(object && { object }) };
    }
    const known = error instanceof Refusal;
    const reason = known ? error.message : 'the change could not be written to the disk of this node';
    log[known ? 'warn' : 'error'](
      { revision, reason, err: known ? undefined : error },
      'a change was refused',
    );
    if (known && error.diverged) {
      this.#options.state.diverge(reason);
      return { type: 'refused', revision, reason, diverged: true };
    }
    return { type: 'refused', revision, reason };
  }
}

class RefusedObject extends Refusal {
  readonly object: Refused['object'];

  constructor(reason: string, object: Refused['object']) {
    super(reason);
    this.object = object;
  }
}
