// The content encryption algorithms (`enc`) of RFC 7518 §5.1. One row an algorithm.

import type { Buffer } from 'node:buffer';
import { aesCbcHmac } from './content/aes-cbc-hmac.ts';
import { aesGcm } from './content/aes-gcm.ts';

export interface EncryptedContent {
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/** What is encrypted or decrypted. */
export interface ContentInput {
  /** The content encryption key, of `keyOctets`. */
  readonly cek: Buffer;
  readonly iv: Buffer;
  /** Additional authenticated data (RFC 7516 §5.1, step 14). */
  readonly aad: Buffer;
}

export interface ContentEncryption {
  readonly keyOctets: number;
  readonly ivOctets: number;
  readonly tagOctets: number;
  /** A key may encrypt 2^32 times, no more, with an IV that is drawn at random (SP 800-38D §8.3). */
  readonly boundsUses: boolean;
  /** ECDH-1PU with key wrapping takes only what commits to the key (draft-madden-jose-ecdh-1pu-04 §2.1). */
  readonly commitsToKey: boolean;
  encrypt(input: ContentInput, plaintext: Buffer): EncryptedContent;
  /** Undefined where the tag is not that of the rest. @param content its tag has `tagOctets` */
  decrypt(input: ContentInput, content: EncryptedContent): Buffer | undefined;
}

const rows = {
  A256GCM: aesGcm(256),
  A192GCM: aesGcm(192),
  A128GCM: aesGcm(128),
  'A256CBC-HS512': aesCbcHmac(256, 'sha512'),
  'A192CBC-HS384': aesCbcHmac(192, 'sha384'),
  'A128CBC-HS256': aesCbcHmac(128, 'sha256'),
} as const satisfies Readonly<Record<string, ContentEncryption>>;

export type EncName = keyof typeof rows;

/** By preference. */
export const encNames: readonly EncName[] = Object.freeze(Object.keys(rows) as EncName[]);

export function contentEncryption(name: EncName): ContentEncryption {
  return rows[name];
}

export function isEncName(name: unknown): name is EncName {
  return typeof name === 'string' && Object.hasOwn(rows, name);
}
