import { randomBytes } from 'node:crypto';
import { tokenHash } from '../runtime/token-hash.ts';

/** The start of a token tells what it is, so that a leaked one can be recognised. */
export type TokenPrefix = 'kp_' | 'kp_narrow_' | 'kps_';

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
 * SHA-256 of the token. That of a narrowed one has a prefix of its own: a manager of an older version, which runs beside
 * this one during an upgrade and knows nothing of narrowing, does not find it, so it rejects the token.
 */
export function hashOfToken(secretToken: string): Buffer {
  const prefix = narrowedPattern.test(secretToken) ? 'keyplane narrowed token\0' : '';
  return tokenHash(prefix + secretToken);
}
