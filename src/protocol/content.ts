// What a node is given: objects of projects, each with all that a gateway needs to use it, and settings of its
// environment. A setting that is not there has its default, so an environment with nothing set has nothing.

export const projectKinds = Object.freeze(['jwk', 'certificate', 'key', 'keystore'] as const);
export type ProjectKind = (typeof projectKinds)[number];
export const settingKinds = Object.freeze(['environment-set', 'caching'] as const);
export type SettingKind = (typeof settingKinds)[number];
export const deployedKinds = Object.freeze([...projectKinds, ...settingKinds] as const);
export type DeployedKind = ProjectKind | SettingKind;

/** What a stored key is. */
export const cryptoKeyTypes = Object.freeze(['SECRET_KEY', 'PRIVATE_KEY', 'PUBLIC_KEY'] as const);
export type CryptoKeyType = (typeof cryptoKeyTypes)[number];
export const keystoreTypes = Object.freeze(['JKS', 'PKCS12'] as const);
export type KeystoreType = (typeof keystoreTypes)[number];

/** What a change does with an object at the nodes. */
export type DeploymentVerb = 'deploy' | 'undeploy';

interface DeployedObject {
  /** The object's id at the manager (UUID); with the kind it is unique in an environment. */
  readonly id: string;
  readonly project: string;
  readonly name: string;
  /**
   * Set where private parts were withheld from the node: the digest of the whole object, hex. It counts in place of the
   * digest of what the node has, so that all nodes of an environment have one digest.
   */
  readonly withheld?: string;
}

export interface DeployedJwk extends DeployedObject {
  readonly kind: 'jwk';
  /** A complete JWK, private members and OCT keys included. Only its public members are ever published. */
  readonly jwk: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970; null: no bound. */
  readonly notBefore: number | null;
  readonly expires: number | null;
  /** When it got its kid (milliseconds since 1970), where that was after its creation. */
  readonly kidSince?: number;
}

export interface DeployedCertificate extends DeployedObject {
  readonly kind: 'certificate';
  readonly alias: string;
  /** base64 of DER, leaf first. */
  readonly chain: readonly string[];
}

export interface DeployedKey extends DeployedObject {
  readonly kind: 'key';
  readonly keyType: CryptoKeyType;
  readonly algorithm: string | null;
  readonly alias: string | null;
  /** As it was given: PEM, or base64 of the raw bytes for a secret key. */
  readonly content: string;
}

export interface DeployedKeystore extends DeployedObject {
  readonly kind: 'keystore';
  readonly keystoreType: KeystoreType;
  readonly alias: string | null;
  /** base64 of the file. */
  readonly file: string;
  readonly password: string;
  readonly keyPassword: string | null;
}

/** What servers in between and verifiers may do with a JWK Set (RFC 9111, RFC 5861), in seconds. */
export interface Caching {
  readonly maxAge: number;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
}

export const defaultCaching: Caching = Object.freeze({
  maxAge: 300,
  staleWhileRevalidate: 60,
  staleIfError: 0,
});

/** Whether the node publishes one set of all projects. Without it, it does: environments of the first release do. */
export interface DeployedEnvironmentSet {
  readonly kind: 'environment-set';
  /** The environment's. */
  readonly id: string;
  readonly published: boolean;
}

export interface DeployedCaching extends Caching {
  readonly kind: 'caching';
  /** The environment's. */
  readonly id: string;
}

export type DeployedProjectContent = DeployedJwk | DeployedCertificate | DeployedKey | DeployedKeystore;
export type DeployedSetting = DeployedEnvironmentSet | DeployedCaching;
export type DeployedContent = DeployedProjectContent | DeployedSetting;

export function isSetting(content: DeployedContent): content is DeployedSetting {
  return content.kind === 'environment-set' || content.kind === 'caching';
}

/** One step of a node from one revision to the next. */
export type Change =
  | {
      readonly revision: number;
      readonly put: DeployedContent;
      /**
       * The revision since which the environment has the object, a JWK under the kid that it has; absent: since before this
       * was recorded. It is not part of the content, which is the same in every environment, nor of its digest.
       */
      readonly since?: number;
    }
  | { readonly revision: number; readonly gone: { readonly kind: DeployedKind; readonly id: string } };
