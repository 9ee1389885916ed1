/** RFC 3339 §5.6: a full date and time with its offset, with the colon of the offset. */
const instantPattern = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** @returns undefined for any other text, and for a day that no calendar has */
export function parseInstant(text: string): Date | undefined {
  const day = instantPattern.exec(text)?.[1];
  const instant = new Date(text);
  if (day === undefined || Number.isNaN(instant.getTime())) return undefined;
  // Date carries 31 February over to March; the day on its own has to survive the way there and back.
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day) ? instant : undefined;
}
