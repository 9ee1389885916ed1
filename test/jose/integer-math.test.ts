import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { greatestCommonDivisor } from '../../src/jose/soundness/integer-math.ts';

function euclid(a: bigint, b: bigint): bigint {
  return b === 0n ? a : euclid(b, a % b);
}

describe('the greatest common divisor', () => {
  test("is Euclid's, for numbers of any length with any divisor in common", () => {
    const long = fc.bigInt({ min: 0n, max: 1n << 3072n });
    const factor = fc.bigInt({ min: 1n, max: 1n << 160n });
    fc.assert(
      fc.property(long, long, factor, (one, other, common) => {
        const [b = 0n, a = 0n] = [one * common, other * common].sort((x, y) => (x < y ? -1 : 1));
        expect(greatestCommonDivisor(a, b)).toBe(euclid(a, b));
      }),
    );
  });

  test("is Euclid's, for all small numbers", () => {
    for (let a = 0n; a < 200n; a += 1n) {
      for (let b = 0n; b <= a; b += 1n) expect(greatestCommonDivisor(a, b)).toBe(euclid(a, b));
    }
  });
});
