// Times as the console and the command line show them: in UTC and marked so, with the distance from now beside them.

/** `2026-11-29 12:03 UTC` */
export function timeText(instant: string | null | undefined): string | null {
  return instant ? `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC` : null;
}

/** `2026-11-29 12:03:11 UTC`, for what is read to the second */
export function exactTimeText(instant: string | null | undefined): string | null {
  return instant ? `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC` : null;
}

/** `2026-11-29 12:03 UTC (in 3 days)` */
export function timeAndDistance(instant: string | null | undefined, now = Date.now()): string | null {
  return instant ? `${timeText(instant)} (${relativeText(instant, now)})` : null;
}

const steps: readonly (readonly [unit: string, seconds: number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];
/** A day less than a year is a year to a reader; 13 months are not. */
const tolerance = 0.03;

/** How long until an instant, or since it, rounded: `in 5 days`, `2 years ago`. `now` is milliseconds since 1970. */
export function relativeText(instant: string, now = Date.now()): string {
  const seconds = (Date.parse(instant) - now) / 1000;
  for (const [unit, size] of steps) {
    const count = Math.abs(seconds) / size;
    if (count >= 2 - tolerance || Math.abs(count - 1) <= tolerance) {
      return distance(Math.round(seconds / size), unit);
    }
  }
  return 'now';
}

/** `Intl.RelativeTimeFormat` says the same, with 7 MB more of resident memory for the data of languages. */
function distance(count: number, unit: string): string {
  const size = Math.abs(count);
  const text = `${size} ${unit}${size === 1 ? '' : 's'}`;
  return count > 0 ? `in ${text}` : `${text} ago`;
}

const durationUnits: readonly (readonly [unit: string, milliseconds: number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** Rounded up: `24 hours 7 minutes`. Days from two of them on, since `24 hours` is how a day of caches is known. */
export function durationInWords(milliseconds: number): string {
  let left = Math.ceil(milliseconds / 1_000) * 1_000;
  const parts: string[] = [];
  for (const [unit, size] of durationUnits) {
    const count = Math.floor(left / size);
    if (count === 0 || (unit === 'day' && count === 1)) continue;
    parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
    left -= count * size;
  }
  return parts.length === 0 ? '0 seconds' : parts.join(' ');
}
