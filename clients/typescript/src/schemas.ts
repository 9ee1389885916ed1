// Made from openapi.json by `npm run client`; a change belongs there.

export interface AccessToken {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds */
  readonly expires_in: number;
}

export interface AuditRecord {
  readonly sequence: number;
  /** ISO 8601, UTC */
  readonly at: string;
  /** Name of the user, or `system` */
  readonly actor: string;
  /** Noun and verb, such as `jwk.create` */
  readonly action: string;
  readonly objectType: string;
  readonly objectName: string;
  readonly projectName: string | null;
  readonly outcome: 'SUCCESS' | 'DENIED' | 'FAILURE';
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditRecordList {
  readonly success: true;
  readonly resultList: readonly AuditRecord[];
  /** How many there are */
  readonly resultCount: number;
}

export interface Certificate {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
  readonly certificateEnvironmentList: readonly {
    readonly environmentName: string;
    /** ISO 8601, UTC */
    readonly startDate: string;
    /** ISO 8601, UTC */
    readonly endDate: string;
    /** base64 of the DER certificate */
    readonly base64EncodedContent: string;
    /** SHA-1 of the DER certificate, hex */
    readonly sha1Thumbprint: string;
    readonly subjectDn: string;
    readonly alias: string;
  }[];
}

export interface CertificateFacts {
  readonly subjectDn: string;
  readonly issuerDn: string;
  /** Hex */
  readonly serialNumber: string;
  /** ISO 8601, UTC */
  readonly notBefore: string;
  /** ISO 8601, UTC */
  readonly notAfter: string;
  readonly sha1Thumbprint: string;
  readonly sha256Thumbprint: string;
}

export interface CertificateFile {
  /** Text of the PEM file, or base64 of a DER file */
  readonly pemEncodedFile?: string | undefined;
}

export interface CertificateFileContents {
  readonly success: true;
  readonly resultList: readonly CertificateFacts[];
  /** How many there are */
  readonly resultCount: number;
  /** What was left out or rewritten of what was given; absent where there is nothing to say */
  readonly warnings?: readonly string[] | undefined;
}

export interface CertificateList {
  readonly success: true;
  readonly resultList: readonly Certificate[];
  /** How many there are */
  readonly resultCount: number;
}

export interface CertificateRequest {
  /** Unique within the project */
  readonly certificateName?: string | undefined;
  /** Unique among the certificates of an environment */
  readonly alias?: string | undefined;
  readonly certificateDescription?: string | undefined;
  /** Environment names, separated by commas */
  readonly environmentList?: string | undefined;
  /** The certificate as PEM, where the certificates of its issuers may follow it, or as DER */
  readonly pemEncodedFile?: Blob | string | undefined;
}

export interface CreateJwk {
  /** JWK name, unique within the project: 1 to 128 letters and digits of any script, `.`, `_`, `-` */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Where the key comes from: URL, COPY_PASTE, CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE */
  readonly sourceType?: string | undefined;
  /** http or https address of a JWK or a JWK Set (URL) */
  readonly url?: string | undefined;
  /** Milliseconds for getting connected, 1 to 60000, default 5000 (URL) */
  readonly urlOptionConnectTimeout?: number | undefined;
  /** Milliseconds for the whole answer, 1 to 60000, default 10000 (URL) */
  readonly urlOptionReadTimeout?: number | undefined;
  /** Bytes of the answer at the most, 1 to 10485760, default 1048576 (URL) */
  readonly urlOptionSizeLimit?: number | undefined;
  /** A JWK or a JWK Set as JSON text (COPY_PASTE) */
  readonly jwkStr?: string | undefined;
  /** A certificate of the project (CERTIFICATE) */
  readonly certificateName?: string | undefined;
  /** A key of the project (PUBLIC_KEY, PRIVATE_KEY) */
  readonly keyName?: string | undefined;
  /** A keystore of the project (KEYSTORE) */
  readonly keyStoreName?: string | undefined;
  /** The environment whose material is taken (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE) */
  readonly environmentName?: string | undefined;
  /** The alias of the entry (KEYSTORE) */
  readonly aliasName?: string | undefined;
  /** SIGNATURE or ENCRYPTION (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE); for a key that has no `use` of its own (URL, COPY_PASTE) */
  readonly useType?: string | undefined;
  /** What the key is for, such as RS256 (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE); for a key that has no `alg` of its own (URL, COPY_PASTE) */
  readonly algorithm?: string | undefined;
  /** Selects a key of a JWK Set, or names a key that has no kid of its own */
  readonly kid?: string | undefined;
  /** ISO 8601 duration, PT1M to P30D, after which the URL is looked at again (URL) */
  readonly refreshInterval?: string | undefined;
}

export interface CreatedEnrollmentToken {
  readonly success: true;
  /** Shown once */
  readonly token: string;
}

export interface CreatedToken {
  readonly success: true;
  /** Shown once */
  readonly token: string;
  readonly name: string;
  readonly expiresAt: string | null;
  readonly projects: readonly NarrowedProject[] | null;
}

export interface DeploymentAnswer {
  /** It is stored */
  readonly success: true;
  readonly deploymentResult: DeploymentResult;
  /** What was left out or rewritten of what was given; absent where there is nothing to say */
  readonly warnings?: readonly string[] | undefined;
}

export interface DeploymentResult {
  /** Every environment has it */
  readonly success: boolean;
  readonly message: string;
  readonly environmentResults: readonly EnvironmentResult[];
}

export interface EnrollmentToken {
  readonly id: string;
  readonly name: string | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** No node joins from then on */
  readonly expiresAt: string | null;
  readonly maxNodes: number | null;
  /** Keys that were registered with it, removed ones included */
  readonly registeredNodes: number;
  /** False: its nodes are given public parts only */
  readonly privateKeys: boolean;
}

export interface EnrollmentTokenList {
  readonly success: true;
  readonly resultList: readonly EnrollmentToken[];
  /** How many there are */
  readonly resultCount: number;
}

export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly type: 'PRODUCTION' | 'SANDBOX' | 'TEST';
  readonly accessUrl: string | null;
  /** Whether its nodes publish one JWK Set of all projects at /.well-known/jwks.json */
  readonly environmentSet: boolean;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
}

export interface EnvironmentChange {
  /** May be given, but can not be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** One of PRODUCTION, SANDBOX, TEST */
  readonly type?: string | undefined;
  /** http or https URL of the environment's gateways, for people to read */
  readonly accessUrl?: string | undefined;
  /** Names of the projects that reach it; absent: every project, empty: none */
  readonly projects?: readonly string[] | undefined;
  /** Whether its nodes publish one JWK Set of all projects at /.well-known/jwks.json; false for a new environment, and as it was where a change leaves it out */
  readonly environmentSet?: boolean | undefined;
}

export interface EnvironmentList {
  readonly success: true;
  readonly resultList: readonly Environment[];
  /** How many there are */
  readonly resultCount: number;
}

export interface EnvironmentNode {
  readonly name: string;
  readonly connected: boolean;
  /** The last revision that the node confirmed */
  readonly appliedRevision: number;
  readonly lastSeenAt: string | null;
  readonly version: string | null;
  /** False: it is given public parts only */
  readonly privateKeys: boolean;
  /** That it last connected from */
  readonly address: string | null;
  /** Milliseconds that its clock is ahead of the manager's, as last measured */
  readonly clockOffsetMs: number | null;
  /** Only of a node that has a history which the database has forgotten: the revision that it has */
  readonly divergedRevision?: number | undefined;
}

export interface EnvironmentNodeList {
  readonly success: true;
  readonly resultList: readonly EnvironmentNode[];
  /** How many there are */
  readonly resultCount: number;
}

export interface EnvironmentResult {
  readonly environmentName: string;
  readonly success: boolean;
  readonly message: string;
}

export interface EnvironmentWithProjects {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly type: 'PRODUCTION' | 'SANDBOX' | 'TEST';
  readonly accessUrl: string | null;
  /** Whether its nodes publish one JWK Set of all projects at /.well-known/jwks.json */
  readonly environmentSet: boolean;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
  /** Names; null: every project reaches it */
  readonly projects: readonly string[] | null;
}

export interface EnvironmentWithProjectsList {
  readonly success: true;
  readonly resultList: readonly EnvironmentWithProjects[];
  /** How many there are */
  readonly resultCount: number;
}

export interface GenerateJwk {
  /** JWK name, unique within the project */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** RSA, EC, OCT or OKP */
  readonly type?: string | undefined;
  /** Given to the key as it is */
  readonly kid?: string | undefined;
  readonly rsa?:
    | {
        /** 2048, 3072 or 4096 bits */
        readonly keySize?: number | undefined;
        /** SIGNATURE (the default, but for X25519 and X448) or ENCRYPTION */
        readonly keyUseType?: string | undefined;
        /** JOSE name, also with underscores (RSA_OAEP_256) and as RSA256; default: the first that fits */
        readonly algorithm?: string | undefined;
        /** How a kid is made where none is given: TIMESTAMP, SHA256, SHA1, ISO_DATE, NONE; default TIMESTAMP */
        readonly keyIdType?: string | undefined;
        /** ISO 8601; default now */
        readonly notBeforeTime?: string | undefined;
        /** ISO 8601; default a year after notBeforeTime */
        readonly expirationTime?: string | undefined;
      }
    | undefined;
  readonly ec?:
    | {
        /** P256, P384, P521 or SECP256K1 */
        readonly curveType?: string | undefined;
        /** SIGNATURE (the default, but for X25519 and X448) or ENCRYPTION */
        readonly keyUseType?: string | undefined;
        /** JOSE name, also with underscores (RSA_OAEP_256) and as RSA256; default: the first that fits */
        readonly algorithm?: string | undefined;
        /** How a kid is made where none is given: TIMESTAMP, SHA256, SHA1, ISO_DATE, NONE; default TIMESTAMP */
        readonly keyIdType?: string | undefined;
        /** ISO 8601; default now */
        readonly notBeforeTime?: string | undefined;
        /** ISO 8601; default a year after notBeforeTime */
        readonly expirationTime?: string | undefined;
      }
    | undefined;
  readonly oct?:
    | {
        /** 128, 192, 256, 384 or 512 bits */
        readonly keySize?: number | undefined;
        /** Octets of salt for PBES2, 8 or more, default 8 */
        readonly passwordSaltLength?: number | undefined;
        /** Iterations for PBES2, 1000 or more, default 1000 */
        readonly passwordIterationCount?: number | undefined;
        /** SIGNATURE (the default, but for X25519 and X448) or ENCRYPTION */
        readonly keyUseType?: string | undefined;
        /** JOSE name, also with underscores (RSA_OAEP_256) and as RSA256; default: the first that fits */
        readonly algorithm?: string | undefined;
        /** How a kid is made where none is given: TIMESTAMP, SHA256, SHA1, ISO_DATE, NONE; default TIMESTAMP */
        readonly keyIdType?: string | undefined;
        /** ISO 8601; default now */
        readonly notBeforeTime?: string | undefined;
        /** ISO 8601; default a year after notBeforeTime */
        readonly expirationTime?: string | undefined;
      }
    | undefined;
  readonly okp?:
    | {
        /** ED25519, X25519, ED448 or X448 */
        readonly curveType?: string | undefined;
        /** SIGNATURE (the default, but for X25519 and X448) or ENCRYPTION */
        readonly keyUseType?: string | undefined;
        /** JOSE name, also with underscores (RSA_OAEP_256) and as RSA256; default: the first that fits */
        readonly algorithm?: string | undefined;
        /** How a kid is made where none is given: TIMESTAMP, SHA256, SHA1, ISO_DATE, NONE; default TIMESTAMP */
        readonly keyIdType?: string | undefined;
        /** ISO 8601; default now */
        readonly notBeforeTime?: string | undefined;
        /** ISO 8601; default a year after notBeforeTime */
        readonly expirationTime?: string | undefined;
      }
    | undefined;
}

export interface Jwk {
  readonly name: string;
  readonly description: string | null;
  readonly projectId: string;
  readonly sourceType: string;
  /** Id of the certificate, key or keystore that it was made from */
  readonly sourceId: string | null;
  readonly sourceUrl: string | null;
  readonly type: 'RSA' | 'EC' | 'OCT' | 'OKP';
  readonly kid: string | null;
  /** `sig` or `enc` */
  readonly use: string | null;
  readonly algorithm: string | null;
  readonly notBeforeTime: string | null;
  readonly expirationTime: string | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
  /** Only of a JWK that follows its URL, as are the next four */
  readonly refreshInterval?: string | undefined;
  /** ISO 8601, UTC */
  readonly nextRefreshAt?: string | undefined;
  readonly sourceState?: 'FRESH' | 'FAILING' | 'GONE' | undefined;
  /** ISO 8601, UTC */
  readonly sourceStateSince?: string | undefined;
  readonly sourceStateReason?: string | null | undefined;
}

export interface JwkDeployment {
  readonly environmentName: string;
  /** Of the environment, at which this JWK last changed there */
  readonly revision: number;
  /** Of the environment by now */
  readonly environmentRevision: number;
  /** Whether every node has it */
  readonly success: boolean;
  readonly message: string;
  readonly nodes: readonly {
    readonly name: string;
    readonly connected: boolean;
    readonly appliedRevision: number;
    readonly hasIt: boolean;
    readonly lastSeenAt: string | null;
    readonly reason: string | null;
  }[];
}

export interface JwkDeploymentList {
  readonly success: true;
  readonly resultList: readonly JwkDeployment[];
  /** How many there are */
  readonly resultCount: number;
}

export interface JwkDetail {
  readonly name: string;
  readonly description: string | null;
  readonly projectId: string;
  readonly sourceType: string;
  /** Id of the certificate, key or keystore that it was made from */
  readonly sourceId: string | null;
  readonly sourceUrl: string | null;
  readonly type: 'RSA' | 'EC' | 'OCT' | 'OKP';
  readonly kid: string | null;
  /** `sig` or `enc` */
  readonly use: string | null;
  readonly algorithm: string | null;
  readonly notBeforeTime: string | null;
  readonly expirationTime: string | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
  /** Only of a JWK that follows its URL, as are the next four */
  readonly refreshInterval?: string | undefined;
  /** ISO 8601, UTC */
  readonly nextRefreshAt?: string | undefined;
  readonly sourceState?: 'FRESH' | 'FAILING' | 'GONE' | undefined;
  /** ISO 8601, UTC */
  readonly sourceStateSince?: string | undefined;
  readonly sourceStateReason?: string | null | undefined;
  readonly rsa?: KeyMaterial | undefined;
  readonly ec?: KeyMaterial | undefined;
  readonly oct?: KeyMaterial | undefined;
  readonly okp?: KeyMaterial | undefined;
}

export interface JwkDetailWithWarnings {
  readonly success: true;
  readonly resultList: readonly JwkDetail[];
  /** How many there are */
  readonly resultCount: number;
  /** What was left out or changed, and why */
  readonly warnings?: readonly string[] | undefined;
}

export interface JwkFile {
  /** A JWK or a JWK Set as a JSON file */
  readonly jwkFile?: Blob | string | undefined;
  readonly jwkName?: string | undefined;
  /** Selects a key of a JWK Set */
  readonly kid?: string | undefined;
  /** SIGNATURE or ENCRYPTION, for a key that has no `use` of its own */
  readonly useType?: string | undefined;
  /** Such as RS256, for a key that has no `alg` of its own */
  readonly algorithm?: string | undefined;
  readonly jwkDescription?: string | undefined;
}

export interface JwkList {
  readonly success: true;
  readonly resultList: readonly Jwk[];
  /** How many there are */
  readonly resultCount: number;
}

export interface JwkReference {
  readonly projectName: string;
  readonly name: string;
}

export interface JwkReferenceList {
  readonly success: true;
  readonly resultList: readonly JwkReference[];
  /** How many there are */
  readonly resultCount: number;
}

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
  readonly keyType: 'SECRET_KEY' | 'PRIVATE_KEY' | 'PUBLIC_KEY';
  readonly algorithm: string | null;
  readonly cryptoKeyInfoEnvironmentList: readonly {
    readonly environmentName: string;
    readonly alias: string | null;
  }[];
}

export interface KeyFacts {
  readonly keyType: 'PRIVATE_KEY' | 'PUBLIC_KEY';
  /** RSA, EC or OKP */
  readonly type: string;
  readonly curve: string | null;
  /** Bits */
  readonly size: number;
}

export interface KeyFactsList {
  readonly success: true;
  readonly resultList: readonly KeyFacts[];
  /** How many there are */
  readonly resultCount: number;
}

export interface KeyFile {
  /** PEM, or base64 of PEM or of DER */
  readonly content?: string | undefined;
  /** Opens an encrypted private key */
  readonly passphrase?: string | undefined;
}

export interface KeyList {
  readonly success: true;
  readonly resultList: readonly Key[];
  /** How many there are */
  readonly resultCount: number;
}

export type KeyMaterial = Readonly<Record<string, unknown>>;

export interface KeyRequest {
  /** Unique within the project */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** SECRET_KEY, PRIVATE_KEY or PUBLIC_KEY */
  readonly keyType?: string | undefined;
  /** Required for SECRET_KEY: AES, DES, DESede or RSA */
  readonly algorithm?: string | undefined;
  /** What the key is in each environment */
  readonly cryptoKeyInfoEnvironmentList?:
    | readonly {
        readonly environmentName?: string | undefined;
        /** PEM, or base64 of PEM or of DER; for SECRET_KEY base64 of the raw bytes */
        readonly content?: string | undefined;
        /** Opens an encrypted private key; it is not stored */
        readonly passphrase?: string | undefined;
        readonly alias?: string | undefined;
      }[]
    | undefined;
}

export interface Keystore {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
  readonly keyStoreEnvironmentList: readonly {
    readonly environmentName: string;
    readonly alias: string | null;
    readonly keyStoreType: 'JKS' | 'PKCS12';
  }[];
}

export interface KeystoreContents {
  readonly success: true;
  readonly resultList: readonly KeystoreEntry[];
  /** How many there are */
  readonly resultCount: number;
  readonly keyStoreType: 'JKS' | 'PKCS12';
}

export interface KeystoreEntry {
  readonly alias: string;
  readonly kind: 'PRIVATE_KEY' | 'TRUSTED_CERTIFICATE' | 'SECRET_KEY';
  /** The key password does not open it */
  readonly locked: boolean;
  /** Why no JWK can be made of it; null where nothing is known against it */
  readonly problem: string | null;
  readonly certificates: number;
  /** Of a secret key, its name in Java */
  readonly algorithm: string | null;
  /** RSA, EC, OKP or OCT, where it can be told */
  readonly type: string | null;
  readonly curve: string | null;
  /** Bits */
  readonly size: number | null;
  readonly subjectDn: string | null;
  readonly notBefore: string | null;
  readonly notAfter: string | null;
}

export interface KeystoreEntryList {
  readonly success: true;
  readonly resultList: readonly KeystoreEntry[];
  /** How many there are */
  readonly resultCount: number;
}

export interface KeystoreFile {
  /** base64 of the keystore file */
  readonly file?: string | undefined;
  readonly password?: string | undefined;
  readonly keyPassword?: string | undefined;
  /** JKS or PKCS12; told from the file where it is left out */
  readonly keyStoreType?: string | undefined;
}

export interface KeystoreList {
  readonly success: true;
  readonly resultList: readonly Keystore[];
  /** How many there are */
  readonly resultCount: number;
}

export interface KeystoreRequest {
  /** Unique within the project */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** The keystore of each environment */
  readonly keyStoreEnvironmentList?:
    | readonly {
        readonly environmentName?: string | undefined;
        /** base64 of the keystore file, which has 10 MiB at the most */
        readonly file?: string | undefined;
        readonly password?: string | undefined;
        readonly alias?: string | undefined;
        /** Where the keys have another password than the store, also an empty one */
        readonly keyPassword?: string | undefined;
        /** JKS or PKCS12 */
        readonly keyStoreType?: string | undefined;
      }[]
    | undefined;
}

export interface Member {
  readonly username: string;
  readonly roles: readonly string[];
}

export interface MemberList {
  readonly success: true;
  readonly resultList: readonly Member[];
  /** How many there are */
  readonly resultCount: number;
}

export interface MemberRoles {
  /** Of ROLE_ADMIN, ROLE_API_SECURITY, ROLE_MANAGE_PROXIES, ROLE_DEPLOY_UNDEPLOY_PROXIES, ROLE_READ_PRIVATE_KEYS */
  readonly roles: readonly string[];
}

export interface Membership {
  readonly name: string;
  readonly description: string | null;
  readonly roles: readonly string[];
}

export interface NamedJwk {
  readonly projectName: string;
  readonly name: string;
}

export interface NarrowedProject {
  readonly projectName: string;
  readonly roles: readonly string[];
}

export interface NewEnrollmentToken {
  /** For people to tell tokens apart */
  readonly name?: string | undefined;
  /** ISO 8601, in the future: no node joins from then on, and those that joined stay */
  readonly expiresAt?: string | undefined;
  /** Keys of nodes that may ever be registered with it, removed ones included */
  readonly maxNodes?: number | undefined;
  /** Whether its nodes are given private keys and keystores; without it public parts only */
  readonly privateKeys?: boolean | undefined;
}

export interface NewEnvironment {
  /** Environment name: 1 to 128 letters and digits of any script, `.`, `_`, `-` */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** One of PRODUCTION, SANDBOX, TEST */
  readonly type: string;
  /** http or https URL of the environment's gateways, for people to read */
  readonly accessUrl?: string | undefined;
  /** Names of the projects that reach it; absent: every project, empty: none */
  readonly projects?: readonly string[] | undefined;
  /** Whether its nodes publish one JWK Set of all projects at /.well-known/jwks.json; false for a new environment, and as it was where a change leaves it out */
  readonly environmentSet?: boolean | undefined;
}

export interface NewProject {
  /** Project name: 1 to 128 letters and digits of any script, `.`, `_`, `-` */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
}

export interface NewToken {
  /** Token name: 1 to 128 letters and digits of any script, `.`, `_`, `-` */
  readonly name: string;
  /** ISO 8601, in the future; null: the token never expires; without it, in 90 days */
  readonly expiresAt?: string | null | undefined;
  /** The token sees only these projects, with at most these roles; it is no administrator */
  readonly projects?:
    | readonly {
        readonly projectName: string;
        /** Of ROLE_ADMIN, ROLE_API_SECURITY, ROLE_MANAGE_PROXIES, ROLE_DEPLOY_UNDEPLOY_PROXIES, ROLE_READ_PRIVATE_KEYS */
        readonly roles: readonly string[];
      }[]
    | undefined;
}

export interface NewUser {
  /** Username: 1 to 128 letters and digits of any script, `.`, `_`, `-` */
  readonly username: string;
  /** 8 to 1024 characters */
  readonly password: string;
  /** Whether the user is an administrator, who may do everything */
  readonly admin?: boolean | undefined;
}

export interface OpenedSession {
  readonly success: true;
  readonly username: string;
  readonly admin: boolean;
  readonly expiresAt: string | null;
}

export interface Overview {
  readonly success: true;
  readonly projects: readonly {
    readonly name: string;
    readonly jwks: number;
  }[];
  readonly environments: readonly {
    readonly name: string;
    readonly type: 'PRODUCTION' | 'SANDBOX' | 'TEST';
    readonly revision: number;
    readonly nodes: readonly OverviewNode[];
  }[];
  readonly jwksByType: {
    readonly RSA: number;
    readonly EC: number;
    readonly OKP: number;
    readonly OCT: number;
  };
  readonly jwksByUse: {
    readonly sig: number;
    readonly enc: number;
    readonly none: number;
  };
  /** Expired, or within 30 days; the soonest 20 */
  readonly expiring: readonly {
    readonly projectName: string;
    readonly name: string;
    /** ISO 8601, UTC */
    readonly expirationTime: string;
  }[];
  readonly expiringCount: number;
  readonly failingSources: readonly {
    readonly projectName: string;
    readonly name: string;
    readonly sourceUrl: string | null;
    readonly sourceState: 'FAILING' | 'GONE';
    /** ISO 8601, UTC */
    readonly sourceStateSince: string;
    readonly sourceStateReason: string | null;
  }[];
  readonly failingSourceCount: number;
  /** Kids that name different keys in one JWK Set, the first 20; JWKs of projects that the caller may see */
  readonly sharedKids: readonly {
    readonly kid: string;
    /** The environment whose set of all projects it is about; null: the set of the project */
    readonly environmentName: string | null;
    /** JWKs in that set; of those, whose kid it was first comes first */
    readonly published: readonly NamedJwk[];
    /** JWKs that the set of the environment leaves out */
    readonly leftOut: readonly NamedJwk[];
  }[];
  readonly sharedKidCount: number;
  readonly lastChanges: readonly AuditRecord[];
}

export interface OverviewNode {
  readonly name: string;
  readonly connected: boolean;
  readonly state: 'CURRENT' | 'LAGGING' | 'REFUSED' | 'DISCONNECTED';
  readonly appliedRevision: number;
  readonly lastSeenAt: string | null;
  readonly version: string | null;
  /** What the node refused last, while it is behind */
  readonly reason: string | null;
}

export interface ParseJwkFromCertificate {
  /** JWK name, unique within the project: 1 to 128 letters and digits of any script, `.`, `_`, `-` */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** A certificate of the project (CERTIFICATE) */
  readonly certificateName?: string | undefined;
  /** The environment whose material is taken (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE) */
  readonly environmentName?: string | undefined;
  /** SIGNATURE or ENCRYPTION (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE); for a key that has no `use` of its own (URL, COPY_PASTE) */
  readonly useType?: string | undefined;
  /** What the key is for, such as RS256 (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE); for a key that has no `alg` of its own (URL, COPY_PASTE) */
  readonly algorithm?: string | undefined;
  /** Selects a key of a JWK Set, or names a key that has no kid of its own */
  readonly kid?: string | undefined;
}

export interface ParseJwkFromClipboard {
  /** JWK name, unique within the project: 1 to 128 letters and digits of any script, `.`, `_`, `-` */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** A JWK or a JWK Set as JSON text (COPY_PASTE) */
  readonly jwkStr?: string | undefined;
  /** Selects a key of a JWK Set, or names a key that has no kid of its own */
  readonly kid?: string | undefined;
  /** SIGNATURE or ENCRYPTION (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE); for a key that has no `use` of its own (URL, COPY_PASTE) */
  readonly useType?: string | undefined;
  /** What the key is for, such as RS256 (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE); for a key that has no `alg` of its own (URL, COPY_PASTE) */
  readonly algorithm?: string | undefined;
}

export interface ParseJwkFromKey {
  /** JWK name, unique within the project: 1 to 128 letters and digits of any script, `.`, `_`, `-` */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** A key of the project (PUBLIC_KEY, PRIVATE_KEY) */
  readonly keyName?: string | undefined;
  /** The environment whose material is taken (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE) */
  readonly environmentName?: string | undefined;
  /** SIGNATURE or ENCRYPTION (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE); for a key that has no `use` of its own (URL, COPY_PASTE) */
  readonly useType?: string | undefined;
  /** What the key is for, such as RS256 (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE); for a key that has no `alg` of its own (URL, COPY_PASTE) */
  readonly algorithm?: string | undefined;
  /** Selects a key of a JWK Set, or names a key that has no kid of its own */
  readonly kid?: string | undefined;
}

export interface ParseJwkFromKeystore {
  /** JWK name, unique within the project: 1 to 128 letters and digits of any script, `.`, `_`, `-` */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** A keystore of the project (KEYSTORE) */
  readonly keyStoreName?: string | undefined;
  /** The environment whose material is taken (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE) */
  readonly environmentName?: string | undefined;
  /** The alias of the entry (KEYSTORE) */
  readonly aliasName?: string | undefined;
  /** SIGNATURE or ENCRYPTION (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE); for a key that has no `use` of its own (URL, COPY_PASTE) */
  readonly useType?: string | undefined;
  /** What the key is for, such as RS256 (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE); for a key that has no `alg` of its own (URL, COPY_PASTE) */
  readonly algorithm?: string | undefined;
  /** Selects a key of a JWK Set, or names a key that has no kid of its own */
  readonly kid?: string | undefined;
}

export interface ParseJwkFromUrl {
  /** JWK name, unique within the project: 1 to 128 letters and digits of any script, `.`, `_`, `-` */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** http or https address of a JWK or a JWK Set (URL) */
  readonly url?: string | undefined;
  /** Milliseconds for getting connected, 1 to 60000, default 5000 (URL) */
  readonly urlOptionConnectTimeout?: number | undefined;
  /** Milliseconds for the whole answer, 1 to 60000, default 10000 (URL) */
  readonly urlOptionReadTimeout?: number | undefined;
  /** Bytes of the answer at the most, 1 to 10485760, default 1048576 (URL) */
  readonly urlOptionSizeLimit?: number | undefined;
  /** Selects a key of a JWK Set, or names a key that has no kid of its own */
  readonly kid?: string | undefined;
  /** SIGNATURE or ENCRYPTION (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE); for a key that has no `use` of its own (URL, COPY_PASTE) */
  readonly useType?: string | undefined;
  /** What the key is for, such as RS256 (CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE); for a key that has no `alg` of its own (URL, COPY_PASTE) */
  readonly algorithm?: string | undefined;
  /** ISO 8601 duration, PT1M to P30D, after which the URL is looked at again (URL) */
  readonly refreshInterval?: string | undefined;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
}

export interface ProjectChange {
  /** May be given, but can not be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
}

export interface ProjectList {
  readonly success: true;
  readonly resultList: readonly Project[];
  /** How many there are */
  readonly resultCount: number;
}

export interface PublicJwk {
  readonly name: string;
  /** Public members; null for an OCT key */
  readonly jwk: Readonly<Record<string, unknown>> | null;
  readonly pem: string | null;
  /** RFC 7638, SHA-256 */
  readonly thumbprint: string | null;
  /** Of `x5c`, the leaf first */
  readonly certificates: readonly CertificateFacts[];
  /** Whether keyplane stores private members of the JWK */
  readonly hasPrivatePart: boolean;
}

export interface PublicJwkList {
  readonly success: true;
  readonly resultList: readonly PublicJwk[];
  /** How many there are */
  readonly resultCount: number;
}

export interface RemovedNode {
  readonly success: true;
  /** Until when the node may still publish and sign */
  readonly warnings: readonly string[];
}

export interface Session {
  readonly success: true;
  readonly username: string;
  readonly admin: boolean;
  readonly expiresAt: string | null;
  readonly projects: readonly Membership[];
}

export interface SessionRequest {
  readonly username: string;
  readonly password: string;
}

export interface SignInRequest {
  /** `client_credentials` */
  readonly grant_type?: string | undefined;
  /** Username */
  readonly client_id?: string | undefined;
  /** Password */
  readonly client_secret?: string | undefined;
}

export interface SourceKey {
  readonly kid: string | null;
  /** RSA, EC, OCT or OKP; null where it can not be told */
  readonly type: string | null;
  readonly curve: string | null;
  /** Bits */
  readonly size: number | null;
  readonly private: boolean | null;
  readonly use: string | null;
  readonly algorithm: string | null;
  /** What may be asked for with it */
  readonly algorithms: {
    readonly SIGNATURE: readonly string[];
    readonly ENCRYPTION: readonly string[];
  } | null;
  readonly notBeforeTime: string | null;
  readonly expirationTime: string | null;
  readonly aliasName: string | null;
  /** RFC 7638, SHA-256: given as kid it selects a key that has none */
  readonly thumbprint: string | null;
  /** What a JWK made of it would leave out or rewrite */
  readonly warnings: readonly string[];
  /** Why a JWK would not be made of it */
  readonly problem: string | null;
}

export interface SourceKeyList {
  readonly success: true;
  readonly resultList: readonly SourceKey[];
  /** How many there are */
  readonly resultCount: number;
}

export interface Success {
  readonly success: true;
}

export interface Token {
  readonly name: string;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** Null: never */
  readonly expiresAt: string | null;
  /** What the token is narrowed to; null: to nothing, it may do whatever its user may */
  readonly projects: readonly NarrowedProject[] | null;
  /** To about ten minutes; null: not used yet */
  readonly lastUsedAt: string | null;
}

export interface TokenList {
  readonly success: true;
  readonly resultList: readonly Token[];
  /** How many there are */
  readonly resultCount: number;
}

export interface User {
  readonly username: string;
  readonly admin: boolean;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
}

export interface UserChange {
  /** May be given, but can not be changed */
  readonly username?: string | undefined;
  /** The caller's own password, to change it */
  readonly currentPassword?: string | undefined;
  /** 8 to 1024 characters. Set by an administrator, it ends all sessions and personal tokens of the user; with `currentPassword`, it ends all sessions but the one of this request */
  readonly password?: string | undefined;
  readonly admin?: boolean | undefined;
}

export interface UserList {
  readonly success: true;
  readonly resultList: readonly User[];
  /** How many there are */
  readonly resultCount: number;
}
