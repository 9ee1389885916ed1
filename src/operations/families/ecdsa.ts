// ECDSA (RFC 7518 §3.4, RFC 8812 §3.2). JOSE signatures are R and S, each of the curve's length, not DER.

import type { SignatureAlgorithm } from '../signature-algorithm.ts';
import { derSignature, rawSignature } from './ecdsa-signature.ts';
import { signInPool, verifyInPool } from './thread-pool.ts';

/**
 * In the thread pool, also for P-256: a signature takes longer than the way there and back, and the event loop reads the next
 * request meanwhile.
 */
export function ecdsa(digest: string, signatureOctets: number): SignatureAlgorithm {
  return {
    runsInPool: true,
    sign: async (key, input) => rawSignature(await signInPool(digest, key, input), signatureOctets),
    verify: (key, input, signature) =>
      signature.length === signatureOctets &&
      verifyInPool(digest, key, { input, signature: derSignature(signature) }),
  };
}
