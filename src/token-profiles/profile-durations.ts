// Durations of a token profile: how they are read, and what they may not exceed.

import { badRequest, type KeyplaneError } from '../errors.ts';
import { durationInHours, parseDuration } from '../iso-duration.ts';
import { shownText } from '../names.ts';
import type { ProfileRing } from './profile-keys.ts';

const defaultLifetime = 'PT5M';
/** A token expires in whole seconds. */
const leastLifetimeMs = 1_000;
const mostOffsetMs = 10 * 60_000;

export interface ProfileDurations {
  readonly lifetime: string;
  readonly maxLifetime: string;
  readonly notBeforeOffset: string | null;
}

export type DurationRequest = {
  readonly [Name in keyof ProfileDurations]?: ProfileDurations[Name] | undefined;
};

/**
 * @param former of a profile that exists
 * @throws KeyplaneError `bad_request`
 */
export function readDurations(
  request: DurationRequest,
  ring: Pick<ProfileRing, 'name' | 'policy'>,
  former?: ProfileDurations,
): ProfileDurations {
  const { maxTokenLifetime } = ring.policy;
  const given = request.lifetime ?? former?.lifetime;
  const maxLifetime =
    request.maxLifetime ?? former?.maxLifetime ?? given ?? shorter(defaultLifetime, maxTokenLifetime);
  const lifetime = given ?? shorter(defaultLifetime, maxLifetime);
  const notBeforeOffset =
    request.notBeforeOffset === undefined ? (former?.notBeforeOffset ?? null) : request.notBeforeOffset;
  const [lifetimeMs, maxLifetimeMs] = [
    lifetimeOf('lifetime', lifetime),
    lifetimeOf('maxLifetime', maxLifetime),
  ];
  if (lifetimeMs > maxLifetimeMs) throw longerThanMax(lifetimeMs, maxLifetimeMs);
  const mostMs = milliseconds(maxTokenLifetime);
  if (maxLifetimeMs > mostMs) {
    throw notValid(
      'maxLifetime',
      `maxLifetime (${durationInHours(maxLifetimeMs)}) is longer than maxTokenLifetime (${durationInHours(mostMs)}) of key ring (name: ${ring.name})!`,
    );
  }
  if (notBeforeOffset !== null && offsetOf(notBeforeOffset) >= lifetimeMs) {
    throw notValid(
      'notBeforeOffset',
      `notBeforeOffset (${notBeforeOffset}) is not shorter than lifetime (${durationInHours(lifetimeMs)})!`,
    );
  }
  return { lifetime, maxLifetime, notBeforeOffset };
}

export interface ProfileMilliseconds {
  readonly lifetimeMs: number;
  readonly maxLifetimeMs: number;
  readonly notBeforeOffsetMs: number | null;
}

/** Of durations that were checked. */
export function durationsInMs(durations: ProfileDurations): ProfileMilliseconds {
  const { lifetime, maxLifetime, notBeforeOffset } = durations;
  return {
    lifetimeMs: milliseconds(lifetime),
    maxLifetimeMs: milliseconds(maxLifetime),
    notBeforeOffsetMs: notBeforeOffset === null ? null : offsetOf(notBeforeOffset),
  };
}

function shorter(one: string, other: string): string {
  return milliseconds(one) <= milliseconds(other) ? one : other;
}

function milliseconds(text: string): number {
  return parseDuration(text) ?? 0;
}

function lifetimeOf(member: string, text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs !== undefined && durationMs >= leastLifetimeMs) return durationMs;
  const shown = durationMs === undefined ? shownText(text) : durationInHours(durationMs);
  throw notValid(
    member,
    `${member} (${shown}) is not valid! It takes an ISO 8601 duration of at least PT1S, such as PT5M`,
  );
}

function offsetOf(text: string): number {
  const isNegative = text.startsWith('-');
  const durationMs = parseDuration(isNegative ? text.slice(1) : text);
  if (durationMs !== undefined && durationMs <= mostOffsetMs) return isNegative ? -durationMs : durationMs;
  throw notValid(
    'notBeforeOffset',
    `notBeforeOffset (${shownText(text)}) is not valid! It takes an ISO 8601 duration from -PT10M to PT10M, such as -PT1M`,
  );
}

function longerThanMax(lifetimeMs: number, maxLifetimeMs: number): KeyplaneError {
  return notValid(
    'lifetime',
    `lifetime (${durationInHours(lifetimeMs)}) is longer than maxLifetime (${durationInHours(maxLifetimeMs)})!`,
  );
}

function notValid(member: string, text: string): KeyplaneError {
  return badRequest(text, { reason: 'FIELD_NOT_VALID', member });
}
