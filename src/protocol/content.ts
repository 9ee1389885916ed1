// What a node is given: objects of projects, each with all that a gateway needs to use it, and settings of its
// environment. A setting that is not there has its default, so an environment with nothing set has nothing.

export const projectKinds = Object.freeze(['jwk', 'certificate', 'key', 'keystore'] as const);
export type ProjectKind = (typeof projectKinds)[number];
/** What operations at a node are governed by; of a project, too. */
export const operationKinds = Object.freeze(['key-ring', 'application', 'token-profile'] as const);
export type OperationKind = (typeof operationKinds)[number];
/** What decides which keys of a project are in which JWK Set of its nodes. */
export const publicationKinds = Object.freeze(['view', 'project-set'] as const);
export type PublicationKind = (typeof publicationKinds)[number];
/** What nodes deliver to components beside them; of a project, too. */
export const deliveryKinds = Object.freeze(['outlet'] as const);
export type DeliveryKind = (typeof deliveryKinds)[number];
export const settingKinds = Object.freeze(['environment-set', 'caching'] as const);
export type SettingKind = (typeof settingKinds)[number];
export const deployedKinds = Object.freeze([
  ...projectKinds,
  ...operationKinds,
  ...publicationKinds,
  ...deliveryKinds,
  ...settingKinds,
] as const);
export type DeployedKind = ProjectKind | OperationKind | PublicationKind | DeliveryKind | SettingKind;

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
  /**
   * What it is in its key ring. The private part comes as the state asks: of a SIGNATURE ring only while ACTIVE. `expires` of a
   * RETIRING member of such a ring is its `retireAt`. Where a transition is parted over two messages the new ACTIVE member comes
   * first, so that for a moment a ring has two; the later version counts then.
   */
  readonly ring?: DeployedMembership;
  /** What it may be used for in operations beside the ordinary; absent: nothing. */
  readonly operations?: KeyAllowances;
}

export interface KeyAllowances {
  /** It decrypts RSA1_5 (RFC 7516 §11.5). */
  readonly allowRsa15?: true;
  /** It decrypts what was compressed, to 256 KiB at most. */
  readonly allowCompressed?: true;
  /** PBES2: the most iterations with which it encrypts and decrypts; absent: 100,000. */
  readonly maxIterationCount?: number;
  /** PBES2: iterations with which it encrypts, of a key that was generated with a count; absent: 10,000. */
  readonly iterationCount?: number;
  /** PBES2: octets of salt with which it encrypts, of a key that was generated with a number; absent: 16. */
  readonly saltOctets?: number;
}

export interface DeployedMembership {
  /** The id of the ring, whose `DeployedKeyRing` is sent in the same step. */
  readonly ringId: string;
  readonly version: number;
  readonly state: 'STAGED' | 'NEXT' | 'ACTIVE' | 'RETIRING';
  /** Whether it is in JWK Sets: of an ENCRYPTION ring only the ACTIVE member is, of an OCT ring none. */
  readonly published: boolean;
  /** RETIRING: milliseconds since 1970; null: not yet known. */
  readonly retireAt: number | null;
}

/** A key ring, with what nodes need to sign and to verify. Its members that are not yet retired come as JWKs. */
export interface DeployedKeyRing extends DeployedObject {
  readonly kind: 'key-ring';
  readonly use: 'sig' | 'enc';
  readonly maxTokenLifetimeMs: number;
  readonly clockSkewMs: number;
  /** Null: a node that hears from no manager signs without end. */
  readonly signingLeaseMs: number | null;
  /** The node signs the project's historical keys with this ring. */
  readonly signsHistoricalKeys: boolean;
  /** Members that are RETIRED or REVOKED, ascending by version: all revoked ones, and the latest 100 retired ones. */
  readonly former: readonly FormerMember[];
}

export interface FormerMember {
  readonly version: number;
  readonly kid: string;
  /** Public members; null for an OCT key. */
  readonly jwk: Readonly<Record<string, unknown>> | null;
  /** Milliseconds since 1970; exactly one of the two is set. */
  readonly retiredAt: number | null;
  readonly revokedAt: number | null;
  readonly revokedReason: 'COMPROMISED' | 'SUPERSEDED' | 'UNSPECIFIED' | null;
}

export const grantOperations = Object.freeze([
  'SIGN',
  'SIGN_RAW',
  'VERIFY',
  'ENCRYPT',
  'DECRYPT',
  'MAC',
  'ISSUE',
] as const);
export type GrantOperation = (typeof grantOperations)[number];

/**
 * What the use of keys by the Kubernetes signer of a node is counted for, in place of the id of an application: no application
 * of a project stands for it.
 */
export const kubernetesApplication = 'kubernetes';

/** A program that may use keys at the node. */
export interface DeployedApplication extends DeployedObject {
  readonly kind: 'application';
  readonly expires: number | null;
  readonly tokens: readonly {
    /** SHA-256 of the token, hex. */
    readonly hash: string;
    /** Milliseconds since 1970; null: as long as the application. */
    readonly validUntil: number | null;
  }[];
  readonly grants: readonly {
    readonly keyRingId: string | null;
    readonly jwkId: string | null;
    /** Set where both others are null. */
    readonly tokenProfileId?: string;
    readonly operations: readonly GrantOperation[];
    /** Absent: without a limit. */
    readonly rate?: GrantRate;
  }[];
  /** What it is known by beside tokens; absent: nothing. */
  readonly credentials?: readonly DeployedCredential[];
}

/** A token bucket of each node. */
export interface GrantRate {
  readonly perSecond: number;
  /** How many it holds. */
  readonly burst: number;
}

/** Exactly one of the two is set. */
export interface DeployedMtlsCredential {
  readonly type: 'MTLS';
  readonly uriSan?: string;
  /** base64url of the SHA-256 of the certificate's SubjectPublicKeyInfo. */
  readonly spkiSha256?: string;
}

export interface DeployedJwtCredential {
  readonly type: 'JWT';
  readonly issuer: string;
  readonly audience: string;
  /** A pattern: `*` matches within one `:` segment and never an empty one. */
  readonly subject: string;
  /** Claims that must have these values. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Each `jti` is accepted once by a node. */
  readonly singleUse: boolean;
  /** Public keys of the issuer, as the manager last saw them. */
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

export type DeployedCredential = DeployedMtlsCredential | DeployedJwtCredential;

/** What dictates the claims of tokens that applications have issued. */
export interface DeployedTokenProfile extends DeployedObject {
  readonly kind: 'token-profile';
  readonly keyRingId: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly audienceMode: 'FIXED' | 'ONE_OF';
  readonly lifetimeMs: number;
  readonly maxLifetimeMs: number;
  /** Milliseconds from `iat` to `nbf`; null: tokens have no `nbf`. */
  readonly notBeforeOffsetMs: number | null;
  /** The `typ` of their header. */
  readonly tokenType: string;
  readonly subject: {
    readonly mode: 'FIXED' | 'FROM_CALLER' | 'GIVEN';
    readonly value: string | null;
    readonly pattern: string | null;
  };
  readonly claims: {
    readonly fixed: Readonly<Record<string, unknown>>;
    readonly allowed: readonly string[];
    readonly required: readonly string[];
    /** JSON Schema 2020-12, which the manager has checked. */
    readonly schema: Readonly<Record<string, unknown>> | null;
  };
  /** Signed tokens are encrypted to this key; exactly one of the two ids is set. */
  readonly encryptTo: {
    readonly jwkId: string | null;
    readonly keyRingId: string | null;
    readonly enc: string;
  } | null;
}

/** Keys of a project. Of an absent list every key is one. */
export interface DeployedSelection {
  /** `kty`, such as RSA. */
  readonly keyTypes?: readonly string[];
  /** `alg`. */
  readonly algorithms?: readonly string[];
  readonly uses?: readonly ('sig' | 'enc')[];
  /** Members of these key rings. With `jwkIds` it is one list: a key that either of them names. */
  readonly keyRingIds?: readonly string[];
  readonly jwkIds?: readonly string[];
}

/** A JWK Set with a part of the public keys of a project. `view-selection.ts` says which. */
export interface DeployedView extends DeployedObject {
  readonly kind: 'view';
  /** Null: all keys of the project. */
  readonly include: DeployedSelection | null;
  readonly exclude: DeployedSelection | null;
}

/** Which key types are in the project's own JWK Set. Without it, those of `defaultPublishedKeyTypes`. */
export interface DeployedProjectSet extends DeployedObject {
  readonly kind: 'project-set';
  readonly keyTypes: readonly string[];
}

/** What a node delivers as files below its `--outlet-dir`. */
export interface DeployedOutlet extends DeployedObject {
  readonly kind: 'outlet';
  /** Of those that nodes deliver. */
  readonly outletKind: string;
  /** The ids of what is delivered; null: the project's set. */
  readonly source: { readonly type: string; readonly id: string | null };
  readonly content: string;
  /** As its kind reads it; the manager has checked it. */
  readonly target: Readonly<Record<string, unknown>>;
  /** Of a PKCS#12 file. */
  readonly password: string | null;
  /** Where it is higher than before, everything is written again. */
  readonly generation: number;
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
  /** By alias; absent where no alias has a password of its own. */
  readonly keyPasswords?: Readonly<Record<string, string>>;
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

export type DeployedProjectContent =
  | DeployedJwk
  | DeployedCertificate
  | DeployedKey
  | DeployedKeystore
  | DeployedKeyRing
  | DeployedApplication
  | DeployedTokenProfile
  | DeployedView
  | DeployedProjectSet
  | DeployedOutlet;
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
