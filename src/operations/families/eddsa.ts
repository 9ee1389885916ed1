// EdDSA (RFC 8037 §3.1, RFC 9864): Ed25519 and Ed448 hash by themselves.

import type { SignatureAlgorithm } from '../signature-algorithm.ts';
import { signInPool, verifyInPool } from './thread-pool.ts';

/** The curve is the key's. */
export const eddsa: SignatureAlgorithm = Object.freeze({
  runsInPool: true,
  sign: (key, input) => signInPool(null, key, input),
  verify: (key, input, signature) => verifyInPool(null, key, { input, signature }),
} satisfies SignatureAlgorithm);
