// Keys for encryption that are ready for use: opened once, when they arrive, and never for a request.

import type { PrivateJwk } from '../../jose/jwk.ts';
import { hasPrivatePart, isSymmetric } from '../../jose/key-types.ts';
import type { EncryptionAllowances, OpenedKey } from './key-management.ts';
import { keyManagementAlgorithm } from './key-management-algorithms.ts';

/** A key with the one algorithm that it is used with (RFC 8725 §3.1): its own, never that of a request or a JWE. */
export interface EncryptionKey extends OpenedKey {
  /** Undefined for a JWK without one. */
  readonly kid: string | undefined;
  /** `alg` of the JWK: `OpenedKey.alg`, but for a JWK that is used directly with the content encryption that it names. */
  readonly algorithmName: string;
  readonly allowCompressed: boolean;
}

/**
 * Undefined for a JWK that has no encryption algorithm, and for a secret key without its secret. A key without its private
 * part only encrypts.
 */
export function encryptionKey(
  jwk: PrivateJwk,
  allowances: EncryptionAllowances = {},
): EncryptionKey | undefined {
  const { alg, kid } = jwk;
  const algorithm = alg === undefined ? undefined : keyManagementAlgorithm(alg);
  if (alg === undefined || algorithm === undefined) return undefined;
  if (isSymmetric(jwk) && !hasPrivatePart(jwk)) return undefined;
  const opened = algorithm(alg, jwk, allowances);
  return { ...opened, kid, algorithmName: alg, allowCompressed: allowances.allowCompressed === true };
}
