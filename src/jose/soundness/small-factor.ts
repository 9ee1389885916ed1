// Whether a number has a factor among the primes below 65,536. Most have none, which one greatest common divisor with
// the product of them all shows; only for the others is the factor found, through a tree of products where each
// division is by a number half as long.

import { bitLength } from '../members/integer.ts';
import { greatestCommonDivisor } from './integer-math.ts';

/** The divisor's steps grow with the square of the length; above this the tree takes no longer. */
const mostEuclidBits = 3072;

interface ProductNode {
  readonly product: bigint;
  readonly halves?: readonly [ProductNode, ProductNode];
  /** At a leaf: one or two primes, so that the product fits 32 bits. */
  readonly primes: readonly number[];
}

export function primesBelow(limit: number): number[] {
  const composite = new Uint8Array(limit);
  const primes: number[] = [];
  for (let candidate = 2; candidate < limit; candidate += 1) {
    if (composite[candidate] === 1) continue;
    primes.push(candidate);
    for (let multiple = candidate * candidate; multiple < limit; multiple += candidate)
      composite[multiple] = 1;
  }
  return primes;
}

function buildTree(primes: readonly number[]): ProductNode {
  if (primes.length <= 2)
    return { product: primes.reduce((product, prime) => product * BigInt(prime), 1n), primes };
  const middle = primes.length >> 1;
  const halves = [buildTree(primes.slice(0, middle)), buildTree(primes.slice(middle))] as const;
  return { product: halves[0].product * halves[1].product, halves, primes: [] };
}

// Made at the first RSA key, in about 10 ms; a process that never sees one does not pay.
let tree: ProductNode | undefined;

/** The smallest prime factor below 65,536, if there is one. */
export function smallFactor(value: bigint): number | undefined {
  tree ??= buildTree(primesBelow(65_536));
  const mayBeNone = value > 1n && bitLength(value) <= mostEuclidBits;
  const hasNone = mayBeNone && greatestCommonDivisor(value, tree.product % value) === 1n;
  return hasNone ? undefined : search(value, tree);
}

function search(value: bigint, node: ProductNode): number | undefined {
  const rest = value < node.product ? value : value % node.product;
  if (node.halves !== undefined) return search(rest, node.halves[0]) ?? search(rest, node.halves[1]);
  const small = Number(rest);
  return node.primes.find((prime) => small % prime === 0);
}
