// From the transitions of a ring to one bar for each key. PURE. Times are milliseconds since 1970.

import type { MemberState, Transition } from '../ring-types.ts';

/** How long a key is in one state. */
export interface Phase {
  readonly state: MemberState;
  readonly from: number;
  /** Null: without an end that is known. */
  readonly until: number | null;
  /** It begins in the future. */
  readonly planned: boolean;
}

export interface Bar {
  readonly version: number;
  /** Null: the key is not generated yet. */
  readonly kid: string | null;
  /** Ascending, without gaps. */
  readonly phases: readonly Phase[];
}

/** Ascending by version. */
export function barsOf(transitions: readonly Transition[]): readonly Bar[] {
  const byVersion = Map.groupBy(transitions, ({ version }) => version);
  return [...byVersion]
    .sort(([a], [b]) => a - b)
    .map(([version, rows]) => ({
      version,
      kid: rows.find(({ kid }) => kid !== null)?.kid ?? null,
      phases: phasesOf(rows),
    }));
}

function phasesOf(rows: readonly Transition[]): readonly Phase[] {
  const sorted = rows
    .map((row) => ({ ...row, time: Date.parse(row.at) }))
    // Transitions at one time keep their order.
    .sort((a, b) => a.time - b.time);
  return sorted.map(({ to, time, planned }, at) => ({
    state: to,
    from: time,
    until: sorted[at + 1]?.time ?? null,
    planned,
  }));
}

function hasEnded({ phases }: Bar): boolean {
  const last = phases.findLast(({ planned }) => !planned);
  return last?.state === 'RETIRED' || last?.state === 'REVOKED';
}

/** How many keys that are out of use are drawn. */
const mostEnded = 2;

export interface ShownBars {
  readonly bars: readonly Bar[];
  /** Keys that ended before those. */
  readonly leftOut: number;
}

/** Keys in use, planned ones, and the latest that are out of use. */
export function shownBars(bars: readonly Bar[]): ShownBars {
  const ended = bars.filter(hasEnded);
  const old = new Set(ended.slice(0, Math.max(0, ended.length - mostEnded)));
  return { bars: bars.filter((bar) => !old.has(bar)), leftOut: old.size };
}
