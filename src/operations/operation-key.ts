// Keys that are ready for use: opened once, when they arrive, and never for a request.

import { Buffer } from 'node:buffer';
import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import type { PrivateJwk } from '../jose/jwk.ts';
import { hasPrivatePart, isSymmetric } from '../jose/key-types.ts';
import { publicJwk } from '../jose/public-part.ts';
import type { SignatureAlgorithm } from './signature-algorithm.ts';
import { signatureAlgorithm } from './signature-algorithms.ts';

/** A key with the one algorithm that it is used with (RFC 8725 §3.1): its own, never that of a request or a token. */
export interface OperationKey {
  /** Undefined for a JWK without one. */
  readonly kid: string | undefined;
  readonly algorithmName: string;
  readonly algorithm: SignatureAlgorithm;
  readonly key: KeyObject;
}

/** Undefined for a JWK that has no signature algorithm, and for a secret key without its secret. */
export function verificationKey(jwk: PrivateJwk): OperationKey | undefined {
  if (isSymmetric(jwk)) return signingKey(jwk);
  const published = publicJwk(jwk);
  return published && operationKey(jwk, () => createPublicKey({ key: nodeJwk(published), format: 'jwk' }));
}

/** Undefined for a JWK that has no signature algorithm or no private part. */
export function signingKey(jwk: PrivateJwk): OperationKey | undefined {
  if (!hasPrivatePart(jwk)) return undefined;
  if (jwk.kty === 'oct') {
    return operationKey(jwk, () => createSecretKey(Buffer.from(jwk.k, 'base64url')));
  }
  return operationKey(jwk, () => createPrivateKey({ key: nodeJwk(jwk), format: 'jwk' }));
}

function operationKey(jwk: PrivateJwk, open: () => KeyObject): OperationKey | undefined {
  const { alg, kid } = jwk;
  const algorithm = alg === undefined ? undefined : signatureAlgorithm(alg);
  if (alg === undefined || algorithm === undefined) return undefined;
  return { kid, algorithmName: alg, algorithm, key: open() };
}

function nodeJwk(jwk: object): JsonWebKey {
  return jwk as JsonWebKey;
}
