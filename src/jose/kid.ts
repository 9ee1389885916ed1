// The rule for a key id (RFC 7517 §4.5 leaves its structure open): text that fits a log line and a JWS header.

import { badRequest } from '../errors.ts';

const longestKid = 512;

/** @throws KeyplaneError bad_request for an empty, overlong or unprintable kid */
export function checkKid(kid: string): void {
  if (kid === '')
    throw badRequest('kid is empty; leave it out or give it a value', {
      reason: 'FIELD_NOT_VALID',
      member: 'kid',
    });
  if (kid.length > longestKid) {
    throw badRequest(`kid has ${kid.length} characters; at most ${longestKid} are accepted`, {
      reason: 'FIELD_NOT_VALID',
      member: 'kid',
    });
  }
  // Control and format characters would forge log lines and hide in a console; a lone surrogate is no UTF-8.
  if (/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(kid)) {
    throw badRequest('kid holds a control character; only printable characters are accepted', {
      reason: 'FIELD_NOT_VALID',
      member: 'kid',
    });
  }
}
