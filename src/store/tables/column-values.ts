// How values are kept in columns: times as milliseconds since 1970, flags as 0 and 1.

export function timeOrNull(time: Date | null): number | null {
  return time === null ? null : time.getTime();
}

export function dateOrNull(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}

export function flag(value: boolean): number {
  return value ? 1 : 0;
}
