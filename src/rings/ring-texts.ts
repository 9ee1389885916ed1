// How key rings write times in messages; durations stand in hours (`iso-duration.ts`).

const secondMs = 1000;

/** In whole seconds, rounded up: `2026-12-01T10:07:00Z`. @param time milliseconds since 1970 */
export function wholeSecondText(time: number): string {
  return new Date(Math.ceil(time / secondMs) * secondMs).toISOString().replace('.000Z', 'Z');
}
