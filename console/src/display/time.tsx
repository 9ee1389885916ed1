import { Text } from '@mantine/core';

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const steps: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

export function relativeText(instant: string, now = Date.now()): string {
  const seconds = (new Date(instant).getTime() - now) / 1000;
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(Math.trunc(seconds), 'second');
}

/** How long ago or until, with the instant itself beside it for who points or listens. */
export function Time({ at, fallback = 'never' }: { readonly at: string | null; readonly fallback?: string }) {
  if (at === null) return <Text span>{fallback}</Text>;
  const exact = absolute.format(new Date(at));
  return (
    <time dateTime={at} title={exact}>
      {relativeText(at)}
    </time>
  );
}

/** The instant itself. */
export function Instant({
  at,
  fallback = 'none',
}: {
  readonly at: string | null;
  readonly fallback?: string;
}) {
  return at === null ? fallback : <time dateTime={at}>{absolute.format(new Date(at))}</time>;
}
