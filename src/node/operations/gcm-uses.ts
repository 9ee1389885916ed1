// How often this node encrypted with AES-GCM under each secret key. Nonces are random, so their number bounds the risk that
// two are equal (NIST SP 800-38D §8.3). A count is on the disk before it is used up: the node reserves uses in blocks, and
// after a kill it counts the rest of the block as used.

import { gcmUsesOfNode, isHalfUsed } from '../../operations/encryption/gcm-uses.ts';
import type { NodeLog } from '../node-log.ts';
import type { KeptRecord } from './kept-record.ts';

export interface CountedKey {
  readonly jwkId: string;
  /** Of the secret itself: a key that is replaced is counted from its beginning, and one with two names once. */
  readonly secretId: string;
}

export interface GcmUses {
  /** Resolves to false where the key would go beyond its limit; nothing is counted then. */
  take(key: CountedKey, count: number): boolean | Promise<boolean>;
}

/** By secret, how many uses are reserved. */
export type KeptGcmUses = readonly (readonly [string, number])[];

export interface GcmUseCounterOptions {
  /** Undefined for a node that keeps nothing. */
  readonly record: KeptRecord<KeptGcmUses> | undefined;
  /** Registered at the manager; undefined before it was heard. */
  readonly nodes: () => number | undefined;
  readonly log: NodeLog;
  readonly blockSize?: number;
}

/** Until a manager has stated how many there are. */
const nodesUnlessKnown = 1_024;
/** A node that keeps nothing begins at zero with each start: it is limited as if it were as many nodes. */
const startsWithoutRecord = 1_024;
const defaultBlockSize = 65_536;

interface Count {
  used: number;
  /** On the disk. */
  reserved: number;
  reserving: Promise<void> | undefined;
  isHalfReported: boolean;
}

export class GcmUseCounter implements GcmUses {
  readonly #options: GcmUseCounterOptions;
  readonly #blockSize: number;
  readonly #counts = new Map<string, Count>();
  /** What the record is to have. */
  readonly #planned: Map<string, number>;

  constructor(options: GcmUseCounterOptions) {
    this.#options = options;
    this.#blockSize = options.blockSize ?? defaultBlockSize;
    this.#planned = new Map(options.record?.kept ?? []);
    for (const [secretId, reserved] of this.#planned) this.#counts.set(secretId, counted(reserved));
    options.record?.follow(() => [...this.#planned]);
  }

  take({ jwkId, secretId }: CountedKey, amount: number): boolean | Promise<boolean> {
    const count = this.#counts.get(secretId) ?? counted(0);
    this.#counts.set(secretId, count);
    if (count.used + amount > this.#limit) return false;
    if (this.#options.record !== undefined && count.used + amount > count.reserved) {
      return this.#reserve(secretId, count).then(() => this.take({ jwkId, secretId }, amount));
    }
    count.used += amount;
    if (!count.isHalfReported && isHalfUsed(count.used, this.#divisor)) {
      count.isHalfReported = true;
      this.#options.log.warn(
        { jwkId, uses: count.used, limit: this.#limit },
        'a secret key has half of the uses that AES-GCM allows at this node: replace it',
      );
    }
    // Ahead of need, so that requests do not wait.
    if (count.reserved - count.used < this.#blockSize / 2) {
      this.#reserve(secretId, count).catch(() => undefined);
    }
    return true;
  }

  /** The largest part of its limit that a key has used: 1 is all of it. */
  get largestShare(): number {
    let most = 0;
    for (const { used } of this.#counts.values()) most = Math.max(most, used);
    return most / this.#limit;
  }

  /** What was reserved and not used is given back. */
  async close(): Promise<void> {
    const { record } = this.#options;
    for (const [secretId, { used }] of this.#counts) this.#planned.set(secretId, used);
    record?.changed();
    await record?.close();
  }

  get #divisor(): number {
    const { record, nodes } = this.#options;
    return (nodes() ?? nodesUnlessKnown) * (record === undefined ? startsWithoutRecord : 1);
  }

  get #limit(): number {
    return gcmUsesOfNode(this.#divisor);
  }

  /** @throws Error where it cannot be written: then nothing more is encrypted */
  #reserve(secretId: string, count: Count): Promise<void> {
    const { record } = this.#options;
    if (record === undefined) return Promise.resolve();
    count.reserving ??= (async () => {
      const reserved = count.used + this.#blockSize;
      this.#planned.set(secretId, reserved);
      record.changed();
      await record.keep();
      count.reserved = reserved;
    })().finally(() => {
      count.reserving = undefined;
    });
    return count.reserving;
  }
}

/** Nothing that was reserved before a start is known to be unused. */
function counted(uses: number): Count {
  return { used: uses, reserved: uses, reserving: undefined, isHalfReported: false };
}
