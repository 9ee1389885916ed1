// ISO 8601 durations whose length does not depend on the calendar: weeks, days, hours, minutes, seconds.

const units = Object.freeze({ W: 604_800_000, D: 86_400_000, H: 3_600_000, M: 60_000, S: 1_000 });
const pattern =
  /^P(?!$)(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/;

/** Milliseconds; undefined for what is no such duration. */
export function parseDuration(text: string): number | undefined {
  const parts = pattern.exec(text);
  if (!parts) return undefined;
  const [, weeks = '0', days = '0', hours = '0', minutes = '0', seconds = '0'] = parts;
  const { W, D, H, M, S } = units;
  return Number(weeks) * W + Number(days) * D + Number(hours) * H + Number(minutes) * M + Number(seconds) * S;
}

/** The shortest spelling in days, hours, minutes and seconds. */
export function durationText(durationMs: number): string {
  const { D, H, M, S } = units;
  const count = (unit: number, of: number) => Math.floor(of / unit);
  const days = count(D, durationMs);
  const time = [
    [count(H, durationMs % D), 'H'],
    [count(M, durationMs % H), 'M'],
    [count(S, durationMs % M), 'S'],
  ]
    .filter(([number]) => number !== 0)
    .map((part) => part.join(''))
    .join('');
  const text = `${days === 0 ? '' : `${days}D`}${time === '' ? '' : `T${time}`}`;
  return `P${text === '' ? 'T0S' : text}`;
}

/** In hours, minutes and seconds, rounded up, as texts compare durations: `PT24H7M`. */
export function durationInHours(durationMs: number): string {
  const { H, M, S } = units;
  const wholeMs = Math.ceil(durationMs / S) * S;
  const parts = [
    [Math.floor(wholeMs / H), 'H'],
    [Math.floor((wholeMs % H) / M), 'M'],
    [(wholeMs % M) / S, 'S'],
  ].filter(([count]) => count !== 0);
  return `PT${parts.length === 0 ? '0S' : parts.map((part) => part.join('')).join('')}`;
}
