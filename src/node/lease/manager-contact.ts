// When a manager was heard last: the latest heartbeat that a manager durably recorded and acknowledged. Signing leases and the
// serve limit count from when that heartbeat was sent, so that a late reply does not prolong them. It is kept on the disk,
// sealed, with the clocks of that moment, and again every minute: a node that starts without a manager goes on counting,
// and detects a clock that was set back.

import { readFile } from 'node:fs/promises';
import type { Heard } from '../../protocol/messages.ts';
import { replaceFile } from '../../runtime/durable-file.ts';
import { singleFlight } from '../../runtime/single-flight.ts';
import { openBytes, sealBytes } from '../../sealing/aead.ts';
import type { NodeLog } from '../node-log.ts';
import { ManagerTime } from './manager-time.ts';
import type { NodeClocks } from './node-clocks.ts';

export interface ManagerContactOptions {
  readonly clocks: NodeClocks;
  /** Where it is kept; undefined: in memory only. */
  readonly path: string | undefined;
  readonly key: Buffer;
  readonly log: NodeLog;
}

/** When a heartbeat was sent, by the clocks of this machine. */
export interface SentHeartbeat {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

interface Anchor extends SentHeartbeat {
  /** Since the answered heartbeat was sent. */
  readonly ageMs: number;
}

interface KeptContact extends Anchor {
  readonly lastSeenAt: number;
  readonly managerMs: number;
  readonly boot: string | null;
  readonly nodes?: number;
}

const additionalData = Buffer.from('keyplane manager contact');
const keepEveryMs = 60_000;
/** NTP moves a clock back by less. */
const toleranceMs = 1_000;

export class ManagerContact {
  readonly time: ManagerTime;
  readonly #options: ManagerContactOptions;
  readonly #keep: () => void;
  #anchor: Anchor | undefined;
  #lastSeenAt: number | undefined;
  #nodes: number | undefined;
  /** The clock of this machine was behind one that was kept, and no manager answered since. */
  #isClockBehind = false;
  readonly #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: ManagerContactOptions) {
    this.#options = options;
    this.time = new ManagerTime(options.clocks);
    this.#keep = singleFlight(
      () => {
        this.#writing = this.#write();
        return this.#writing;
      },
      (error) => options.log.warn({ err: error }, 'the last contact with a manager could not be stored'),
    );
  }

  /** Reads what an earlier process kept. */
  async load(): Promise<void> {
    const { path, clocks, log } = this.#options;
    if (path === undefined) return;
    const kept = await this.#read(path);
    this.#timer = setInterval(this.#keep, keepEveryMs);
    this.#timer.unref();
    if (kept === undefined) return;
    const passedByWall = clocks.wall() - kept.wallMs;
    const isSameBoot = clocks.boot !== undefined && clocks.boot === kept.boot;
    const passedMonotonic = isSameBoot ? clocks.monotonic() - kept.monotonicMs : 0;
    this.#isClockBehind = passedByWall < -toleranceMs;
    if (this.#isClockBehind) {
      log.warn(
        { byMs: -passedByWall },
        'the clock of this machine is behind the time of the last contact with a manager: nothing is signed until a manager answers',
      );
    }
    const passedMs = Math.max(passedByWall, passedMonotonic, 0);
    this.#lastSeenAt = kept.lastSeenAt;
    this.#nodes = kept.nodes;
    this.#anchor = this.#anchorAt(kept.ageMs + passedMs);
    this.time.resume({ managerMs: kept.managerMs + passedMs, monotonicMs: clocks.monotonic() });
  }

  /** Sampled when a heartbeat is sent. */
  sample(): SentHeartbeat {
    const { clocks } = this.#options;
    return { wallMs: clocks.wall(), monotonicMs: clocks.monotonic() };
  }

  /** A manager recorded the heartbeat that was sent at `sent`. */
  heard(heard: Heard, sent: SentHeartbeat): void {
    const { lastSeenAt, managerTime, nodes } = heard;
    const { clocks } = this.#options;
    const monotonicMs = clocks.monotonic();
    // The manager keeps a heartbeat until the node has caught up and the next commit: that is no part of either way.
    const answeredAfterMs = heard.answeredAfterMs ?? Math.max(managerTime - lastSeenAt, 0);
    const onTheWayMs = Math.max(monotonicMs - sent.monotonicMs - answeredAfterMs, 0);
    this.time.measure({ managerMs: managerTime + onTheWayMs / 2, monotonicMs, errorMs: onTheWayMs / 2 });
    this.#lastSeenAt = lastSeenAt;
    this.#nodes = nodes ?? this.#nodes;
    this.#isClockBehind = false;
    this.#anchor = this.#anchorAt(monotonicMs - sent.monotonicMs);
    this.#keep();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when a manager was heard, and after `mostMs` at the latest. */
  async whenHeard(mostMs: number): Promise<void> {
    if (this.#lastSeenAt !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    const timer = setTimeout(resolve, mostMs);
    await promise;
    clearTimeout(timer);
    const index = this.#waiting.indexOf(resolve);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  /** As the manager recorded it, milliseconds since 1970 by the clock of the database; undefined before any contact. */
  get lastSeenAt(): number | undefined {
    return this.#lastSeenAt;
  }

  /** How many nodes there are, as the manager stated last; undefined where it never did. */
  get registeredNodes(): number | undefined {
    return this.#nodes;
  }

  /** The clock of this machine was set back since the last contact. */
  get isClockBehind(): boolean {
    const anchor = this.#anchor;
    if (anchor !== undefined && this.#options.clocks.wall() < anchor.wallMs - toleranceMs) {
      this.#isClockBehind = true;
    }
    return this.#isClockBehind;
  }

  /** Milliseconds since the last contact, by the clock that says more; Infinity where that is not known. */
  get ageMs(): number {
    if (this.#anchor === undefined || this.isClockBehind) return Number.POSITIVE_INFINITY;
    return this.#age(this.#anchor);
  }

  /** Its last state is on the disk. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#writing.catch(() => undefined);
    await this.#write().catch(() => undefined);
  }

  #age({ ageMs, wallMs, monotonicMs }: Anchor): number {
    const { clocks } = this.#options;
    return ageMs + Math.max(clocks.wall() - wallMs, clocks.monotonic() - monotonicMs, 0);
  }

  #anchorAt(ageMs: number): Anchor {
    return { ageMs, ...this.sample() };
  }

  async #write(): Promise<void> {
    const { path, key, clocks } = this.#options;
    const lastSeenAt = this.#lastSeenAt;
    // While the clock is behind, the kept one stays: a restart must detect it too.
    if (path === undefined || this.#anchor === undefined || lastSeenAt === undefined || this.isClockBehind) {
      return;
    }
    const anchor = this.#anchorAt(this.#age(this.#anchor));
    this.#anchor = anchor;
    const kept: KeptContact = {
      lastSeenAt,
      managerMs: this.time.now(),
      boot: clocks.boot ?? null,
      ...anchor,
      ...(this.#nodes !== undefined && { nodes: this.#nodes }),
    };
    const sealed = sealBytes(key, Buffer.from(JSON.stringify(kept)), additionalData);
    await replaceFile(path, sealed, { mode: 0o600, temporary: `${path}.new` });
  }

  async #read(path: string): Promise<KeptContact | undefined> {
    const { key, log } = this.#options;
    try {
      // Safe to cast: only what this node sealed opens.
      return JSON.parse(openBytes(key, await readFile(path), additionalData).toString('utf8')) as KeptContact;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        log.error(
          { file: path },
          'the last contact with a manager cannot be read: nothing is signed until a manager answers',
        );
      }
      return undefined;
    }
  }
}
