// How often an AES-GCM key may be used with IVs that are drawn at random: 2^32 times (SP 800-38D §8.3). Beyond that two
// IVs are too likely to be the same one, and then anyone who sees both ciphertexts can forge others.

import type { EncName } from './content-encryptions.ts';
import type { EncryptionKey } from './encryption-key.ts';

const mostUses = 2 ** 32;

/** Nodes do not know of each other's uses, so each has its share. @param nodes registered, at least one */
export function gcmUsesOfNode(nodes: number): number {
  return Math.floor(mostUses / Math.max(nodes, 1));
}

/** A user who hears of it now still has time to replace the key. */
export function isHalfUsed(uses: number, nodes: number): boolean {
  return uses >= gcmUsesOfNode(nodes) / 2;
}

/** Whether an encryption with this `enc` uses up the key itself, not one that is drawn for each JWE. */
export function countsGcmUse({ boundedEncs = [] }: EncryptionKey, enc: EncName): boolean {
  return boundedEncs.includes(enc);
}
