// The key under which changes travel: agreed anew for every connection by X25519 (RFC 7748) and HKDF (RFC 5869),
// so that a proxy which ends the TLS in front of the manager carries private keys it can not read, and a
// recorded connection stays closed when a disk is lost later. It does not tell who the peer is: the enrollment
// token and TLS do. Refuses a peer key of low order, and any message that was altered, moved or repeated.

import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { badRequest } from '../errors.ts';
import type { State } from './messages.ts';

const publicKeyBytes = 32;
const keyBytes = 32;
const tagBytes = 16;
const info = 'keyplane/1 state';

export interface ChannelEnds {
  /** Raw X25519 public keys, 32 bytes each. */
  readonly ownPublic: Uint8Array;
  readonly peerPublic: Uint8Array;
  /** Which of the two we are: both sides must put the keys into the derivation in one order. */
  readonly role: 'manager' | 'node';
}

/**
 * The 32 byte key of one connection. Both public keys salt it, so that it belongs to this exchange alone.
 * A KeyObject, since it seals in less than half the time that the same bytes in a Buffer take.
 * @throws KeyplaneError `bad_request` for a peer key of another length or of low order (RFC 7748 section 6.1)
 */
export function agreeChannelKey(ownPrivate: KeyObject, ends: ChannelEnds): KeyObject {
  const { ownPublic, peerPublic, role } = ends;
  const shared = sharedSecret(ownPrivate, peerPublic);
  const salt = Buffer.concat(role === 'manager' ? [ownPublic, peerPublic] : [peerPublic, ownPublic]);
  return createSecretKey(Buffer.from(hkdfSync('sha256', shared, salt, info, keyBytes)));
}

function sharedSecret(ownPrivate: KeyObject, peerPublic: Uint8Array): Buffer {
  if (peerPublic.length !== publicKeyBytes) throw badRequest('publicKey must be an X25519 key of 32 bytes');
  const x = Buffer.from(peerPublic).toString('base64url');
  let shared: Buffer | undefined;
  try {
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
    shared = diffieHellman({ privateKey: ownPrivate, publicKey });
  } catch {
    // OpenSSL itself stops at a shared secret of zeros; the check below does not rely on its version.
  }
  if (!shared?.some((byte) => byte !== 0)) throw badRequest('publicKey is not a usable X25519 key');
  return shared;
}

export interface OpenState {
  readonly header: Omit<State, 'sealed'>;
  /** JSON of `Change[]` in revision order; it holds private members. */
  readonly changes: string;
}

/**
 * `counter` counts the state messages of this connection from 1. It is the nonce: the key is used in one direction
 * only, so no number comes twice.
 */
export function sealState(key: KeyObject, counter: number, { header, changes }: OpenState): State {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(counter));
  cipher.setAAD(additionalData(counter, header));
  const sealed = Buffer.concat([cipher.update(changes, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { ...header, sealed: sealed.toString('base64') };
}

/**
 * @returns the JSON text that was sealed; it holds private members
 * @throws KeyplaneError `bad_request` for a message that is altered, repeated, out of order or not from this channel
 */
export function openState(key: KeyObject, counter: number, state: State): string {
  const sealed = Buffer.from(state.sealed, 'base64');
  if (sealed.length < tagBytes) throw badRequest('the message is too short to be sealed');
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(counter), { authTagLength: tagBytes });
  decipher.setAAD(additionalData(counter, state));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw badRequest('the message was not sealed for this place in this connection', { cause });
  }
}

function nonce(counter: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(counter), 4);
  return bytes;
}

/** Canonical JSON (`canonicalJson`) of these members, written out: it is made for each node of each change. */
function additionalData(counter: number, header: Omit<State, 'sealed'>): Buffer {
  const { type, reset, from, to, final } = header;
  const [typeText, digest] = [JSON.stringify(type), JSON.stringify(header.digest)];
  return Buffer.from(
    `{"counter":${counter},"digest":${digest},"final":${final},"from":${from},"reset":${reset},"to":${to},"type":${typeText}}`,
  );
}
