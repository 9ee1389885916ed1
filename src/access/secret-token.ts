import { randomBytes } from 'node:crypto';
import { tokenHash } from '../runtime/token-hash.ts';

/** The prefix of a token names its kind, so that secret scanners recognise a leaked one. */
export type TokenPrefix = 'kp_' | 'kp_narrow_' | 'kps_' | 'kpa_';

/** A plain `kp_` token has 43 characters behind its prefix, so the two cannot be confused. */
const narrowedPattern = /^kp_narrow_[\w-]{43}$/;

export interface NewSecretToken {
  /** Shown once, kept nowhere. */
  readonly secretToken: string;
  readonly hash: Buffer;
}

export function newSecretToken(prefix: TokenPrefix): NewSecretToken {
  const secretToken = prefix + randomBytes(32).toString('base64url');
  return { secretToken, hash: hashOfToken(secretToken) };
}

/**
 * SHA-256 of the token. The hash of a narrowed token has a prefix: an older manager, which may run during an upgrade
 * and does not know narrowing, does not find it and rejects the token.
 */
export function hashOfToken(secretToken: string): Buffer {
  const prefix = narrowedPattern.test(secretToken) ? 'keyplane narrowed token\0' : '';
  return tokenHash(prefix + secretToken);
}
