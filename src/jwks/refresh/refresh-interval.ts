import { badRequest } from '../../errors.ts';
import { durationText, parseDuration } from '../../iso-duration.ts';
import { shownText } from '../../names.ts';

const minuteMs = 60_000;
const leastMs = minuteMs;
export const longestRefreshIntervalMs = 30 * 24 * 60 * minuteMs;

/** @returns milliseconds @throws KeyplaneError `bad_request` */
export function readRefreshInterval(text: string): number {
  const intervalMs = parseDuration(text);
  if (intervalMs !== undefined && intervalMs >= leastMs && intervalMs <= longestRefreshIntervalMs)
    return intervalMs;
  const accepted = `${durationText(leastMs)} to ${durationText(longestRefreshIntervalMs)}`;
  throw badRequest(
    `refreshInterval (${shownText(text)}) is not valid! It takes an ISO 8601 duration from ${accepted}, such as PT1H`,
    { reason: 'FIELD_NOT_VALID', member: 'refreshInterval' },
  );
}
