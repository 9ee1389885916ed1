// Warnings that a JWK expires: once each 30 days, 7 days and 1 day before it. A JWK that is first seen nearer to its end gets
// the nearest warning only. A changed expiration time begins again.

import type { EventStores } from '../../events/event-store.ts';
import { recordEvent } from '../../events/record-event.ts';
import type { StoredJwk } from '../jwk-store.ts';

/** Days before the expiration, ascending. */
export const warningDays = Object.freeze([1, 7, 30] as const);
export type WarningDays = (typeof warningDays)[number];

export const dayMs = 86_400_000;

export interface ExpirationNotice {
  readonly jwkId: string;
  /** That it is about. */
  readonly expirationTime: Date;
  readonly days: WarningDays;
}

export interface ExpirationWindow {
  readonly after: Date;
  /** Or at it. */
  readonly until: Date;
  readonly days: WarningDays;
}

export interface ExpirationNoticeStore {
  /** The last one of a JWK. */
  find(jwkId: string): Promise<ExpirationNotice | undefined>;
  put(notice: ExpirationNotice): Promise<void>;
  /** Ids of JWKs that expire in the window and had no such warning, ascending. */
  lacking(window: ExpirationWindow, afterId: string, limit: number): Promise<readonly string[]>;
  /** The first expiration of any JWK after this time. */
  nextAfter(time: Date): Promise<Date | null>;
}

export interface ExpirationStores {
  readonly expirationNotices: ExpirationNoticeStore;
}

/** Of a JWK that has not expired: the nearest warning that its time has come for. */
function warningFor(expirationTime: Date | null, now: Date): WarningDays | undefined {
  if (expirationTime === null || expirationTime <= now) return undefined;
  const leftMs = expirationTime.getTime() - now.getTime();
  return warningDays.find((days) => leftMs <= days * dayMs);
}

/** Records the warning that is due, if any is, in the caller's transaction. Costs no statement where none can be. */
export async function noteExpiration(
  stores: ExpirationStores & EventStores,
  { id, projectId, name, kid, expirationTime }: StoredJwk,
  now: Date,
): Promise<void> {
  const days = warningFor(expirationTime, now);
  if (expirationTime === null || days === undefined) return;
  const last = await stores.expirationNotices.find(id);
  if (last?.expirationTime.getTime() === expirationTime.getTime() && last.days <= days) return;
  await stores.expirationNotices.put({ jwkId: id, expirationTime, days });
  await recordEvent(stores, {
    projectId,
    type: 'jwk.expiring',
    objectType: 'jwk',
    objectName: name,
    kid,
    facts: { expirationTime: expirationTime.toISOString(), warning: `P${days}D` },
    at: now,
  });
}
