// What a key management algorithm (`alg`) does (RFC 7516 §2, RFC 7518 §4.1).

import type { Buffer } from 'node:buffer';
import type { JsonObject } from '../../jose/json.ts';
import type { PrivateJwk } from '../../jose/jwk.ts';
import type { EncName } from './content-encryptions.ts';
import type { AgreementKey } from './families/agreement-key.ts';
import type { Randomness } from './randomness.ts';

/** What a JWK may be used for beside the ordinary, and how. */
export interface EncryptionAllowances {
  /** It decrypts RSA1_5 (RFC 7516 §11.5). */
  readonly allowRsa15?: boolean;
  /** It decrypts what was compressed. */
  readonly allowCompressed?: boolean;
  /** PBES2: the most iterations, to encrypt and to decrypt. */
  readonly maxIterationCount?: number;
  /** PBES2: iterations of what it encrypts, where it was generated with a count. */
  readonly iterationCount?: number;
  /** PBES2: octets of salt of what it encrypts. */
  readonly saltOctets?: number;
}

export interface KeyEncryption {
  readonly enc: EncName;
  readonly apu: string | undefined;
  readonly apv: string | undefined;
  /** ECDH-1PU: the private key of the sender. */
  readonly sender: AgreementKey | undefined;
  readonly randomness: Randomness;
}

export interface ManagedKey {
  readonly cek: Buffer;
  /** Members of the header that the recipient needs. */
  readonly header: JsonObject;
  /** A function where the tag of the content enters it (draft-madden-jose-ecdh-1pu-04 §2.1). */
  readonly encryptedKey: Buffer | ((tag: Buffer) => Buffer);
}

export interface KeyDecryption {
  readonly enc: EncName;
  /** Protected and unprotected members. */
  readonly header: JsonObject;
  readonly encryptedKey: Buffer;
  readonly tag: Buffer;
  /** ECDH-1PU: the public key of the sender. */
  readonly sender: AgreementKey | undefined;
  readonly randomness: Randomness;
}

/** A key that is ready for use. */
export interface OpenedKey {
  /** `alg` of the header. */
  readonly alg: string;
  /** It takes longer than a fraction of a millisecond, and takes it in the thread pool. */
  readonly runsInPool: boolean;
  /** So expensive by design that a caller may have one at a time. */
  readonly onePerCaller?: true;
  /** Values of `enc` that fit, the default first. */
  readonly encs: readonly EncName[];
  /** The kind of key, where it decides what fits: `a key of 32 bytes`. */
  readonly encsOf?: string;
  /** For ECDH-1PU, whose sender is authenticated. */
  readonly needsSender?: true;
  /** It agrees on keys, and so takes `apu` and `apv`. */
  readonly agreement?: AgreementKey;
  /** Of the key itself, not of one that is drawn for each JWE: uses with these `enc` are bounded. */
  readonly boundedEncs?: readonly EncName[];
  /** Undefined where it may not encrypt. */
  encrypt?(request: KeyEncryption): ManagedKey | Promise<ManagedKey>;
  /**
   * The content encryption key. Undefined where there is none, for any cause: decryption continues with one that is
   * drawn at random, up to the tag. Absent: it may not decrypt.
   */
  decrypt?(received: KeyDecryption): Buffer | undefined | Promise<Buffer | undefined>;
}

/** Opens a JWK that fits the algorithm (`jose/algorithms.ts`). @param alg its name */
export type KeyManagementAlgorithm = (
  alg: string,
  jwk: PrivateJwk,
  allowances: EncryptionAllowances,
) => OpenedKey;
