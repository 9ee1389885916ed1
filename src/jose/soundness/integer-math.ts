// Arithmetic on bigint that the language lacks. Only for numbers whose length was held before.

import { bitLength } from '../members/integer.ts';

/** The largest integer whose square is not above `value` (Newton, from above). */
export function integerSquareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** The inverse of `value` modulo `modulus`; undefined when they share a factor. */
export function modularInverse(value: bigint, modulus: bigint): bigint | undefined {
  let [a, b] = [((value % modulus) + modulus) % modulus, modulus];
  let [x, y] = [1n, 0n];
  while (a !== 0n) {
    const quotient = b / a;
    [a, b] = [b - quotient * a, a];
    [x, y] = [y - quotient * x, x];
  }
  return b === 1n ? ((y % modulus) + modulus) % modulus : undefined;
}

const leadingBits = 50;

/**
 * Lehmer's way (Knuth, The Art of Computer Programming, 4.5.2, algorithm L): the leading bits of both numbers tell many
 * of Euclid's quotients, and the long numbers follow once for all of those.
 * @param a above b, which is not negative
 */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) {
    const [first, second, third, fourth] = leadingSteps(a, b);
    // The leading bits yield no step.
    if (second === 0) [a, b] = [b, a % b];
    else {
      [a, b] = [BigInt(first) * a + BigInt(second) * b, BigInt(third) * a + BigInt(fourth) * b];
    }
  }
  return a;
}

/** As a matrix by rows: the product of the steps of Euclid that the leading bits of both numbers determine. */
function leadingSteps(a: bigint, b: bigint): readonly [number, number, number, number] {
  const shift = BigInt(Math.max(bitLength(a) - leadingBits, 0));
  let [x, y] = [Number(a >> shift), Number(b >> shift)];
  let [first, second, third, fourth] = [1, 0, 0, 1];
  while (y + third !== 0 && y + fourth !== 0) {
    const quotient = Math.floor((x + first) / (y + third));
    if (quotient !== Math.floor((x + second) / (y + fourth))) break;
    [first, third] = [third, first - quotient * third];
    [second, fourth] = [fourth, second - quotient * fourth];
    [x, y] = [y, x - quotient * y];
  }
  return [first, second, third, fourth];
}

/** Square and multiply; for moduli of a few hundred bits. */
export function smallModularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
