// EdDSA (RFC 8037 §3.1, RFC 9864): Ed25519 and Ed448 hash by themselves.

import { sign, verify } from 'node:crypto';
import type { SignatureAlgorithm } from '../signature-algorithm.ts';
import { octetsOf } from './thread-pool.ts';

/** The curve is the key's. */
export const eddsa: SignatureAlgorithm = Object.freeze({
  runsInPool: false,
  sign: (key, input) => sign(null, octetsOf(input), key),
  verify: (key, input, signature) => verify(null, octetsOf(input), key, signature),
} satisfies SignatureAlgorithm);
