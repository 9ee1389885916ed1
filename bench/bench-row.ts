/** One line of the table: what keyplane takes beside what its yardstick takes, in the same run. */
export interface BenchRow {
  readonly name: string;
  /** With its unit, such as `0.42 ms` or `18,000 /s`. */
  readonly ours: string;
  readonly yardstick: string;
  /** Ours divided by the yardstick's; the note says which way is the better one. */
  readonly ratio: number;
  readonly note?: string;
}
