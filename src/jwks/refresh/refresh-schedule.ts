import { badRequest } from '../../errors.ts';
import { durationText, parseDuration } from '../../iso-duration.ts';
import { shownText } from '../../names.ts';
import type { SourcedKey, SourceRequest } from '../../sources/jwk-source.ts';
import type { StoredJwk } from '../jwk-store.ts';
import type { Refresh } from './refresh-store.ts';

const minuteMs = 60_000;
const leastMs = minuteMs;
export const longestRefreshIntervalMs = 30 * 24 * 60 * minuteMs;

/** How a URL is to be followed from now on. */
export interface RefreshSchedule {
  readonly intervalMs: number;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** Undefined when the request asks for none. @throws KeyplaneError `bad_request` */
export function checkRefreshInterval({ refreshInterval }: SourceRequest): number | undefined {
  return refreshInterval === undefined || refreshInterval === ''
    ? undefined
    : readRefreshInterval(refreshInterval);
}

/** @returns milliseconds @throws KeyplaneError `bad_request` */
function readRefreshInterval(text: string): number {
  const intervalMs = parseDuration(text);
  if (intervalMs !== undefined && intervalMs >= leastMs && intervalMs <= longestRefreshIntervalMs)
    return intervalMs;
  const accepted = `${durationText(leastMs)} to ${durationText(longestRefreshIntervalMs)}`;
  throw badRequest(
    `refreshInterval (${shownText(text)}) is not valid! It takes an ISO 8601 duration from ${accepted}, such as PT1H`,
    { reason: 'FIELD_NOT_VALID', member: 'refreshInterval' },
  );
}

export function refreshScheduleOf(
  intervalMs: number | undefined,
  { validators }: Pick<SourcedKey, 'validators'>,
): RefreshSchedule | undefined {
  if (intervalMs === undefined) return undefined;
  return { intervalMs, etag: validators?.etag ?? null, lastModified: validators?.lastModified ?? null };
}

/** The schedule of a JWK whose URL was read just now. */
export function firstRefresh(
  { id, updatedAt }: StoredJwk,
  { intervalMs, etag, lastModified }: RefreshSchedule,
): Refresh {
  const refreshAt = new Date(updatedAt.getTime() + intervalMs);
  const state = { state: 'FRESH' as const, stateSince: updatedAt, stateReason: null };
  return { jwkId: id, intervalMs, refreshAt, ...state, etag, lastModified };
}
