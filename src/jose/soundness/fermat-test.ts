// Fermat's test of a number as long as an RSA modulus or its primes, in libuv's thread pool: up to some milliseconds that
// the event loop does not spend. The one modular power that node:crypto offers there is the verification of a signature, so the
// question is put as one: with exponents k·e ≡ 1 modulo m−1, the k-th power of a padded message is its "signature"
// exactly when raising it to e gives the message back, as it does for every prime m.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { FairQueue } from '../../runtime/fair-queue.ts';
import { bitLength, encodeInteger, integerFromOctets, octetsFromInteger } from '../members/integer.ts';

/** OpenSSL takes exponents above 64 bits only with moduli up to this (OPENSSL_RSA_SMALL_MODULUS_BITS). */
export const mostFermatBits = 3072;

/** The pool has four threads, which files and DNS need too. */
const pool = new FairQueue({ capacity: 2, rejection: (cause) => new Error(`Fermat test: ${cause}`) });

const message = Buffer.from('keyplane');
/** RFC 8017 §9.2, note 1. */
const sha256Prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex');
const digestInfo = Buffer.concat([sha256Prefix, createHash('sha256').update(message).digest()]);

/** EMSA-PKCS1-v1_5 (RFC 8017 §9.2) of the message, as a number: always below a modulus of that many octets. */
function paddedMessage(octets: number): bigint {
  const filler = Buffer.alloc(octets - 3 - digestInfo.length, 0xff);
  return integerFromOctets(Buffer.concat([Buffer.from([0, 1]), filler, Buffer.from([0]), digestInfo]));
}

/** The smallest odd k that has an inverse e modulo m−1, and that inverse. */
function inverseExponents(minusOne: bigint): { readonly k: bigint; readonly e: bigint } {
  for (let k = 3n; ; k += 2n) {
    for (let j = 1n; j < k; j += 1n) {
      if ((1n + j * minusOne) % k === 0n) return { k, e: (1n + j * minusOne) / k };
    }
  }
}

/**
 * True for every prime. A composite number passes where it was built to, or else less often than hardware fails.
 * @param candidate odd, 512 to 3072 bits
 */
export async function passesFermat(candidate: bigint): Promise<boolean> {
  const octets = (bitLength(candidate) + 7) >> 3;
  const padded = paddedMessage(octets);
  const { k, e } = inverseExponents(candidate - 1n);
  let signature = 1n;
  for (let factor = 0n; factor < k; factor += 1n) signature = (signature * padded) % candidate;
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'RSA', n: encodeInteger(candidate), e: encodeInteger(e) },
  });
  const verified = () =>
    new Promise<boolean>((resolve, reject) => {
      verify('sha256', message, key, octetsFromInteger(signature, octets), (error, isValid) =>
        error === null ? resolve(isValid) : reject(error),
      );
    });
  return pool.run(verified);
}
