// How often which application had which key used. Counts are on the disk within a second, and reach the manager in reports.
// A report is sent again, unchanged, until the manager has stored it: its number tells the manager whether it was counted.

import type { Usage } from '../../protocol/messages.ts';
import type { NodeLog } from '../node-log.ts';
import { KeptRecord } from './kept-record.ts';
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

/** As many as a message has room for. */
const mostUses = 150;
const minuteMs = 60_000;

export class UsageCounter {
  readonly #options: UsageCounterOptions;
  #counts = new Map<string, Count>();
  /** Made and not yet known to be counted. */
  #report: Usage | undefined;
  #lastReport = 0;
  #record: KeptRecord<KeptUsage> | undefined;

  /** It has counted nothing; `load` reads what is kept. */
  constructor(options: UsageCounterOptions) {
    this.#options = options;
  }

  static async load(options: UsageCounterOptions): Promise<UsageCounter> {
    const counter = new UsageCounter(options);
    const { path, key, log } = options;
    if (path === undefined) return counter;
    const additionalData = 'keyplane use of keys';
    const record = await KeptRecord.open<KeptUsage>({
      path,
      key,
      additionalData,
      title: 'the use of keys',
      log,
    });
    if (record.kept) counter.#restore(record.kept);
    counter.#record = record;
    record.follow(() => counter.#current());
    return counter;
  }

  count({ applicationId, jwkId, operation, outcome }: KeyUse): void {
    const lastUsedAt = Math.floor(this.#options.now() / minuteMs) * minuteMs;
    const key = `${jwkId}${applicationId}${operation}${outcome}`;
    const before = this.#counts.get(key);
    const count = (before?.count ?? 0) + 1;
    this.#counts.set(key, { applicationId, jwkId, operation, outcome, count, lastUsedAt });
    this.#record?.changed();
  }

  /**
   * The report to send: the one that was not yet acknowledged, or a new one, which is on the disk before it is sent.
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
      this.#record?.changed();
    }
    await this.#record?.keep();
    return this.#report;
  }

  /** The manager has stored it. @returns whether there is more to report */
  counted(report: number): boolean {
    if (this.#report?.report !== report) return false;
    this.#report = undefined;
    this.#record?.changed();
    return this.#counts.size >= mostUses;
  }

  /** Everything that was counted is on the disk. */
  async close(): Promise<void> {
    await this.#record?.close();
  }

  #current(): KeptUsage {
    return {
      report: this.#report ?? null,
      uses: [...this.#counts.values()],
      lastReport: this.#lastReport,
    };
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
