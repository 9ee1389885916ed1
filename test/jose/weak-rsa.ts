// RSA keys that are weak on purpose, each built as the fault builds it.

import { checkPrimeSync, generatePrimeSync } from 'node:crypto';
import { bitLength, encodeInteger } from '../../src/jose/members/integer.ts';
import { modularInverse } from '../../src/jose/soundness/integer-math.ts';
import { primesBelow } from '../../src/jose/soundness/small-factor.ts';
import type { RawJwk } from './made-keys.ts';

const exponent = 65_537n;

export function prime(bits: number): bigint {
  return generatePrimeSync(bits, { bigint: true });
}

export function publicRsa(n: bigint, e = exponent): RawJwk {
  return { kty: 'RSA', n: encodeInteger(n), e: encodeInteger(e) };
}

/** All eight numbers of RFC 8017 §3.2 from two factors, whether they are primes or not. */
export function privateRsa(p: bigint, q: bigint, e = exponent): RawJwk {
  const d = modularInverse(e, (p - 1n) * (q - 1n));
  const qi = modularInverse(q, p);
  if (d === undefined || qi === undefined) throw new Error('the exponent does not fit these factors');
  const numbers = { d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi };
  const texts = Object.entries(numbers).map(([name, value]) => [name, encodeInteger(value)]);
  return { ...publicRsa(p * q, e), ...Object.fromEntries(texts) };
}

export function nextPrime(from: bigint): bigint {
  let candidate = from | 1n;
  while (!checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

/** k·M + (65537^a mod M) with M the product of the first 126 primes: the generator of CVE-2017-15361 for 2048 bits. */
export function rocaPrime(seed: bigint): bigint {
  const product = primesBelow(702).reduce((left, right) => left * BigInt(right), 1n);
  let power = 1n;
  for (let step = 0n; step < seed; step += 1n) power = (power * exponent) % product;
  let k = (3n << 1022n) / product + seed;
  while (!checkPrimeSync(k * product + power)) k += 1n;
  const found = k * product + power;
  if (bitLength(found) !== 1024) throw new Error('the construction missed its length');
  return found;
}
