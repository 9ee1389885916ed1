// How key rings write times and durations in messages.

const secondMs = 1000;

/** In hours, minutes and seconds, rounded up: `PT24H7M`. */
export function durationInHours(durationMs: number): string {
  const seconds = Math.ceil(durationMs / secondMs);
  const parts = [
    [Math.floor(seconds / 3600), 'H'],
    [Math.floor((seconds % 3600) / 60), 'M'],
    [seconds % 60, 'S'],
  ] as const;
  const text = parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('');
  return `PT${text === '' ? '0S' : text}`;
}

/** In whole seconds, rounded up: `2026-12-01T10:07:00Z`. @param time milliseconds since 1970 */
export function instantText(time: number): string {
  return new Date(Math.ceil(time / secondMs) * secondMs).toISOString().replace('.000Z', 'Z');
}
