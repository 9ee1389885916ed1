import type { SourcedKey, SourceRequest } from '../../sources/jwk-source.ts';
import type { StoredJwk } from '../jwk-store.ts';
import { readRefreshInterval } from './refresh-interval.ts';
import type { Refresh } from './refresh-store.ts';

/** How a URL is to be followed from now on. */
export interface Follow {
  readonly intervalMs: number;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** Undefined when the request asks for none. @throws KeyplaneError `bad_request` */
export function checkFollow({ refreshInterval }: SourceRequest): number | undefined {
  return refreshInterval === undefined || refreshInterval === ''
    ? undefined
    : readRefreshInterval(refreshInterval);
}

export function followOf(
  intervalMs: number | undefined,
  { validators }: Pick<SourcedKey, 'validators'>,
): Follow | undefined {
  if (intervalMs === undefined) return undefined;
  return { intervalMs, etag: validators?.etag ?? null, lastModified: validators?.lastModified ?? null };
}

/** The schedule of a JWK whose URL was read just now. */
export function followRefresh(
  { id, updatedAt }: StoredJwk,
  { intervalMs, etag, lastModified }: Follow,
): Refresh {
  const refreshAt = new Date(updatedAt.getTime() + intervalMs);
  const state = { state: 'FRESH' as const, stateSince: updatedAt, stateReason: null };
  return { jwkId: id, intervalMs, refreshAt, ...state, etag, lastModified };
}
