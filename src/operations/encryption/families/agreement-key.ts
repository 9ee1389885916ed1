// Keys for ECDH, of either side.

import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import type { JsonValue } from '../../../jose/json.ts';
import { isJsonObject } from '../../../jose/json.ts';
import type { PrivateJwk } from '../../../jose/jwk.ts';
import { hasPrivatePart } from '../../../jose/key-types.ts';
import { type AgreementCurve, agreementCurve, isAgreementCurve } from './agreement-curves.ts';

export interface AgreementKey {
  readonly kid: string | undefined;
  readonly kty: string;
  readonly curve: AgreementCurve;
  readonly publicKey: KeyObject;
  /** Undefined for a key of others. */
  readonly privateKey: KeyObject | undefined;
}

/** Undefined for a JWK that is on none of the curves. */
export function agreementKey(jwk: PrivateJwk): AgreementKey | undefined {
  if (!('crv' in jwk) || !isAgreementCurve(jwk.crv)) return undefined;
  const { kty, kid, crv, d } = jwk;
  const members = { kty, crv, x: jwk.x, ...('y' in jwk && { y: jwk.y }) };
  return {
    kid,
    kty,
    curve: crv,
    publicKey: createPublicKey({ key: members, format: 'jwk' }),
    privateKey:
      hasPrivatePart(jwk) && d !== undefined
        ? createPrivateKey({ key: { ...members, d }, format: 'jwk' })
        : undefined,
  };
}

/**
 * The ephemeral public key of a header (`epk`). Undefined for one that is on another curve than the recipient's, or on
 * none: a point off the curve reveals the private key part by part (RFC 8725 §2.5 and §3.4). OpenSSL checks that a point
 * is on the curve that `crv` names.
 */
export function ephemeralPublicKey(
  epk: JsonValue | undefined,
  { kty: expected, curve }: Pick<AgreementKey, 'kty' | 'curve'>,
): KeyObject | undefined {
  if (!isJsonObject(epk)) return undefined;
  const { kty, crv, x, y, d } = epk;
  const { hasY, octets } = agreementCurve(curve);
  if (kty !== expected || crv !== curve || d !== undefined) return undefined;
  if (!isCoordinate(x, octets)) return undefined;
  const members = { kty, crv, x };
  try {
    if (!hasY) return createPublicKey({ key: members, format: 'jwk' });
    return isCoordinate(y, octets) ? createPublicKey({ key: { ...members, y }, format: 'jwk' }) : undefined;
  } catch {
    return undefined;
  }
}

/** Of the curve's length, in the one spelling (RFC 7518 §6.2.1.2). */
function isCoordinate(value: JsonValue | undefined, octets: number): value is string {
  if (typeof value !== 'string') return false;
  const decoded = Buffer.from(value, 'base64url');
  return decoded.length === octets && decoded.toString('base64url') === value;
}

export function epkOf(publicKey: KeyObject): Readonly<Record<string, string>> {
  const { kty = '', crv = '', x = '', y } = publicKey.export({ format: 'jwk' });
  return { kty, crv, x, ...(y !== undefined && { y }) };
}

/**
 * Undefined where the peer's point has a small order: the secret is then nothing but zeros (RFC 7748 §6.1). OpenSSL
 * refuses it, and another library may not. The curves of NIST have no such points: there zeros are a secret like any other.
 */
export async function sharedSecret(
  privateKey: KeyObject,
  publicKey: KeyObject,
  curve: AgreementCurve,
): Promise<Buffer | undefined> {
  try {
    const { isFast, hasY } = agreementCurve(curve);
    const secret = isFast
      ? diffieHellman({ privateKey, publicKey })
      : await diffieHellmanInPool(privateKey, publicKey);
    return !hasY && secret.every((octet) => octet === 0) ? undefined : secret;
  } catch {
    return undefined;
  }
}

function diffieHellmanInPool(privateKey: KeyObject, publicKey: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    diffieHellman({ privateKey, publicKey }, (error, secret) => (error ? reject(error) : resolve(secret)));
  });
}
