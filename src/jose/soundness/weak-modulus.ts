// The public ways to see that an RSA modulus is weak, as CA/Browser Forum BR 6.1.1.3 and 6.1.6 ask of any CA:
// small factors, close primes (Fermat, 100 rounds), and the ROCA fingerprint (CVE-2017-15361).
// Each returns its reason, or undefined.

import { integerSquareRoot } from './integer-math.ts';
import { primesBelow, smallFactor } from './small-factor.ts';

const fermatRounds = 100;
const sieveModuli = [64, 63, 65, 11, 17, 19, 23, 29, 31];

interface Sieve {
  readonly modulus: number;
  readonly isSquare: readonly boolean[];
}

function buildSieves(): Sieve[] {
  return sieveModuli.map((modulus) => {
    const isSquare = new Array<boolean>(modulus).fill(false);
    for (let root = 0; root < modulus; root += 1) isSquare[(root * root) % modulus] = true;
    return { modulus, isSquare };
  });
}
const sieves = buildSieves();

/**
 * Fermat's method: n = a² − b² for an a just above the square root when the primes are close.
 * It begins at the root itself, for a loop that begins above it misses n = p².
 */
export function closePrimesFault(n: bigint): string | undefined {
  const root = integerSquareRoot(n);
  if (root * root === n) return 'the modulus (n) is a square';
  const residues = sieves.map(({ modulus }) => ({
    root: Number(root % BigInt(modulus)),
    n: Number(n % BigInt(modulus)),
  }));
  for (let round = 1; round <= fermatRounds; round += 1) {
    // Nearly every round falls to a remainder; only what is left costs a square root of full length.
    const mayBeSquare = sieves.every(({ modulus, isSquare }, index) => {
      const residue = residues[index] ?? { root: 0, n: 0 };
      const a = (residue.root + round) % modulus;
      return isSquare[(a * a - residue.n + modulus * modulus) % modulus] === true;
    });
    if (!mayBeSquare) continue;
    const a = root + BigInt(round);
    const rest = a * a - n;
    const b = integerSquareRoot(rest);
    if (b * b === rest)
      return `its primes are close: ${fermatRounds} rounds of Fermat's method find them (CA/B Forum BR 6.1.1.3)`;
  }
  return undefined;
}

/** Any prime factor below 65,536. */
export function smallFactorFault(n: bigint): string | undefined {
  const factor = smallFactor(n);
  return factor === undefined
    ? undefined
    : `the modulus (n) has the small factor ${factor} (CA/B Forum BR 6.1.6)`;
}

interface RocaPrint {
  readonly prime: number;
  readonly powers: ReadonlySet<number>;
}

function buildRocaPrints(): { product: bigint; prints: readonly RocaPrint[] } {
  const prints: RocaPrint[] = [];
  let product = 1n;
  for (const prime of primesBelow(168)) {
    const powers = new Set<number>();
    for (let power = 1; !powers.has(power); power = (power * 65_537) % prime) powers.add(power);
    // Where 65537 generates every residue, the prime gives no information.
    if (powers.size === prime - 1) continue;
    prints.push({ prime, powers });
    product *= BigInt(prime);
  }
  return { product, prints };
}
const roca = buildRocaPrints();

/**
 * The faulty library built its primes as k·M + (65537^a mod M), M a product of the first primes. Their product is
 * then a power of 65537 modulo each of those; that of sound primes is so once in more than 2^27 times.
 */
export function rocaFault(n: bigint): string | undefined {
  const rest = n % roca.product;
  for (const { prime, powers } of roca.prints) {
    if (!powers.has(Number(rest % BigInt(prime)))) return undefined;
  }
  return 'the modulus (n) has the ROCA fingerprint (CVE-2017-15361): its primes can be found from it';
}
