// How often which application had which key used. Counts are on the disk within a second, and reach the manager in reports.
// A report is sent again, unchanged, until the manager has stored it: its number tells the manager whether it was counted.

import { readFile } from 'node:fs/promises';
import type { Usage } from '../../protocol/messages.ts';
import { replaceFile } from '../../runtime/durable-file.ts';
import { openBytes, sealBytes } from '../../sealing/aead.ts';
import type { NodeLog } from '../node-log.ts';
import type { KeyUse } from './operation-call.ts';

export interface UsageCounterOptions {
  /** Undefined: in memory only. */
  readonly path: string | undefined;
  readonly key: Buffer;
  /** The manager's time, milliseconds since 1970. */
  readonly now: () => number;
  readonly log: NodeLog;
}

type Count = Usage['uses'][number];

interface KeptUsage {
  readonly report: Usage | null;
  readonly uses: readonly Count[];
  /** Of the last report that was made. */
  readonly lastReport: number;
}

const additionalData = Buffer.from('keyplane use of keys');
const keepEveryMs = 1_000;
/** As many as a message has room for. */
const mostUses = 150;
const minuteMs = 60_000;

export class UsageCounter {
  readonly #options: UsageCounterOptions;
  #counts = new Map<string, Count>();
  /** Made and not yet known to be counted. */
  #report: Usage | undefined;
  #lastReport = 0;
  #isKept = true;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** It has counted nothing; `load` reads what is kept. */
  constructor(options: UsageCounterOptions) {
    this.#options = options;
  }

  static async load(options: UsageCounterOptions): Promise<UsageCounter> {
    const counter = new UsageCounter(options);
    const { path } = options;
    if (path === undefined) return counter;
    const kept = await readKept(path, options);
    if (kept) counter.#restore(kept);
    counter.#timer = setInterval(() => counter.#keepLater(), keepEveryMs);
    counter.#timer.unref();
    return counter;
  }

  count({ applicationId, jwkId, operation, outcome }: KeyUse): void {
    const lastUsedAt = Math.floor(this.#options.now() / minuteMs) * minuteMs;
    const key = `${jwkId}${applicationId}${operation}${outcome}`;
    const before = this.#counts.get(key);
    const count = (before?.count ?? 0) + 1;
    this.#counts.set(key, { applicationId, jwkId, operation, outcome, count, lastUsedAt });
    this.#isKept = false;
  }

  /**
   * The report to send: the one that was not yet answered, or a new one, which is on the disk before it is sent.
   * @returns undefined where there is nothing to report
   */
  async nextReport(): Promise<Usage | undefined> {
    if (this.#report === undefined) {
      if (this.#counts.size === 0) return undefined;
      const all = [...this.#counts];
      this.#counts = new Map(all.slice(mostUses));
      // By the clock, so that the numbers of a node that lost its disk go on growing.
      this.#lastReport = Math.max(this.#lastReport + 1, Math.floor(this.#options.now()));
      const uses = all.slice(0, mostUses).map(([, count]) => count);
      this.#report = { type: 'usage', report: this.#lastReport, uses };
      this.#isKept = false;
    }
    await this.#keep();
    return this.#report;
  }

  /** The manager has stored it. @returns whether there is more to report */
  counted(report: number): boolean {
    if (this.#report?.report !== report) return false;
    this.#report = undefined;
    this.#isKept = false;
    return this.#counts.size >= mostUses;
  }

  /** Everything that was counted is on the disk. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#keep().catch((error: unknown) => this.#warn(error));
  }

  #keepLater(): void {
    this.#keep().catch((error: unknown) => this.#warn(error));
  }

  #warn(error: unknown): void {
    this.#options.log.warn({ err: error }, 'the use of keys could not be written to the disk');
  }

  /** One write at a time; each has all that was counted when it began. */
  #keep(): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const { path, key } = this.#options;
    if (path === undefined || this.#isKept) return;
    this.#isKept = true;
    const kept: KeptUsage = {
      report: this.#report ?? null,
      uses: [...this.#counts.values()],
      lastReport: this.#lastReport,
    };
    try {
      const sealed = sealBytes(key, Buffer.from(JSON.stringify(kept)), additionalData);
      await replaceFile(path, sealed, { mode: 0o600, temporary: `${path}.new` });
    } catch (error) {
      this.#isKept = false;
      throw error;
    }
  }

  #restore({ report, uses, lastReport }: KeptUsage): void {
    this.#report = report ?? undefined;
    this.#lastReport = lastReport;
    for (const use of uses) {
      const { applicationId, jwkId, operation, outcome } = use;
      this.#counts.set(`${jwkId}${applicationId}${operation}${outcome}`, use);
    }
  }
}

async function readKept(
  path: string,
  { key, log }: Pick<UsageCounterOptions, 'key' | 'log'>,
): Promise<KeptUsage | undefined> {
  try {
    // Safe to cast: only what this node sealed opens.
    return JSON.parse(openBytes(key, await readFile(path), additionalData).toString('utf8')) as KeptUsage;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      log.error({ file: path }, 'the use of keys that was counted before cannot be read: it is not reported');
    }
    return undefined;
  }
}
