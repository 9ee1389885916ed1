// The time axis of a chart: its ends, its marks, and where a time lies on it. PURE. Times are milliseconds since 1970.

import type { Bar, Phase } from './bars.ts';

export interface Axis {
  readonly from: number;
  readonly until: number;
}

/** The least that an axis spans. */
const leastMs = 60_000;
/** Space after the last transition, so that the state after it is seen. */
const tail = 0.06;

/** From the first transition of the bars to the last one, with the present on it. */
export function axisOf(bars: readonly Bar[], now: number): Axis {
  const times = bars.flatMap(({ phases }) => phases.map(({ from }) => from));
  const from = Math.min(now, ...times);
  const last = Math.max(now, ...times);
  const spanMs = Math.max(leastMs, last - from);
  // Nothing is planned: what is now goes on for a while.
  const afterMs = last > now ? spanMs * tail : spanMs * 0.4;
  return { from, until: from + spanMs + afterMs };
}

/** Percent of the width of the axis. */
export function positionOf(axis: Axis, time: number): number {
  const share = (time - axis.from) / (axis.until - axis.from);
  return 100 * Math.min(1, Math.max(0, share));
}

export interface Span extends Phase {
  /** Percent of the width of the axis. */
  readonly left: number;
  readonly width: number;
}

/** A phase of a second in a year is still seen; those after it begin later. */
const leastWidth = 1;

/** Phases without any length are left out, and those before the first use that are too short to see. */
export function spansOf(axis: Axis, { phases }: Bar): readonly Span[] {
  const spans: Span[] = [];
  let left = 0;
  for (const phase of phases) {
    const { from, until } = phase;
    if (until !== null && (until <= from || isBrief(axis, phase))) continue;
    left = Math.max(left, positionOf(axis, from));
    const right = Math.min(100, Math.max(left + leastWidth, positionOf(axis, until ?? axis.until)));
    spans.push({ ...phase, left, width: right - left });
    left = right;
  }
  return spans;
}

function isBrief(axis: Axis, { state, from, until }: Phase): boolean {
  if ((state !== 'STAGED' && state !== 'NEXT') || until === null) return false;
  return positionOf(axis, until) - positionOf(axis, from) < leastWidth / 2;
}

export interface Mark {
  readonly time: number;
  readonly label: string;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const steps = [
  ...[5, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 15, 30].map((count) => count * minute),
  ...[1, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 30, 60, 90, 180, 365, 730, 1_825, 3_650].map((count) => count * day),
];
const mostMarks = 5;

/** Round times in UTC, in equal steps. */
export function marksOf({ from, until }: Axis): readonly Mark[] {
  const step = steps.find((one) => (until - from) / one <= mostMarks) ?? until - from;
  const first = Math.ceil(from / step) * step;
  const count = Math.max(0, Math.floor((until - first) / step) + 1);
  return Array.from({ length: count }, (_, at) => first + at * step).map((time) => ({
    time,
    label: markText(time, step),
  }));
}

function markText(time: number, step: number): string {
  const text = new Date(time).toISOString();
  if (step >= day) return text.slice(0, 10);
  if (step >= minute) return text.slice(11, 16);
  return text.slice(11, 19);
}
