// How many requests a user, or an address that brings no valid token, may send. What a token opens is counted for its
// user; everything else under /apiops, wrong tokens and signing in among it, and what matches no route for the address.
// Health, metrics, pages and the API's description are never refused, nor are the streams of nodes.

import type { FastifyRequest } from 'fastify';
import { tooManyRequests } from '../../errors.ts';
import { networkOf } from '../../runtime/network-of.ts';
import { createTokenBuckets, type TokenBuckets } from './token-buckets.ts';

export interface RequestsPerMinute {
  /** Of one user, with whichever of their tokens; 0 for as many as they like. */
  readonly user: number;
  /** Of one address (of IPv6 its /64), without a valid token; 0 for as many as they like. */
  readonly address: number;
}

export interface RateLimits {
  /** @throws KeyplaneError `rate_limit_exceeded` */
  countUser(userId: string): void;
  /** @throws KeyplaneError `rate_limit_exceeded` */
  countUnauthenticated(request: FastifyRequest): void;
}

/** @param now milliseconds of a monotonic clock */
export function createRateLimits({ user, address }: RequestsPerMinute, now?: () => number): RateLimits {
  const bucketsOf = (perMinute: number): TokenBuckets | undefined =>
    perMinute === 0 ? undefined : createTokenBuckets({ perMinute, now });
  const users = bucketsOf(user);
  const addresses = bucketsOf(address);
  return {
    countUser(userId) {
      if (users) refuseOver(users.take(userId));
    },
    countUnauthenticated(request) {
      if (addresses) refuseOver(addresses.take(networkOf(addressOf(request))));
    },
  };
}

/** The client's address as far as trusted proxies report it; undefined once the connection has ended. */
export function addressOf(request: FastifyRequest): string {
  return request.socket.remoteAddress === undefined ? 'unknown' : request.ip;
}

function refuseOver(retryAfterSeconds: number): void {
  if (retryAfterSeconds === 0) return;
  const wait = retryAfterSeconds === 1 ? 'a second' : `${retryAfterSeconds} seconds`;
  throw tooManyRequests('request_rate', `Too many requests, try again in ${wait}`, retryAfterSeconds);
}
