// Limits password guesses: after 10 wrong ones in a minute for a user, or 100 from an address, every further attempt is
// rejected, even with the right password, until the minute has passed. An address may fail more often than a user, so
// that one person's mistakes do not lock out others behind the same address. Unknown names count like known ones: the
// response must not distinguish them.

import { tooManyRequests } from '../errors.ts';
import { networkOf } from '../runtime/network-of.ts';

const wrongLimitOfUser = 10;
const wrongLimitOfAddress = 100;
const windowMs = 60_000;

export interface SignInAttempt {
  /** The password was right: the attempt does not count. */
  forgive(): void;
}

export interface SignInLimiter {
  /** @throws KeyplaneError `rate_limit_exceeded` */
  check(who: SignInIdentity): void;
  /**
   * Counts an attempt as wrong until it is forgiven, so that attempts at the same time cannot slip through.
   * @throws KeyplaneError `rate_limit_exceeded`
   */
  begin(who: SignInIdentity): SignInAttempt;
}

export interface SignInIdentity {
  readonly username: string;
  /** Of the socket. */
  readonly address: string;
}

export interface SignInLimiterOptions {
  readonly clock: () => Date;
  /** How many users and how many addresses are remembered; the ones unseen longest go first. */
  readonly keysLimit?: number;
}

export function createSignInLimiter({ clock, keysLimit = 10_000 }: SignInLimiterOptions): SignInLimiter {
  const users = new Map<string, number[]>();
  const addresses = new Map<string, number[]>();
  const countersOf = ({ username, address }: SignInIdentity) =>
    [
      { counters: users, key: username, limit: wrongLimitOfUser },
      { counters: addresses, key: networkOf(address), limit: wrongLimitOfAddress },
    ] as const;

  const check = (who: SignInIdentity): void => {
    const now = clock().getTime();
    for (const { counters, key, limit } of countersOf(who)) refuseOverLimit(counters.get(key), limit, now);
  };
  return {
    check,
    begin(who) {
      check(who);
      const now = clock().getTime();
      const undo = countersOf(who).map(({ counters, key }) => count(counters, { key, now, keysLimit }));
      return {
        forgive() {
          for (const forget of undo) forget();
        },
      };
    },
  };
}

function refuseOverLimit(times: readonly number[] | undefined, limit: number, now: number): void {
  const recent = inWindow(times, now);
  const oldest = recent[recent.length - limit];
  if (oldest === undefined) return;
  const retryAfterSeconds = Math.max(1, Math.ceil((oldest + windowMs - now) / 1000));
  throw tooManyRequests(
    'wrong_passwords',
    `Too many wrong passwords, try again in ${retryAfterSeconds} seconds`,
    retryAfterSeconds,
  );
}

/** A time that lies ahead is from before the clock was set back; it would hold for as long as the clock was off. */
function inWindow(times: readonly number[] | undefined, now: number): number[] {
  return times?.filter((time) => time > now - windowMs && time <= now) ?? [];
}

function count(
  counters: Map<string, number[]>,
  entry: { key: string; now: number; keysLimit: number },
): () => void {
  const { key, now, keysLimit } = entry;
  const times = inWindow(counters.get(key), now);
  times.push(now);
  counters.delete(key);
  counters.set(key, times);
  const [oldestKey] = counters.keys();
  if (counters.size > keysLimit && oldestKey !== undefined) counters.delete(oldestKey);
  return () => {
    const current = counters.get(key);
    const index = current?.lastIndexOf(now) ?? -1;
    if (index >= 0) current?.splice(index, 1);
    if (current?.length === 0) counters.delete(key);
  };
}
