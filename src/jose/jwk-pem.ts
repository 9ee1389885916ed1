// A JWK as PEM, for export: PKCS#8 for the private half, SPKI for the public one. A secret key has no such form.

import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import { badRequest } from '../errors.ts';
import type { PrivateJwk, PublicJwk } from './jwk.ts';
import { hasPrivatePart, keyTypeInfo } from './key-types.ts';

/**
 * The PEM text is secret.
 * @throws KeyplaneError bad_request for a key without a private half and for OCT
 */
export function privateJwkToPem(jwk: PrivateJwk): string {
  const { der, name } = keyTypeInfo(jwk.kty);
  if (der === null) throw badRequest(`An ${name} key has no PEM form; export it as JSON`);
  if (!hasPrivatePart(jwk)) throw badRequest('The JWK holds no private key; export its public half');
  return createPrivateKey({ key: { ...jwk } as JsonWebKey, format: 'jwk' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

export function publicJwkToPem(jwk: PublicJwk): string {
  return createPublicKey({ key: { ...jwk } as JsonWebKey, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
}
