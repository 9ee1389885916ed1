// What a content encryption algorithm (`enc`) does (RFC 7516 §2, RFC 7518 §5.1).

import type { Buffer } from 'node:buffer';

export interface EncryptedContent {
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/** What is encrypted or decrypted. */
export interface ContentEncryptionInput {
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
  encrypt(input: ContentEncryptionInput, plaintext: Buffer): EncryptedContent;
  /** Undefined where the tag is not that of the rest. @param content its tag has `tagOctets` */
  decrypt(input: ContentEncryptionInput, content: EncryptedContent): Buffer | undefined;
}
