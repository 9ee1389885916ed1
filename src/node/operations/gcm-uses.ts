/**
 * How often this node encrypted with AES-GCM under each secret key. Nonces are random, so their number bounds the risk that
 * two are equal (NIST SP 800-38D §8.3).
 */
export interface GcmUses {
  /** @returns false where the key would go beyond its limit; nothing is counted then */
  take(jwkId: string, count: number): boolean;
}
