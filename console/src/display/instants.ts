// Every time of the console is in UTC, as the command line and the API have it, so that two people and two programs
// read the same.

/** `2026-11-29 12:03 UTC` */
export function utcText(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** To the millisecond. */
export function exactText(instant: string): string {
  return new Date(instant).toISOString();
}
