// The digest of a whole environment: the sum, modulo 2^256, of the SHA-256 of every object in it.
// A sum needs no order and changes with the cost of the change, however many objects there are.
// It shows drift between two parties that already trust their stream (a lost change, a wrong row, a bug).
// It is no commitment against somebody who chooses the contents: sums of hashes can be made to collide.

import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { DeployedContent } from './content.ts';

const digestBytes = 32;
const modulusMask = (1n << 256n) - 1n;

/** Of an environment that has nothing. */
export const emptyDigest: Buffer = Buffer.alloc(digestBytes);

/** SHA-256 over the canonical JSON of the object; 32 bytes. */
export function contentDigest(content: DeployedContent): Buffer {
  return createHash('sha256').update(canonicalJson(content)).digest();
}

/** @returns the state with one object more; 32 bytes */
export function addDigest(state: Uint8Array, digest: Uint8Array): Buffer {
  return asBytes(asNumber(state) + asNumber(digest));
}

/** @returns the state with one object fewer; 32 bytes */
export function removeDigest(state: Uint8Array, digest: Uint8Array): Buffer {
  return asBytes(asNumber(state) - asNumber(digest));
}

function asNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`);
}

function asBytes(value: bigint): Buffer {
  const hex = (value & modulusMask).toString(16).padStart(digestBytes * 2, '0');
  return Buffer.from(hex, 'hex');
}
