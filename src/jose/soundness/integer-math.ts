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
