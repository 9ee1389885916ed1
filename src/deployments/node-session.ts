// One node's stream: what it has, what was sent, what it refused. Looks at state, not at events: `advance`
// compares what the node confirmed with what is desired and sends the difference.

import type { NodeRefusal } from '../environments/environment-store.ts';
import {
  type Applied,
  closeCodes,
  type KeyOfRing,
  type Refused,
  type SealedFromManager,
  type State,
} from '../protocol/messages.ts';
import { removeDigest } from '../protocol/state-digest.ts';
import { backOffMs } from '../runtime/back-off.ts';
import { faultPoints } from '../runtime/fault-points.ts';
import type { OutletTests } from './outlet-tests.ts';
import type { SendTurns } from './send-turns.ts';
import { type ObjectKey, type StatePage, type StatePosition, tooFarBehind } from './state-page.ts';
import type { StatePageReader } from './state-page-reader.ts';

/** The connection, independent of the transport. */
export interface NodeStream {
  /** @param onLeft called once it has left, or never will */
  send(text: string, onLeft: () => void): void;
  close(code: number, reason: string): void;
  /** Bytes that are still waiting to leave. */
  readonly bufferedBytes: number;
}

export interface SessionIdentity {
  readonly nodeId: string;
  readonly environmentId: string;
  /** The registered key that it proved to have. */
  readonly keyId: string;
  readonly name: string;
  readonly version: string;
  /** Which of the node's streams this is; the highest is the one that counts. */
  readonly connection: number;
}

/** Keys that were revoked, while some nodes still use them. */
export interface OpenRevocation {
  readonly id: string;
  readonly environmentIds: readonly string[];
  readonly keys: readonly KeyOfRing[];
}

export interface NodeSessionOptions {
  readonly identity: SessionIdentity;
  readonly stream: NodeStream;
  readonly pages: StatePageReader;
  /** Shared with the streams of all other nodes. */
  readonly turns: SendTurns;
  /** False: the node is sent public parts only. */
  readonly privateKeys: boolean;
  /** Seals a part as the next message of this connection. */
  readonly seal: (header: Omit<State, 'sealed'>, changes: string) => State;
  /** Seals and sends another message than state; undefined where the node is of an earlier release and knows none. */
  readonly say?: ((message: SealedFromManager) => void) | undefined;
  /** Undefined where the node tests no outlets. */
  readonly outletTests?: OutletTests | undefined;
  readonly startRevision: number;
  /** Where its environment was at the handshake. */
  readonly environmentRevision: number;
  /** As measured in the handshake. */
  readonly clockOffsetMs: number;
  /** What the node was welcomed with. */
  readonly lineage: string | undefined;
  /** The node starts from nothing: it is new, belongs to another environment, or its digest was wrong. */
  readonly reset: boolean;
  readonly now: () => number;
  readonly onChange: () => void;
  /** What had no room in the stream may have it by now: have `advance` called. */
  readonly onRoom: () => void;
}

/** RFC 6455 and its registry: the endpoint starts again. */
const restarting = 1012;
const bufferedBytesLimit = 1024 * 1024;
/** A node that does not respond to what it was sent is disconnected; it reconnects and reports its state. */
const silenceMs = 30_000;
const retry = Object.freeze({ baseMs: 500, capMs: 30_000 });

export class NodeSession {
  readonly identity: SessionIdentity;
  /** How far the node's clock is ahead of this manager's, as last measured. */
  clockOffsetMs: number;
  readonly #options: NodeSessionOptions;
  #confirmed: number;
  #sent: number;
  #reset: boolean;
  #tombstonesAbove: StatePosition['tombstonesAbove'];
  /** Objects that were not sent to it, with their digests: the expected digest excludes them. */
  readonly #leftOut = new Map<ObjectKey, Buffer>();
  /** What the node's digest must be once it confirms this revision. */
  #expected: { readonly revision: number; readonly digest: string } | undefined;
  #refusal: NodeRefusal | undefined;
  #refusals = 0;
  #diverged = false;
  #retryAt = 0;
  #sentAt = 0;
  #advancing = false;
  /** The latest revision of the environment that anyone asked to advance to since the last run. */
  #target = 0;
  #again = false;
  /** It stopped sending because too much waits to leave. */
  #full = false;
  /** Gives back its place among the nodes that are given much, where it has one. */
  #releasePlace: (() => void) | undefined;
  /** It lacks more than one message carries. */
  #isBehind = false;
  /** Ids of the revocations that it was sent ahead of its state. */
  readonly #revocations = new Set<string>();
  #closed = false;
  #hasCaughtUp = false;
  #onCaughtUp: (() => void) | undefined;

  constructor(options: NodeSessionOptions) {
    this.identity = options.identity;
    this.#options = options;
    this.clockOffsetMs = options.clockOffsetMs;
    this.#reset = options.reset;
    this.#tombstonesAbove = options.reset ? 'now' : 0;
    this.#confirmed = options.reset ? 0 : options.startRevision;
    this.#sent = this.#confirmed;
    this.#noteProgress();
  }

  /** Undefined where the node tests none. */
  get outletTests(): OutletTests | undefined {
    return this.#options.outletTests;
  }

  /** Highest revision that the node reported as written to its disk and served. */
  get confirmedRevision(): number {
    return this.#confirmed;
  }

  get refusal(): NodeRefusal | undefined {
    return this.#refusal;
  }

  /** The node has a history that the manager does not know, so it rejects every change. */
  get diverged(): boolean {
    return this.#diverged;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What is revoked now would reach it late in the order of its state. */
  get isBehind(): boolean {
    return !this.#closed && (this.#isBehind || this.#reset);
  }

  /**
   * Runs `action` once the node has what its environment had at the handshake; of several, the last one. A node that was
   * away may use keys that retired meanwhile, so nothing may prolong its lease before that.
   */
  onceCaughtUp(action: () => void): void {
    if (this.#hasCaughtUp) action();
    else this.#onCaughtUp = action;
  }

  #noteProgress(): void {
    if (this.#hasCaughtUp || this.#reset || this.#confirmed < this.#options.environmentRevision) return;
    this.#hasCaughtUp = true;
    this.#onCaughtUp?.();
    this.#onCaughtUp = undefined;
  }

  /** Ahead of all that waits; each once. */
  sendRevoked(revocations: readonly OpenRevocation[]): void {
    const news = revocations.filter(({ id }) => !this.#revocations.has(id));
    if (this.#closed || news.length === 0) return;
    for (const { id, keys } of news) {
      this.#revocations.add(id);
      this.#options.say?.({ type: 'revoked', keys });
    }
  }

  /** Whether a check would send anything if its environment is at `revision`. */
  wants(revision: number): boolean {
    if (this.#closed) return false;
    const now = this.#options.now();
    return this.#isSilent(now) || (now >= this.#retryAt && (this.#reset || this.#sent < revision));
  }

  /**
   * Sends what is missing, if anything is.
   * @param revision where the environment is known to be, at the least; without it the session reads it from the
   *   database
   */
  async advance(revision = Number.POSITIVE_INFINITY): Promise<void> {
    this.#target = Math.max(this.#target, revision);
    if (this.#advancing) {
      this.#again = true;
      return;
    }
    this.#advancing = true;
    try {
      do {
        this.#again = false;
        const target = this.#target;
        this.#target = 0;
        await this.#sendMissing(target);
      } while (this.#again && !this.#closed);
    } finally {
      this.#advancing = false;
    }
  }

  #isSilent(now: number): boolean {
    return this.#sent > this.#confirmed && now - this.#sentAt > silenceMs;
  }

  async #sendMissing(target: number): Promise<void> {
    const { stream, pages, turns, now, identity } = this.#options;
    if (this.#isSilent(now())) {
      this.close(closeCodes.protocol, 'no answer to a state message');
      return;
    }
    while (!this.#closed && now() >= this.#retryAt) {
      if (!this.#reset && this.#sent >= target) return;
      this.#full = stream.bufferedBytes >= bufferedBytesLimit;
      if (this.#full) return;
      const position = { after: this.#sent, tombstonesAbove: this.#tombstonesAbove };
      const page =
        pages.recent(identity.environmentId, position, target) ??
        (await pages.next(identity.environmentId, position, target));
      // It refused meanwhile, so what was read is not where it begins any more.
      if (!this.#isAt(position)) continue;
      if (page === tooFarBehind) {
        this.#restartFromSnapshot();
        continue;
      }
      if (!page || this.#closed || (page.to <= this.#sent && !(this.#reset && page.to === 0))) return;
      // The node's version of such an object is not known, so an incremental change could not yield a known digest.
      if (!this.#reset && [...page.leftOut.values()].some((counted) => counted !== null)) {
        this.#restartFromSnapshot();
        continue;
      }
      const { lineage = page.lineage } = this.#options;
      // An environment without any change has no lineage.
      if (page.lineage !== undefined && page.lineage !== lineage) {
        this.close(restarting, 'the manager was restored from a backup');
        return;
      }
      this.#isBehind = !page.final;
      if (!page.final && this.#releasePlace === undefined) {
        this.#releasePlace = await turns.bulkSends.acquire();
        if (this.#closed || !this.#isAt(position)) this.#leave();
        continue;
      }
      const turn = turns.run(
        () => {
          // It may have had to wait.
          if (!this.#closed && this.#isAt(position)) this.#sendPage(page);
        },
        { isMuch: !page.final, isUrgent: page.isUrgent },
      );
      if (turn) await turn;
    }
  }

  #isAt({ after, tombstonesAbove }: StatePosition): boolean {
    return this.#sent === after && this.#tombstonesAbove === tombstonesAbove;
  }

  #sendPage(page: StatePage): void {
    const { stream, seal, now, privateKeys } = this.#options;
    const { from, to, final } = page;
    const changes = privateKeys ? page.changes : page.publicChanges();
    const digest = this.#digestWithout(page);
    const incomplete = final && this.#leftOut.size > 0 && { incomplete: true };
    const header = { type: 'state' as const, reset: this.#reset, from, to, final, digest, ...incomplete };
    faultPoints.beforeSend.publish(undefined);
    const onLeft = final ? this.#onLastLeft : this.#onLeft;
    stream.send(JSON.stringify(seal(header, changes)), onLeft);
    faultPoints.afterSend.publish(undefined);
    this.#sent = to;
    this.#sentAt = now();
    // After the last part of a snapshot what follows is a difference: it has all that is.
    this.#reset = this.#reset && !final;
    this.#tombstonesAbove = this.#reset ? page.tombstonesAbove : 0;
    if (digest !== null) this.#expected = { revision: to, digest };
  }

  /** Only a final message is confirmed, so this is the only signal that a full stream can take more. */
  readonly #onLeft = (): void => {
    // What leaves slowly is no silence.
    this.#sentAt = this.#options.now();
    if (!this.#full || this.#closed) return;
    this.#full = false;
    this.#options.onRoom();
  };

  readonly #onLastLeft = (): void => {
    this.#leave();
    this.#onLeft();
  };

  #leave(): void {
    this.#releasePlace?.();
    this.#releasePlace = undefined;
  }

  #digestWithout({ from, digest, objects, leftOut }: StatePage): string | null {
    if (from === 0) this.#leftOut.clear();
    for (const key of objects) this.#leftOut.delete(key);
    for (const [key, counted] of leftOut) if (counted !== null) this.#leftOut.set(key, counted);
    if (digest === null || this.#leftOut.size === 0) return digest;
    let rest: Buffer = Buffer.from(digest, 'hex');
    for (const left of this.#leftOut.values()) rest = removeDigest(rest, left);
    return rest.toString('hex');
  }

  /** What the node answered. Returns false when it made no sense and the stream was closed for it. */
  receive(message: Applied | Refused): boolean {
    if (message.type === 'applied') {
      faultPoints.beforeConfirmation.publish(undefined);
      if (message.revision > this.#sent || message.revision < this.#confirmed) {
        this.close(closeCodes.protocol, 'confirmed a revision that was not sent');
        return false;
      }
      if (message.revision === this.#expected?.revision && message.digest !== this.#expected.digest) {
        this.#refuse(message.revision, 'the digest of what it holds is not that of what was sent');
      } else {
        this.#confirmed = message.revision;
        this.#refusal = undefined;
        this.#refusals = 0;
        this.#noteProgress();
      }
    } else {
      // What was sent behind a refused change is refused because of it, which would hide the reason.
      if (message.revision > this.#sent && this.#refusal !== undefined) return true;
      this.#refuse(message.revision, message.reason);
      this.#diverged = message.diverged === true;
    }
    this.#options.onChange();
    faultPoints.afterConfirmation.publish(undefined);
    return true;
  }

  /** From now on the node gets a snapshot: it would reject the same delta again. */
  #refuse(revision: number, reason: string): void {
    this.#refusal = { revision: Math.max(revision, this.#sent), reason };
    this.#refusals += 1;
    this.#restartFromSnapshot();
    this.#retryAt = this.#options.now() + backOffMs(this.#refusals - 1, retry);
  }

  #restartFromSnapshot(): void {
    this.#leave();
    this.#reset = true;
    this.#sent = 0;
    this.#tombstonesAbove = 'now';
  }

  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.lost();
    this.#options.stream.close(code, reason);
  }

  /** The connection has ended. */
  lost(): void {
    this.#closed = true;
    this.#options.outletTests?.close();
    this.#leave();
  }
}
