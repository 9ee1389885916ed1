// What a node is given: objects of four kinds, each with all that a gateway needs to use it.

export const deployedKinds = Object.freeze(['jwk', 'certificate', 'key', 'keystore'] as const);
export type DeployedKind = (typeof deployedKinds)[number];

interface DeployedObject {
  /** The object's id at the manager (UUID); with the kind it is unique in an environment. */
  readonly id: string;
  readonly project: string;
  readonly name: string;
}

export interface DeployedJwk extends DeployedObject {
  readonly kind: 'jwk';
  /** A complete JWK, private members and OCT keys included. Only its public members are ever published. */
  readonly jwk: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970; null: no bound. */
  readonly notBefore: number | null;
  readonly expires: number | null;
}

export interface DeployedCertificate extends DeployedObject {
  readonly kind: 'certificate';
  readonly alias: string;
  /** base64 of DER, leaf first. */
  readonly chain: readonly string[];
}

export interface DeployedKey extends DeployedObject {
  readonly kind: 'key';
  readonly keyType: 'SECRET_KEY' | 'PRIVATE_KEY' | 'PUBLIC_KEY';
  readonly algorithm: string | null;
  readonly alias: string | null;
  /** As it was given: PEM, or base64 of the raw bytes for a secret key. */
  readonly content: string;
}

export interface DeployedKeystore extends DeployedObject {
  readonly kind: 'keystore';
  readonly keystoreType: 'JKS' | 'PKCS12';
  readonly alias: string | null;
  /** base64 of the file. */
  readonly file: string;
  readonly password: string;
  readonly keyPassword: string | null;
}

export type DeployedContent = DeployedJwk | DeployedCertificate | DeployedKey | DeployedKeystore;

/** One step of a node from one revision to the next. */
export type Change =
  | { readonly revision: number; readonly put: DeployedContent }
  | { readonly revision: number; readonly gone: { readonly kind: DeployedKind; readonly id: string } };
