// HMAC with SHA-2 (RFC 7518 §3.2).

import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { SignatureAlgorithm, SigningInput } from '../signature-algorithm.ts';

export function hmac(digest: string): SignatureAlgorithm {
  const mac = (key: KeyObject, input: SigningInput) => createHmac(digest, key).update(input).digest();
  return {
    runsInPool: false,
    sign: mac,
    verify(key, input, signature) {
      const expected = mac(key, input);
      // A comparison that ends at the first wrong octet would reveal the MAC octet by octet.
      return signature.length === expected.length && timingSafeEqual(signature, expected);
    },
  };
}
