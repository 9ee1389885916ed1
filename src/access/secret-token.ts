import { createHash, randomBytes } from 'node:crypto';

/** The start of a token tells what it is, so that a leaked one can be recognised. */
export type TokenPrefix = 'kp_' | 'kps_' | 'kpn_';

export interface NewSecretToken {
  /** Shown once, kept nowhere. */
  readonly secretToken: string;
  readonly hash: Buffer;
}

/** 256 random bits: a plain hash is enough to keep, for there is nothing to guess. */
export function newSecretToken(prefix: TokenPrefix): NewSecretToken {
  const secretToken = prefix + randomBytes(32).toString('base64url');
  return { secretToken, hash: hashOfToken(secretToken) };
}

export function hashOfToken(secretToken: string): Buffer {
  return createHash('sha256').update(secretToken).digest();
}
