// A secret key (RFC 7518 §6.4) has no structure; what its alg needs is checked by the table of algorithms.

import { badRequest } from '../../errors.ts';
import { octetsOf } from '../members/base64url.ts';

/** RFC 7518 §6.4. */
export interface OctMembers {
  readonly k: string;
}

const mostOctets = 1024;

/** Bits. */
export function octSize(jwk: OctMembers): number {
  return octetsOf(jwk.k) * 8;
}

/** @throws KeyplaneError bad_request with the reason */
export function checkOct(jwk: OctMembers): void {
  const octets = octetsOf(jwk.k);
  if (octets > mostOctets)
    throw badRequest(`OCT key is not sound: k has ${octets} bytes, at most ${mostOctets} are accepted`, {
      reason: 'KEY_NOT_SUPPORTED',
    });
}
