import type { Asn1Element } from '../../asn1/element.ts';
import type { JsonObject } from '../json.ts';
import type { KeyRestriction } from './rsa-pss.ts';

/** The restrictions of a key's AlgorithmIdentifier beyond its key type (RFC 5280 §4.1.1.2). */
export interface DerAlgorithm {
  readonly crv?: string;
  /** Where a key is of one algorithm alone. */
  readonly alg?: string;
  readonly restriction?: KeyRestriction;
}

/** How keys of one key type stand in SPKI (RFC 5280 §4.1) and in PKCS#8 (RFC 5958). Every reader throws Asn1Error. */
export interface DerForm {
  /** What messages list as supported: the key type, or its curves. */
  readonly supported: readonly string[];
  /** Undefined where the OID belongs to another key type. */
  readAlgorithm(oid: string, parameters: Asn1Element | undefined): DerAlgorithm | undefined;
  /** The members; kty is added. */
  readPublicKey(key: Buffer, algorithm: DerAlgorithm): JsonObject;
  /**
   * The same of a private key; the result holds secrets.
   * @param publicKey that of PKCS#8 version 1 (RFC 5958 §2)
   */
  readPrivateKey(secret: Buffer, algorithm: DerAlgorithm, publicKey: Buffer | undefined): JsonObject;
}
