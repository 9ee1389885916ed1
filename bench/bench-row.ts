/** Ours by the yardstick's may be so large, or must be. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** One line of the table: what keyplane takes beside what its yardstick takes, in the same run. */
export interface BenchRow {
  readonly name: string;
  /** With its unit, such as `0.42 ms` or `18,000 /s`. */
  readonly ours: string;
  /** With its unit and, if the rows of one bench differ in it, the name of the yardstick. */
  readonly yardstick: string;
  /** Ours divided by the yardstick's; goal or note say which way is the better one. */
  readonly ratio: number;
  /** Left out where none was set. */
  readonly goal?: Goal;
  readonly note?: string;
}

/** `met`, or how far away it is; a missed goal must show. */
export function verdictOn({ ratio, goal }: BenchRow): string {
  if (!goal) return '';
  const limit = 'atMost' in goal ? goal.atMost : goal.atLeast;
  const met = 'atMost' in goal ? ratio <= limit : ratio >= limit;
  if (met) return 'met';
  const percent = Math.round(Math.abs(ratio / limit - 1) * 100);
  return Number.isFinite(percent) ? `MISSED by ${Math.max(percent, 1)} %` : 'MISSED';
}

export function goalText({ goal }: BenchRow): string {
  if (!goal) return '';
  return 'atMost' in goal ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`;
}
