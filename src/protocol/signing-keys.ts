// Ed25519 (RFC 8032) with keys as raw bytes, as the handshake sends them and the database stores them.

import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

const seedBytes = 32;
const publicKeyBytes = 32;

/** RFC 8410 §7: the fixed beginning of a PKCS#8 Ed25519 private key, before its seed. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A private key with its public half; both are made from 32 random bytes. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  /** Raw, 32 bytes. */
  readonly publicKey: Buffer;
}

/** @throws RangeError for a seed of another length */
export function signingKeyOf(seed: Uint8Array): SigningKey {
  if (seed.length !== seedBytes) throw new RangeError(`an Ed25519 seed has ${seedBytes} bytes`);
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8Head, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return { privateKey, publicKey: Buffer.from(x, 'base64url') };
}

/** 64 bytes. */
export function signBytes({ privateKey }: SigningKey, bytes: Uint8Array): Buffer {
  return sign(null, bytes, privateKey);
}

/** False for a key that is none, too. */
export function isSignedBy(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== publicKeyBytes) return false;
  const x = Buffer.from(publicKey).toString('base64url');
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, bytes, key, signature);
  } catch {
    return false;
  }
}

/** SHA-256 of the raw public key, base64url: 43 characters. */
export function fingerprintOf(publicKey: Uint8Array): string {
  return hash('sha256', publicKey, 'base64url');
}
