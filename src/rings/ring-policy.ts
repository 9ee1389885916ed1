// The policy of a key ring: how it is read from a request, its bounds, and what it may not contradict.

import { badRequest, type KeyplaneError } from '../errors.ts';
import { durationInHours, parseDuration } from '../iso-duration.ts';
import { shownText } from '../names.ts';
import type { RingPolicy } from './ring.ts';
import { publicationDelayMs } from './schedule/formulas.ts';
import type { PolicyFacts, RingFacts } from './schedule/ring-facts.ts';

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const dayMs = 24 * 60 * minuteMs;

interface DurationField {
  readonly default: string;
  readonly leastMs: number;
  readonly mostMs: number;
  /** What an explicit null means; undefined: it is rejected. */
  readonly whenNull?: string;
}

/** In the order in which they are checked. */
export const policyDurations = Object.freeze({
  rotationInterval: {
    default: 'P90D',
    leastMs: minuteMs,
    mostMs: 1095 * dayMs,
    whenNull: 'null for manual rotation',
  },
  maxTokenLifetime: { default: 'PT1H', leastMs: secondMs, mostMs: 365 * dayMs },
  verifierCacheTime: { default: 'PT24H', leastMs: 0, mostMs: 30 * dayMs },
  clockSkew: { default: 'PT1M', leastMs: 0, mostMs: 10 * minuteMs },
  signingLease: {
    default: 'P7D',
    leastMs: 30 * secondMs,
    mostMs: 90 * dayMs,
    whenNull: 'null for a lease without end',
  },
} satisfies Record<string, DurationField>);

type DurationName = keyof typeof policyDurations;

/** Members of a request; absent ones take their default, or stay as they are. Environments are read where names are. */
export interface PolicyRequest {
  readonly rotationInterval?: string | null | undefined;
  readonly maxTokenLifetime?: string | undefined;
  readonly verifierCacheTime?: string | undefined;
  readonly clockSkew?: string | undefined;
  readonly signingLease?: string | null | undefined;
  readonly exportable?: boolean | undefined;
}

type OwnPolicy = Omit<RingPolicy, 'environmentIds'>;

/**
 * @param former of a ring that exists
 * @throws KeyplaneError `bad_request` for what is out of its bounds; see `requirePolicy` for the rest
 */
export function readPolicy(request: PolicyRequest, former?: OwnPolicy): OwnPolicy {
  const text = (name: Exclude<DurationName, 'rotationInterval' | 'signingLease'>): string =>
    checked(name, request[name] ?? former?.[name] ?? policyDurations[name].default);
  const textOrNull = (name: 'rotationInterval' | 'signingLease'): string | null => {
    const given = request[name];
    if (given === null) return null;
    if (given !== undefined) return checked(name, given);
    return former ? former[name] : policyDurations[name].default;
  };
  return {
    rotationInterval: textOrNull('rotationInterval'),
    maxTokenLifetime: text('maxTokenLifetime'),
    verifierCacheTime: text('verifierCacheTime'),
    clockSkew: text('clockSkew'),
    signingLease: textOrNull('signingLease'),
    exportable: exportableOf(request.exportable, former),
  };
}

function exportableOf(requested: boolean | undefined, former: OwnPolicy | undefined): boolean {
  if (former?.exportable === false && requested === true) {
    throw notValid('exportable', 'exportable can be changed from true to false only!');
  }
  return requested ?? former?.exportable ?? false;
}

function checked(name: DurationName, text: string): string {
  const { leastMs, mostMs, default: example, whenNull }: DurationField = policyDurations[name];
  const durationMs = parseDuration(text);
  if (durationMs !== undefined && durationMs >= leastMs && durationMs <= mostMs) return text;
  const shown = durationMs === undefined ? shownText(text) : durationInHours(durationMs);
  const range = `from ${durationInHours(leastMs)} to ${durationInHours(mostMs)}`;
  const orNull = whenNull === undefined ? '' : `, or ${whenNull}`;
  throw notValid(
    name,
    `${name} (${shown}) is not valid! It takes an ISO 8601 duration ${range}, such as ${example}${orNull}`,
  );
}

export function policyFacts(policy: OwnPolicy): PolicyFacts {
  return {
    rotationIntervalMs: millisecondsOrNull(policy.rotationInterval),
    maxTokenLifetimeMs: milliseconds(policy.maxTokenLifetime),
    verifierCacheTimeMs: milliseconds(policy.verifierCacheTime),
    clockSkewMs: milliseconds(policy.clockSkew),
    signingLeaseMs: millisecondsOrNull(policy.signingLease),
  };
}

function millisecondsOrNull(text: string | null): number | null {
  return text === null ? null : milliseconds(text);
}

function milliseconds(text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs === undefined) throw new Error(`a stored policy has a duration that is not valid: ${text}`);
  return durationMs;
}

/** A key is known to verifiers for at least this long before the next one is due. */
const intervalMarginMs = 5 * secondMs;
/** Five members may be RETIRING at once. */
const lifetimesPerInterval = 4;

/**
 * Whether rotation can keep up with the policy.
 * @param cachesMs A + W that counts now
 * @throws KeyplaneError `bad_request`
 */
export function requirePolicy(kind: RingFacts['kind'], policy: PolicyFacts, cachesMs: number): void {
  const { rotationIntervalMs, maxTokenLifetimeMs } = policy;
  if (rotationIntervalMs === null) return;
  const delayMs = publicationDelayMs(kind, policy, cachesMs);
  const interval = durationInHours(rotationIntervalMs);
  if (rotationIntervalMs < delayMs + intervalMarginMs) {
    throw contradiction(
      'rotationInterval',
      `rotationInterval (${interval}) is too short: a new key is known to all verifiers after ${durationInHours(delayMs)}! Make it longer, or verifierCacheTime shorter.`,
    );
  }
  if (maxTokenLifetimeMs > lifetimesPerInterval * rotationIntervalMs) {
    throw contradiction(
      'maxTokenLifetime',
      `maxTokenLifetime (${durationInHours(maxTokenLifetimeMs)}) is longer than four times rotationInterval (${interval})!`,
    );
  }
}

function contradiction(member: string, text: string): KeyplaneError {
  return badRequest(text, { reason: 'POLICY_NOT_VALID', member });
}

function notValid(member: string, text: string): KeyplaneError {
  return badRequest(text, { reason: 'FIELD_NOT_VALID', member });
}
