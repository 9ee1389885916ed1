// The digest of a whole environment: the sum, modulo 2^256, of the SHA-256 of every object in it.
// A sum needs no order and changes with the cost of the change, however many objects there are.
// It shows drift between two parties that already trust their stream (a lost change, a wrong row, a bug).
// It is no commitment against an attacker who chooses the contents: sums of hashes can be made to collide.

import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { DeployedContent } from './content.ts';

const digestBytes = 32;

/** Of an environment that has nothing. */
export const emptyDigest: Buffer = Buffer.alloc(digestBytes);

/** SHA-256 over the canonical JSON of the whole object; 32 bytes. */
export function contentDigest(content: DeployedContent): Buffer {
  if ('withheld' in content && content.withheld !== undefined) return Buffer.from(content.withheld, 'hex');
  return hash('sha256', canonicalJson(content), 'buffer');
}

/** @returns the state with one object more; 32 bytes. Both are 32 bytes long. */
export function addDigest(state: Uint8Array, digest: Uint8Array): Buffer {
  return combine(state, digest, 1);
}

/** @returns the state with one object fewer; 32 bytes. Both are 32 bytes long. */
export function removeDigest(state: Uint8Array, digest: Uint8Array): Buffer {
  return combine(state, digest, -1);
}

/** Byte by byte from the lowest: a tenth of what BigInt takes, and a node's start does it for each object. */
function combine(state: Uint8Array, digest: Uint8Array, sign: 1 | -1): Buffer {
  const sum = Buffer.alloc(digestBytes);
  let carry = 0;
  for (let at = digestBytes - 1; at >= 0; at -= 1) {
    const column = (state[at] ?? 0) + sign * (digest[at] ?? 0) + carry;
    sum[at] = column & 0xff;
    // Arithmetic: what is borrowed is carried as -1.
    carry = column >> 8;
  }
  return sum;
}
