// RSASSA-PKCS1-v1_5 (RFC 7518 §3.3) and RSASSA-PSS (RFC 7518 §3.5), in the thread pool: a private key of 8192 bits takes
// tens of milliseconds, and so does a public key with a large exponent.

import { constants } from 'node:crypto';
import type { SignatureAlgorithm } from '../signature-algorithm.ts';
import { signInPool, verifyInPool } from './thread-pool.ts';

type Padding = { readonly padding: number; readonly saltLength?: number };

function rsa(digest: string, padding: Padding): SignatureAlgorithm {
  return {
    runsInPool: true,
    sign: (key, input) => signInPool(digest, { key, ...padding }, input),
    verify: (key, input, signature) => verifyInPool(digest, { key, ...padding }, { input, signature }),
  };
}

export function rsassaPkcs1(digest: string): SignatureAlgorithm {
  return rsa(digest, { padding: constants.RSA_PKCS1_PADDING });
}

/** The salt has the size of the hash; MGF1 uses the same hash, which is the default of OpenSSL. */
export function rsassaPss(digest: string): SignatureAlgorithm {
  return rsa(digest, {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
}
