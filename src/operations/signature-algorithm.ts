import type { KeyObject } from 'node:crypto';

/** What is signed: the protected header and the payload, each in base64url, with a dot between them (RFC 7515 §5.1). */
export type SigningInput = string | Buffer;

/**
 * One signature algorithm of JOSE. What takes longer than a fraction of a millisecond runs in the thread pool and returns a
 * promise, so that no signature holds the event loop.
 */
export interface SignatureAlgorithm {
  readonly runsInPool: boolean;
  /** @param key private, or secret for a MAC */
  sign(key: KeyObject, input: SigningInput): Buffer | Promise<Buffer>;
  /** @param key public, or secret for a MAC. @returns false for any octets that are not its signature */
  verify(key: KeyObject, input: SigningInput, signature: Buffer): boolean | Promise<boolean>;
}
