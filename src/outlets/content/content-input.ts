// What an artifact is made of.

import type { Buffer } from 'node:buffer';
import { badRequest, type KeyplaneError } from '../../errors.ts';
import type { PrivateJwk } from '../../jose/jwk.ts';
import { isSymmetric } from '../../jose/key-types.ts';

export interface ContentKey {
  /** With the private members that its holder has. */
  readonly jwk: PrivateJwk;
  /** Of the JWK. */
  readonly name: string;
  /** The one of a single source that programs use now: the ACTIVE key of a key ring, or the JWK itself. */
  readonly isCurrent: boolean;
  /** In a key ring; programs that read a file take the first key, so the ACTIVE one comes first. */
  readonly state?: 'STAGED' | 'NEXT' | 'ACTIVE' | 'RETIRING';
}

export interface ContentCertificate {
  readonly name: string;
  /** base64 of DER, leaf first. */
  readonly chain: readonly string[];
}

export interface ContentInput {
  /** Those of the source that are valid now. */
  readonly keys: readonly ContentKey[];
  /** Of a certificate as the source. */
  readonly certificates?: readonly ContentCertificate[];
  /** Of PKCS12. */
  readonly password?: string;
  /** For salts and IVs. */
  readonly random: (bytes: number) => Buffer;
}

/** Each key once, the ACTIVE ones first, otherwise in the order in which they came. Two JWKs that are alike are one key. */
export function orderedKeys(keys: readonly ContentKey[]): ContentKey[] {
  const isActive = ({ state }: ContentKey) => state === 'ACTIVE';
  const ordered = [...keys.filter(isActive), ...keys.filter((key) => !isActive(key))];
  const seen = new Set<string>();
  return ordered.filter(({ jwk }) => {
    const text = JSON.stringify(jwk);
    return !seen.has(text) && seen.add(text);
  });
}

/** The key in use cannot be delivered: readers keep what they have. @param part such as "private key" */
export function noPart({ jwk, name }: ContentKey, part: string): KeyplaneError {
  const text = isSymmetric(jwk) ? `is an OCT key, which has no ${part}` : `has no ${part}`;
  return badRequest(`JWK (name: ${name}) ${text}!`, { reason: 'KEY_NOT_SUPPORTED' });
}
