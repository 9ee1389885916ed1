// A digest of a digest of a digest, of which the PKCS#12 derivation needs ten thousands. One call into
// OpenSSL costs as much as several of these rounds, so the two digests that nearly every file uses are built here
// for the one case needed: a message that is exactly one digest long, and so one block.
// They are checked against OpenSSL in the tests.

import { hash } from 'node:crypto';
import { iterateSha1, iterateSha256 } from './block-digests.ts';

/** In one call WebAssembly stays in the code it began with; the faster code it makes meanwhile serves the next call. */
const roundsPerCall = 512;

/** Applies the digest `rounds` times, first to `digest`. */
export function iterateHash(algorithm: string, digest: Buffer, rounds: number): Buffer {
  if (algorithm === 'sha1') return iterateWords(digest, rounds, iterateSha1());
  if (algorithm === 'sha256') return iterateWords(digest, rounds, iterateSha256());
  let current = digest;
  for (let round = 0; round < rounds; round++) current = hash(algorithm, current, 'buffer');
  return current;
}

function iterateWords(
  digest: Buffer,
  rounds: number,
  iterate: (state: readonly number[], times: number) => number[],
): Buffer {
  let state = Array.from({ length: digest.length / 4 }, (_, index) => digest.readInt32BE(index * 4));
  for (let left = rounds; left > 0; left -= roundsPerCall)
    state = iterate(state, Math.min(left, roundsPerCall));
  const result = Buffer.alloc(digest.length);
  state.forEach((word, index) => {
    result.writeInt32BE(word, index * 4);
  });
  return result;
}
