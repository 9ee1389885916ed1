// The private half of an RSA key (RFC 8017 §3.2, RFC 7518 §6.3.2): all its numbers must belong to the same key. Rejects
// incomplete CRT members; computes them from n, e and d when all are missing.

import { badRequest } from '../../errors.ts';
import { bitLength, decodeInteger, encodeInteger } from '../members/integer.ts';
import { integerSquareRoot, modularInverse } from './integer-math.ts';

/** RFC 7518 §6.3; after an import either none of the six private members is there or all are. */
export interface RsaMembers {
  readonly n: string;
  readonly e: string;
  readonly d?: string;
  readonly p?: string;
  readonly q?: string;
  readonly dp?: string;
  readonly dq?: string;
  readonly qi?: string;
}

const largestGcd = 1n << 128n;
const crtMembers = ['p', 'q', 'dp', 'dq', 'qi'] as const;

/** RFC 7518 §6.3.2: with one of them, all of them; and none without d. */
export function checkCrtMembers(jwk: RsaMembers): void {
  const missing = crtMembers.filter((name) => jwk[name] === undefined);
  if (missing.length > 0 && missing.length < crtMembers.length) {
    throw badRequest(
      `RSA key is not sound: ${missing.join(', ')} missing; p, q, dp, dq and qi stand together or not at all`,
      { reason: 'KEY_MALFORMED', remedy: 'Complete the CRT members, or leave out all of them' },
    );
  }
  if (missing.length === 0 && jwk.d === undefined) {
    throw badRequest('RSA key is not sound: d is missing beside p, q, dp, dq and qi (RFC 7518 §6.3.2)', {
      reason: 'KEY_MALFORMED',
    });
  }
}

/**
 * Adds the CRT members to a private key of n, e and d; returns any other key unchanged. Cheap for all numbers:
 * divisions only, one for each convergent to try.
 */
export function completeCrtMembers<Jwk extends RsaMembers>(jwk: Jwk): Jwk {
  if (jwk.d === undefined || jwk.p !== undefined) return jwk;
  const [n, e, d] = [decodeInteger(jwk.n), decodeInteger(jwk.e), decodeInteger(jwk.d)];
  const primes = d < n && bitLength(e) <= 257 ? primesFromExponents(n, e, d) : undefined;
  if (primes === undefined) throw halvesFault('d is not the private exponent of n and e');
  const [p, q] = primes;
  const inverse = modularInverse(q, p);
  if (inverse === undefined) throw halvesFault('d is not the private exponent of n and e');
  return {
    ...jwk,
    p: encodeInteger(p),
    q: encodeInteger(q),
    dp: encodeInteger(d % (p - 1n)),
    dq: encodeInteger(d % (q - 1n)),
    qi: encodeInteger(inverse),
  };
}

/**
 * e·d − 1 = k·(p−1)(q−1)/g, with g = gcd(p−1, q−1) when d was taken modulo the least common multiple and 1 when not.
 * (p−1)(q−1) is so near to n that k/g is among the convergents of (e·d − 1)/n, as in Wiener's attack; here d is known,
 * so each guess is checked at once.
 */
function primesFromExponents(n: bigint, e: bigint, d: bigint): readonly [bigint, bigint] | undefined {
  const multiple = e * d - 1n;
  let [numerator, denominator] = [multiple, n];
  let [k, lastK] = [1n, 0n];
  let [g, lastG] = [0n, 1n];
  // g is small for any key that was not built to have a large one.
  while (denominator > 0n && g < largestGcd) {
    const quotient = numerator / denominator;
    [numerator, denominator] = [denominator, numerator - quotient * denominator];
    [k, lastK] = [quotient * k + lastK, k];
    [g, lastG] = [quotient * g + lastG, g];
    if (k === 0n || (multiple * g) % k !== 0n) continue;
    const sum = n + 1n - (multiple * g) / k;
    const square = sum * sum - 4n * n;
    if (sum <= 0n || square < 0n) continue;
    const difference = integerSquareRoot(square);
    if (difference * difference !== square || (sum - difference) % 2n !== 0n) continue;
    const q = (sum - difference) / 2n;
    if (q > 1n) return [sum - q, q];
  }
  return undefined;
}

function halvesFault(what: string): Error {
  return badRequest(`RSA key is not sound: the halves do not agree, ${what} (RFC 8017 §3.2)`, {
    reason: 'KEY_NOT_SOUND',
  });
}

/**
 * The equations of RFC 8017 §3.2 between all eight numbers, without whether p and q are primes.
 * @returns the two factors
 * @throws KeyplaneError bad_request
 */
export function checkHalves(jwk: Required<RsaMembers>): readonly [bigint, bigint] {
  const [n, e, d] = [decodeInteger(jwk.n), decodeInteger(jwk.e), decodeInteger(jwk.d)];
  const [p, q, qi] = [decodeInteger(jwk.p), decodeInteger(jwk.q), decodeInteger(jwk.qi)];
  const [dp, dq] = [decodeInteger(jwk.dp), decodeInteger(jwk.dq)];
  if (p <= 1n || q <= 1n || p * q !== n) throw halvesFault('p times q is not n');
  if (d >= n || (e * d) % (p - 1n) !== 1n || (e * d) % (q - 1n) !== 1n) {
    throw halvesFault('d is not the private exponent of n and e');
  }
  if (dp !== d % (p - 1n)) throw halvesFault('dp is not d modulo p-1');
  if (dq !== d % (q - 1n)) throw halvesFault('dq is not d modulo q-1');
  if (qi >= p || (q * qi) % p !== 1n) throw halvesFault('qi is not the inverse of q modulo p');
  // FIPS 186-5 A.1.1: further apart than a search from the square root can reach.
  const distance = p > q ? p - q : q - p;
  if (bitLength(distance) <= (bitLength(n) >> 1) - 100) {
    throw badRequest('RSA key is not sound: its primes are too close to each other (FIPS 186-5 A.1.1)', {
      reason: 'KEY_NOT_SOUND',
    });
  }
  return [p, q];
}
