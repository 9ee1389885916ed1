// SHA-1 and SHA-256 (FIPS 180-4) of a message of exactly their own length, again and again: the rounds of
// one block, written out once when the first file needs them.

import {
  add,
  and,
  assembleLoop,
  constant,
  get,
  or,
  put,
  rotateLeft,
  shiftRight,
  type Word,
  xor,
} from './wasm-function.ts';

type Iterate = (state: readonly number[], times: number) => number[];

let sha1: Iterate | undefined;
let sha256: Iterate | undefined;

export function iterateSha1(): Iterate {
  sha1 ??= assembleSha1();
  return sha1;
}

export function iterateSha256(): Iterate {
  sha256 ??= assembleSha256();
  return sha256;
}

/** The words of the one block: the digest itself, a one bit, zeros, the length in bits (5.1.1). */
function paddedDigest(words: number): Word[] {
  const digest = Array.from({ length: words }, (_, index) => get(index));
  const padding = Array.from({ length: 15 - words }, (_, index) => constant(index === 0 ? 0x80000000 : 0));
  return [...digest, ...padding, constant(words * 32)];
}

const choose = (x: Word, y: Word, z: Word): Word => xor(z, and(x, xor(y, z)));
const majority = (x: Word, y: Word, z: Word): Word => or(and(x, y), and(z, or(x, y)));
const parity = (x: Word, y: Word, z: Word): Word => xor(x, y, z);

/** 4.1.1, 4.2.1: a function and a constant for every twenty rounds. */
const sha1Phases = [
  { f: choose, k: 0x5a827999 },
  { f: parity, k: 0x6ed9eba1 },
  { f: majority, k: 0x8f1bbcdc },
  { f: parity, k: 0xca62c1d6 },
];
const sha1Initial = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

/** 6.1.2. The five variables change places from round to round instead of being moved. */
function assembleSha1(): Iterate {
  const variable = (t: number, place: number) => 6 + ((((place - t) % 5) + 5) % 5);
  const w = (t: number) => 11 + (t % 16);
  const body: Word[] = [
    ...paddedDigest(5).map((word, index) => put(w(index), word)),
    ...sha1Initial.map((word, index) => put(variable(0, index), constant(word))),
  ];
  for (let t = 0; t < 80; t++) {
    if (t >= 16) {
      const mixed = xor(get(w(t - 3)), get(w(t - 8)), get(w(t - 14)), get(w(t)));
      body.push(put(w(t), rotateLeft(mixed, 1)));
    }
    const [a, b, c, d, e] = [0, 1, 2, 3, 4].map((place) => variable(t, place)) as Five;
    const phase = sha1Phases[Math.floor(t / 20)] as (typeof sha1Phases)[number];
    const mixed = phase.f(get(b), get(c), get(d));
    body.push(put(e, add(rotateLeft(get(a), 5), mixed, get(e), constant(phase.k), get(w(t)))));
    body.push(put(b, rotateLeft(get(b), 30)));
  }
  const sums = sha1Initial.map((word, index) => put(index, add(constant(word), get(variable(80, index)))));
  return assembleLoop({ state: 5, scratch: 21 }, [...body, ...sums]);
}

type Five = [number, number, number, number, number];
type Eight = [number, number, number, number, number, number, number, number];

/** The fractions of roots of the first primes, which SHA-256 takes its constants from (4.2.2, 5.3.3). */
function rootFractions(count: number, root: (prime: number) => number): number[] {
  const words: number[] = [];
  for (let candidate = 2; words.length < count; candidate++) {
    let divisor = 2;
    while (candidate % divisor !== 0) divisor++;
    if (divisor === candidate) words.push(((root(candidate) % 1) * 2 ** 32) | 0);
  }
  return words;
}

const rotateRight = (word: Word, bits: number): Word => rotateLeft(word, 32 - bits);
const sum = (x: Word, [i, j, k]: readonly [number, number, number]): Word =>
  xor(rotateRight(x, i), rotateRight(x, j), rotateRight(x, k));
const smallSum = (x: Word, [i, j, k]: readonly [number, number, number]): Word =>
  xor(rotateRight(x, i), rotateRight(x, j), shiftRight(x, k));

/** 6.2.2, in the manner of the above. */
function assembleSha256(): Iterate {
  const initial = rootFractions(8, Math.sqrt);
  const constants = rootFractions(64, Math.cbrt);
  const variable = (t: number, place: number) => 9 + ((((place - t) % 8) + 8) % 8);
  const w = (t: number) => 17 + (t % 16);
  const body: Word[] = [
    ...paddedDigest(8).map((word, index) => put(w(index), word)),
    ...initial.map((word, index) => put(variable(0, index), constant(word))),
  ];
  for (const [t, k] of constants.entries()) {
    if (t >= 16) {
      const low = smallSum(get(w(t - 15)), [7, 18, 3]);
      const high = smallSum(get(w(t - 2)), [17, 19, 10]);
      body.push(put(w(t), add(get(w(t)), low, get(w(t - 7)), high)));
    }
    const [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map((place) => variable(t, place)) as Eight;
    const chosen = choose(get(e), get(f), get(g));
    body.push(put(h, add(get(h), sum(get(e), [6, 11, 25]), chosen, constant(k), get(w(t)))));
    body.push(put(d, add(get(d), get(h))));
    body.push(put(h, add(get(h), sum(get(a), [2, 13, 22]), majority(get(a), get(b), get(c)))));
  }
  const sums = initial.map((word, index) => put(index, add(constant(word), get(variable(64, index)))));
  return assembleLoop({ state: 8, scratch: 24 }, [...body, ...sums]);
}
