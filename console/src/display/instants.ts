// Every time of the console is in UTC, as the command line and the API have it, so that two people and two programs
// read the same.

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

const steps: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
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
      return relative.format(Math.round(seconds / size), unit);
    }
  }
  return 'now';
}

/** `2026-11-29 12:03 UTC` */
export function utcText(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** To the millisecond. */
export function exactText(instant: string): string {
  return new Date(instant).toISOString();
}
