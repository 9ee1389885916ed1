// ML-DSA (RFC 9964 §5, FIPS 204) with an empty context, in the thread pool: a signature takes a millisecond or more, and
// how many depends on chance.

import type { SignatureAlgorithm } from '../signature-algorithm.ts';
import { signInPool, verifyInPool } from './thread-pool.ts';

/** The parameter set is the key's. */
export function mlDsa(signatureOctets: number): SignatureAlgorithm {
  return {
    runsInPool: true,
    sign: (key, input) => signInPool(null, key, input),
    verify: (key, input, signature) =>
      signature.length === signatureOctets && verifyInPool(null, key, { input, signature }),
  };
}
