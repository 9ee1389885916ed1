// Times as the console shows them: in UTC and marked so, with the distance from now beside them.

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
  return instant ? `${timeText(instant)} (${relativeTime(instant, now)})` : null;
}

/** Each unit with its seconds and the fewest seconds from which it is used, so that 45 days are not "1 month". */
const units = [
  ['year', 31_557_600, 1.9 * 31_557_600],
  ['month', 2_629_800, 1.9 * 2_629_800],
  ['day', 86_400, 86_400],
  ['hour', 3_600, 3_600],
  ['minute', 60, 60],
] as const;

/** `in 3 days`, `5 minutes ago`: rounded to the nearest unit. */
export function relativeTime(instant: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(instant) - now) / 1_000);
  const found = units.find(([, , from]) => Math.abs(seconds) >= from);
  const [unit, size] = found ?? (['second', 1] as const);
  const count = Math.round(Math.abs(seconds) / size);
  const amount = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return seconds < 0 ? `${amount} ago` : `in ${amount}`;
}
