// ECDSA (RFC 7518 §3.4, RFC 8812 §3.2). JOSE signatures are R and S, each of the curve's length, not DER.

import { sign, verify } from 'node:crypto';
import type { SignatureAlgorithm } from '../signature-algorithm.ts';
import { derSignature, rawSignature } from './ecdsa-signature.ts';
import { octetsOf, signInPool, verifyInPool } from './thread-pool.ts';

/** P-256 and P-384: fast enough for the event loop, where the way to the thread pool would cost more. */
export function ecdsa(digest: string, signatureOctets: number): SignatureAlgorithm {
  return {
    runsInPool: false,
    sign: (key, input) => rawSignature(sign(digest, octetsOf(input), key), signatureOctets),
    verify: (key, input, signature) =>
      signature.length === signatureOctets && verify(digest, octetsOf(input), key, derSignature(signature)),
  };
}

/** P-521 and secp256k1, for which OpenSSL has no fast arithmetic. */
export function ecdsaInPool(digest: string, signatureOctets: number): SignatureAlgorithm {
  return {
    runsInPool: true,
    sign: async (key, input) => rawSignature(await signInPool(digest, key, input), signatureOctets),
    verify: (key, input, signature) =>
      signature.length === signatureOctets &&
      verifyInPool(digest, key, { input, signature: derSignature(signature) }),
  };
}
