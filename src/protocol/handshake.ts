// What the two sides of a handshake sign, and the keys that they derive (docs/protocol.md). The transcript is the hash
// of both first messages, byte by byte as they were sent, so any change on the way changes each signature and each key.
// PURE: keys come from the caller.

import {
  createHash,
  createHmac,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import { badRequest } from '../errors.ts';
import { fingerprintOf, isSignedBy, type SigningKey, signBytes } from './signing-keys.ts';

const protocolLabel = 'keyplane/2';
const publicKeyBytes = 32;
const keyBytes = 32;

/** Who signs: the same bytes signed in one role prove nothing in another. */
export type HandshakeRole = 'manager' | 'node' | 'token';

export interface HandshakeNames {
  /** As the node's hello names them. */
  readonly environment: string;
  readonly node: string;
}

/** SHA-256 over both first messages, each with its length. */
export function transcriptOf(hello: string, identity: string): Buffer {
  return hashParts(`${protocolLabel} transcript`, hello, identity);
}

/** The bytes that a role signs. */
export function proofBytes(role: HandshakeRole, names: HandshakeNames, transcript: Uint8Array): Buffer {
  const { environment, node } = names;
  return joinParts(`${protocolLabel} proof`, role, environment, node, Buffer.from(transcript));
}

/**
 * HMAC-SHA-256 under the stored hash of a token of the first release, 32 bytes: only someone who has the token or the
 * database can compute it, and it is accepted once for each name.
 */
export function firstReleaseMac(hash: Uint8Array, names: HandshakeNames, transcript: Uint8Array): Buffer {
  return createHmac('sha256', hash)
    .update(proofBytes('token', names, transcript))
    .digest();
}

export function isSameMac(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

export interface SessionKeys {
  readonly toNode: KeyObject;
  readonly toManager: KeyObject;
}

/**
 * Two keys for AES-256-GCM, one for each direction: HKDF-SHA-256 (RFC 5869) of the X25519 secret (RFC 7748), salted with
 * the transcript. As KeyObjects, which seal in less than half the time that the same bytes in a Buffer take.
 * @throws KeyplaneError `bad_request` for a peer key of another length or of low order (RFC 7748 §6.1)
 */
export function deriveSessionKeys(
  ownPrivate: KeyObject,
  peerPublic: Uint8Array,
  transcript: Uint8Array,
): SessionKeys {
  const shared = sharedSecret(ownPrivate, peerPublic);
  const derive = (direction: string) => {
    const info = `${protocolLabel} ${direction}`;
    return createSecretKey(Buffer.from(hkdfSync('sha256', shared, transcript, info, keyBytes)));
  };
  return { toNode: derive('manager to node'), toManager: derive('node to manager') };
}

function sharedSecret(ownPrivate: KeyObject, peerPublic: Uint8Array): Buffer {
  if (peerPublic.length !== publicKeyBytes)
    throw badRequest('ephemeralKey must be an X25519 key of 32 bytes');
  const x = Buffer.from(peerPublic).toString('base64url');
  let shared: Buffer | undefined;
  try {
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
    shared = diffieHellman({ privateKey: ownPrivate, publicKey });
  } catch {
    // OpenSSL itself stops at a shared secret of zeros; the check below does not rely on its version.
  }
  if (!shared?.some((byte) => byte !== 0)) throw badRequest('ephemeralKey is not a usable X25519 key');
  return shared;
}

/** An identity key that was replaced, with its signature over the key that came after it. */
export interface FormerIdentity {
  /** Raw Ed25519 public key. */
  readonly formerKey: Buffer;
  readonly signature: Buffer;
}

/** What a replaced identity key signs: the key that follows it. */
export function endorse(former: SigningKey, nextPublicKey: Uint8Array): Buffer {
  return signBytes(former, endorsementBytes(nextPublicKey));
}

/**
 * Whether this identity is the one with the fingerprint, or follows it by signatures.
 * @param former oldest first; each signed the next one, the last signed `identityKey`
 */
export function isIdentityOf(
  fingerprint: string,
  identityKey: Uint8Array,
  former: readonly FormerIdentity[],
): boolean {
  if (fingerprintOf(identityKey) === fingerprint) return true;
  const start = former.findIndex(({ formerKey }) => fingerprintOf(formerKey) === fingerprint);
  if (start === -1) return false;
  return former.slice(start).every(({ formerKey, signature }, index) => {
    const next = former[start + index + 1]?.formerKey ?? identityKey;
    return isSignedBy(formerKey, endorsementBytes(next), signature);
  });
}

function endorsementBytes(nextPublicKey: Uint8Array): Buffer {
  return joinParts(`${protocolLabel} identity`, Buffer.from(nextPublicKey));
}

/** Each part with its length before it, so that no two lists of parts have one encoding. */
function joinParts(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part as string);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

function hashParts(...parts: readonly string[]): Buffer {
  return createHash('sha256')
    .update(joinParts(...parts))
    .digest();
}
