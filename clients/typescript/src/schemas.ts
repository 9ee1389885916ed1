// Made from openapi.json by `npm run client`; a change belongs there.

export interface AccessToken {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds */
  readonly expires_in: number;
}

export type Algorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'RSA1_5'
  | 'RSA-OAEP'
  | 'RSA-OAEP-256'
  | 'RSA-OAEP-384'
  | 'RSA-OAEP-512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'ES256K'
  | 'ECDH-ES'
  | 'ECDH-ES+A128KW'
  | 'ECDH-ES+A192KW'
  | 'ECDH-ES+A256KW'
  | 'ECDH-1PU'
  | 'ECDH-1PU+A128KW'
  | 'ECDH-1PU+A192KW'
  | 'ECDH-1PU+A256KW'
  | 'EdDSA'
  | 'Ed25519'
  | 'Ed448'
  | 'ML-DSA-44'
  | 'ML-DSA-65'
  | 'ML-DSA-87'
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'A128KW'
  | 'A192KW'
  | 'A256KW'
  | 'A128GCMKW'
  | 'A192GCMKW'
  | 'A256GCMKW'
  | 'DIR'
  | 'PBES2-HS256+A128KW'
  | 'PBES2-HS384+A192KW'
  | 'PBES2-HS512+A256KW';

export interface Application {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly expiresAt: string | null;
  readonly credentials: readonly {
    readonly type: 'TOKEN' | 'MTLS' | 'JWT';
    readonly name?: string | undefined;
    readonly expiresAt?: string | null | undefined;
    readonly uriSan?: string | undefined;
    readonly spkiSha256?: string | undefined;
    readonly issuer?: string | undefined;
    readonly audience?: string | undefined;
    readonly subject?: string | undefined;
    readonly claims?: Readonly<Record<string, unknown>> | undefined;
    readonly singleUse?: boolean | undefined;
    readonly jwksUri?: string | undefined;
    readonly jwkName?: string | undefined;
  }[];
  /** What its JWTs are verified with, by jwksUri */
  readonly keySets: readonly {
    readonly jwksUri: string;
    readonly keyCount: number;
    /** FAILING: the last keys that were read stay deployed */
    readonly state: 'FRESH' | 'FAILING';
    /** ISO 8601, UTC */
    readonly stateSince: string;
    readonly stateReason: string | null;
    /** When the URI last returned keys */
    readonly fetchedAt: string;
  }[];
  readonly grants: readonly {
    readonly keyRingName?: string | undefined;
    readonly jwkName?: string | undefined;
    readonly tokenProfileName?: string | undefined;
    readonly operations: readonly GrantOperation[];
    readonly ratePerSecond?: number | undefined;
    readonly burst?: number | undefined;
  }[];
  /** Of tokens that were replaced with an overlap and may still be valid */
  readonly formerTokensValidUntil: readonly string[];
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
  /** Rounded down to the minute */
  readonly lastUsedAt: string | null;
}

export interface ApplicationChange {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** ISO 8601, in the future; from then on all its credentials are rejected. null: it never expires */
  readonly expiresAt?: string | null | undefined;
  /** What the application is known by at a node. Within a project a credential fits one application */
  readonly credentials?: readonly Credential[] | undefined;
  /** Each names a key ring, a JWK or a token profile. What is not granted is rejected */
  readonly grants?: readonly Grant[] | undefined;
}

export interface ApplicationDetail {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly expiresAt: string | null;
  readonly credentials: readonly {
    readonly type: 'TOKEN' | 'MTLS' | 'JWT';
    readonly name?: string | undefined;
    readonly expiresAt?: string | null | undefined;
    readonly uriSan?: string | undefined;
    readonly spkiSha256?: string | undefined;
    readonly issuer?: string | undefined;
    readonly audience?: string | undefined;
    readonly subject?: string | undefined;
    readonly claims?: Readonly<Record<string, unknown>> | undefined;
    readonly singleUse?: boolean | undefined;
    readonly jwksUri?: string | undefined;
    readonly jwkName?: string | undefined;
  }[];
  /** What its JWTs are verified with, by jwksUri */
  readonly keySets: readonly {
    readonly jwksUri: string;
    readonly keyCount: number;
    /** FAILING: the last keys that were read stay deployed */
    readonly state: 'FRESH' | 'FAILING';
    /** ISO 8601, UTC */
    readonly stateSince: string;
    readonly stateReason: string | null;
    /** When the URI last returned keys */
    readonly fetchedAt: string;
  }[];
  readonly grants: readonly {
    readonly keyRingName?: string | undefined;
    readonly jwkName?: string | undefined;
    readonly tokenProfileName?: string | undefined;
    readonly operations: readonly GrantOperation[];
    readonly ratePerSecond?: number | undefined;
    readonly burst?: number | undefined;
  }[];
  /** Of tokens that were replaced with an overlap and may still be valid */
  readonly formerTokensValidUntil: readonly string[];
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
  /** Rounded down to the minute */
  readonly lastUsedAt: string | null;
  /** As nodes reported it, every 10 seconds */
  readonly usage: readonly {
    /** Name of the JWK */
    readonly keyName: string;
    readonly operation: string;
    /** SUCCEEDED or REFUSED */
    readonly outcome: string;
    readonly count: number;
    /** Rounded down to the minute */
    readonly lastUsedAt: string;
  }[];
}

export interface ApplicationDetailList {
  readonly success: true;
  readonly resultList: readonly ApplicationDetail[];
  /** How many there are */
  readonly resultCount: number;
}

export interface ApplicationList {
  readonly success: true;
  readonly resultList: readonly Application[];
  /** How many there are */
  readonly resultCount: number;
}

export interface ApplicationTokenAnswer {
  /** It is stored */
  readonly success: true;
  readonly deploymentResult: DeploymentResult;
  /** What was left out or rewritten of what was given; absent where there is nothing to say */
  readonly warnings?: readonly string[] | undefined;
  /** New tokens, shown once. Absent where there are none, and where a request with an Idempotency-Key is repeated */
  readonly tokens?:
    | readonly {
        /** Name of the credential */
        readonly name: string;
        readonly token: string;
      }[]
    | undefined;
  /** The one token, where the request did not say which credentials there are. Shown once. Absent where a request with an Idempotency-Key is repeated: keyplane keeps only the hash */
  readonly token?: string | undefined;
}

export interface ApplicationTokenReplacement {
  /** Name of a TOKEN credential. Without it: the only one, or the one named `default` */
  readonly credentialName?: string | undefined;
  /** How long the former token stays valid: an ISO 8601 duration of at most P30D, such as PT1H. Without it the former token ends at once */
  readonly overlap?: string | undefined;
}

export interface ApplicationTokensAnswer {
  /** It is stored */
  readonly success: true;
  readonly deploymentResult: DeploymentResult;
  /** What was left out or rewritten of what was given; absent where there is nothing to say */
  readonly warnings?: readonly string[] | undefined;
  /** New tokens, shown once. Absent where there are none, and where a request with an Idempotency-Key is repeated */
  readonly tokens?:
    | readonly {
        /** Name of the credential */
        readonly name: string;
        readonly token: string;
      }[]
    | undefined;
}

export type AudienceMode = 'FIXED' | 'ONE_OF';

export interface AuditRecord {
  readonly sequence: number;
  /** ISO 8601, UTC */
  readonly at: string;
  /** Name of the user, or `system` */
  readonly actor: string;
  /** Object and verb, such as `jwk.create` */
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
  readonly pemEncodedFile: string;
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

export interface CreateAkpKeyRing {
  /** Key ring name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly rotationInterval?: string | null | undefined;
  /** ISO 8601 duration: the longest time from signature to expiry, or how long a message may wait to be decrypted. Default PT1H */
  readonly maxTokenLifetime?: string | undefined;
  /** ISO 8601 duration: how long a verifier may keep a JWK Set beyond what Cache-Control says. Default PT24H */
  readonly verifierCacheTime?: string | undefined;
  /** ISO 8601 duration: how far the clocks of verifiers may be off. Default PT1M */
  readonly clockSkew?: string | undefined;
  readonly signingLease?: string | null | undefined;
  /** Whether private keys may leave by the API; can be changed from true to false only */
  readonly exportable?: boolean | undefined;
  /** null: all environments that the project reaches, also later ones */
  readonly environmentNames?: readonly string[] | null | undefined;
  readonly type: 'AKP';
  readonly akp: KeyRingAkp;
}

export interface CreateEcKeyRing {
  /** Key ring name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly rotationInterval?: string | null | undefined;
  /** ISO 8601 duration: the longest time from signature to expiry, or how long a message may wait to be decrypted. Default PT1H */
  readonly maxTokenLifetime?: string | undefined;
  /** ISO 8601 duration: how long a verifier may keep a JWK Set beyond what Cache-Control says. Default PT24H */
  readonly verifierCacheTime?: string | undefined;
  /** ISO 8601 duration: how far the clocks of verifiers may be off. Default PT1M */
  readonly clockSkew?: string | undefined;
  readonly signingLease?: string | null | undefined;
  /** Whether private keys may leave by the API; can be changed from true to false only */
  readonly exportable?: boolean | undefined;
  /** null: all environments that the project reaches, also later ones */
  readonly environmentNames?: readonly string[] | null | undefined;
  readonly type: 'EC';
  readonly ec: KeyRingEc;
}

export type CreateJwk =
  | CreateJwkFromUrl
  | CreateJwkFromCopyPaste
  | CreateJwkFromCertificate
  | CreateJwkFromPublicKey
  | CreateJwkFromPrivateKey
  | CreateJwkFromKeystore;

export interface CreateJwkFromCertificate {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  /** Where the key comes from */
  readonly sourceType: 'CERTIFICATE';
  /** A certificate of the project */
  readonly certificateName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** What the key is for */
  readonly useType: UseType;
  /** What the key is used with, such as RS256 */
  readonly algorithm: Algorithm;
  /** The kid of the JWK; by default the thumbprint */
  readonly kid?: string | undefined;
}

export interface CreateJwkFromCopyPaste {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  /** Where the key comes from */
  readonly sourceType: 'COPY_PASTE';
  /** A JWK or a JWK Set as JSON text */
  readonly jwkStr: string;
  /** Selects a key of a JWK Set, or names a key without a kid */
  readonly kid?: string | undefined;
  /** For a key without `use` */
  readonly useType?: UseType | undefined;
  /** For a key without `alg` */
  readonly algorithm?: Algorithm | undefined;
}

export interface CreateJwkFromKeystore {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  /** Where the key comes from */
  readonly sourceType: 'KEYSTORE';
  /** A keystore of the project */
  readonly keyStoreName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** The alias of the entry */
  readonly aliasName: string;
  /** What the key is for */
  readonly useType: UseType;
  /** What the key is used with, such as RS256 */
  readonly algorithm: Algorithm;
  /** The kid of the JWK; by default the alias, or the thumbprint where it is taken */
  readonly kid?: string | undefined;
}

export interface CreateJwkFromPrivateKey {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  /** Where the key comes from */
  readonly sourceType: 'PRIVATE_KEY';
  /** A key of the project */
  readonly keyName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** What the key is for */
  readonly useType: UseType;
  /** What the key is used with, such as RS256 */
  readonly algorithm: Algorithm;
  /** The kid of the JWK; by default the thumbprint */
  readonly kid?: string | undefined;
}

export interface CreateJwkFromPublicKey {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  /** Where the key comes from */
  readonly sourceType: 'PUBLIC_KEY';
  /** A key of the project */
  readonly keyName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** What the key is for */
  readonly useType: UseType;
  /** What the key is used with, such as RS256 */
  readonly algorithm: Algorithm;
  /** The kid of the JWK; by default the thumbprint */
  readonly kid?: string | undefined;
}

export interface CreateJwkFromUrl {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  /** Where the key comes from */
  readonly sourceType: 'URL';
  /** http or https address of a JWK or a JWK Set */
  readonly url: string;
  /** Milliseconds for the connection */
  readonly urlOptionConnectTimeout?: number | undefined;
  /** Milliseconds for the whole response */
  readonly urlOptionReadTimeout?: number | undefined;
  /** Bytes of the response at most */
  readonly urlOptionSizeLimit?: number | undefined;
  /** Selects a key of a JWK Set, or names a key without a kid */
  readonly kid?: string | undefined;
  /** For a key without `use` */
  readonly useType?: UseType | undefined;
  /** For a key without `alg` */
  readonly algorithm?: Algorithm | undefined;
  /** ISO 8601 duration, PT1M to P30D: the JWK follows the URL, which is fetched again this often */
  readonly refreshInterval?: string | undefined;
}

export type CreateKeyRing =
  | CreateRsaKeyRing
  | CreateEcKeyRing
  | CreateOctKeyRing
  | CreateOkpKeyRing
  | CreateAkpKeyRing;

export interface CreateOctKeyRing {
  /** Key ring name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly rotationInterval?: string | null | undefined;
  /** ISO 8601 duration: the longest time from signature to expiry, or how long a message may wait to be decrypted. Default PT1H */
  readonly maxTokenLifetime?: string | undefined;
  /** ISO 8601 duration: how long a verifier may keep a JWK Set beyond what Cache-Control says. Default PT24H */
  readonly verifierCacheTime?: string | undefined;
  /** ISO 8601 duration: how far the clocks of verifiers may be off. Default PT1M */
  readonly clockSkew?: string | undefined;
  readonly signingLease?: string | null | undefined;
  /** Whether private keys may leave by the API; can be changed from true to false only */
  readonly exportable?: boolean | undefined;
  /** null: all environments that the project reaches, also later ones */
  readonly environmentNames?: readonly string[] | null | undefined;
  readonly type: 'OCT';
  readonly oct: KeyRingOct;
}

export interface CreateOkpKeyRing {
  /** Key ring name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly rotationInterval?: string | null | undefined;
  /** ISO 8601 duration: the longest time from signature to expiry, or how long a message may wait to be decrypted. Default PT1H */
  readonly maxTokenLifetime?: string | undefined;
  /** ISO 8601 duration: how long a verifier may keep a JWK Set beyond what Cache-Control says. Default PT24H */
  readonly verifierCacheTime?: string | undefined;
  /** ISO 8601 duration: how far the clocks of verifiers may be off. Default PT1M */
  readonly clockSkew?: string | undefined;
  readonly signingLease?: string | null | undefined;
  /** Whether private keys may leave by the API; can be changed from true to false only */
  readonly exportable?: boolean | undefined;
  /** null: all environments that the project reaches, also later ones */
  readonly environmentNames?: readonly string[] | null | undefined;
  readonly type: 'OKP';
  readonly okp: KeyRingOkp;
}

export interface CreateRsaKeyRing {
  /** Key ring name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly rotationInterval?: string | null | undefined;
  /** ISO 8601 duration: the longest time from signature to expiry, or how long a message may wait to be decrypted. Default PT1H */
  readonly maxTokenLifetime?: string | undefined;
  /** ISO 8601 duration: how long a verifier may keep a JWK Set beyond what Cache-Control says. Default PT24H */
  readonly verifierCacheTime?: string | undefined;
  /** ISO 8601 duration: how far the clocks of verifiers may be off. Default PT1M */
  readonly clockSkew?: string | undefined;
  readonly signingLease?: string | null | undefined;
  /** Whether private keys may leave by the API; can be changed from true to false only */
  readonly exportable?: boolean | undefined;
  /** null: all environments that the project reaches, also later ones */
  readonly environmentNames?: readonly string[] | null | undefined;
  readonly type: 'RSA';
  readonly rsa: KeyRingRsa;
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

export type Credential = TokenCredential | MtlsCredential | JwtCredential;

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
  readonly type: EnvironmentType;
  readonly accessUrl: string | null;
  /** Whether its nodes publish one JWK Set of all projects at /.well-known/jwks.json */
  readonly environmentSet: boolean;
  /** Its row was altered in the database outside keyplane: nothing is deployed from it. Absent otherwise */
  readonly altered?: true | undefined;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
}

export interface EnvironmentChange {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly type?: EnvironmentType | undefined;
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
  /** How long it serves JWK Sets without a manager, as an ISO 8601 duration; null: it always serves them */
  readonly serveLimit: string | null;
  /** It keeps no copy of what it is sent */
  readonly ephemeral: boolean;
  /** Until when it may sign with key rings where no manager hears from it any more; null: without end, or there is nothing to sign with */
  readonly signsUntil: string | null;
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

export type EnvironmentType = 'PRODUCTION' | 'SANDBOX' | 'TEST';

export interface EnvironmentWithProjects {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly type: EnvironmentType;
  readonly accessUrl: string | null;
  /** Whether its nodes publish one JWK Set of all projects at /.well-known/jwks.json */
  readonly environmentSet: boolean;
  /** Its row was altered in the database outside keyplane: nothing is deployed from it. Absent otherwise */
  readonly altered?: true | undefined;
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

export interface Event {
  /** 1, 2, 3, … within the project, in the order of the changes */
  readonly sequence: number;
  /** The `webhook-id` of its deliveries */
  readonly id: string;
  readonly type: EventType;
  /** ISO 8601, UTC */
  readonly timestamp: string;
  /** What happened to which object, and public facts beside that; never key material */
  readonly data: {
    readonly projectName: string;
    readonly objectType: EventObjectType;
    readonly objectName: string;
    /** Of the key that it is about */
    readonly kid?: string | undefined;
    /** Of the node, or of the delivery of an outlet; null: it was deleted meanwhile */
    readonly environmentName?: string | null | undefined;
    /** Where the delivery of an outlet failed */
    readonly nodeName?: string | undefined;
  };
}

export type EventObjectType = 'key-ring' | 'jwk' | 'node' | 'outlet';

export interface EventPage {
  readonly success: true;
  readonly resultList: readonly Event[];
  /** How many match, on this page and after it */
  readonly resultCount: number;
  /** How many events after `after` are no longer kept, of any type. Null: `after` is beyond the newest event, as after a restore; the list then begins with the first event */
  readonly lost: number | null;
  /** Of the newest event of the project, of any type; 0 where there is none */
  readonly newestSequence: number;
}

export type EventType =
  | 'keyring.staged'
  | 'keyring.ready'
  | 'keyring.activated'
  | 'keyring.retired'
  | 'keyring.revoked'
  | 'keyring.blocked'
  | 'keyring.late'
  | 'jwk.created'
  | 'jwk.updated'
  | 'jwk.deleted'
  | 'jwk.expiring'
  | 'source.failing'
  | 'source.gone'
  | 'node.away'
  | 'node.diverged'
  | 'outlet.failing';

export interface GenerateAkp {
  /** A key is of this algorithm alone */
  readonly algorithm: 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87' | 'ML_DSA_44' | 'ML_DSA_65' | 'ML_DSA_87';
  /** SIGNATURE is the default, but for X25519 and X448 */
  readonly keyUseType?: UseType | undefined;
  /** How a kid is made where none is given; default TIMESTAMP */
  readonly keyIdType?: KeyIdType | undefined;
  /** Default: now */
  readonly notBeforeTime?: string | undefined;
  /** Default: a year after notBeforeTime */
  readonly expirationTime?: string | undefined;
}

export interface GenerateAkpJwk {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Given to the key as it is */
  readonly kid?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  readonly type: 'AKP';
  readonly akp: GenerateAkp;
}

export interface GenerateEc {
  readonly curveType: 'P256' | 'P384' | 'P521' | 'SECP256K1';
  /** By default the first that fits */
  readonly algorithm?:
    | 'ES256'
    | 'ES384'
    | 'ES512'
    | 'ES256K'
    | 'ECDH-ES'
    | 'ECDH-ES+A128KW'
    | 'ECDH-ES+A192KW'
    | 'ECDH-ES+A256KW'
    | 'ECDH-1PU'
    | 'ECDH-1PU+A128KW'
    | 'ECDH-1PU+A192KW'
    | 'ECDH-1PU+A256KW'
    | 'ECDH_ES'
    | 'ECDH_ES_A128KW'
    | 'ECDH_ES_A192KW'
    | 'ECDH_ES_A256KW'
    | 'ECDH_1PU'
    | 'ECDH_1PU_A128KW'
    | 'ECDH_1PU_A192KW'
    | 'ECDH_1PU_A256KW'
    | undefined;
  /** SIGNATURE is the default, but for X25519 and X448 */
  readonly keyUseType?: UseType | undefined;
  /** How a kid is made where none is given; default TIMESTAMP */
  readonly keyIdType?: KeyIdType | undefined;
  /** Default: now */
  readonly notBeforeTime?: string | undefined;
  /** Default: a year after notBeforeTime */
  readonly expirationTime?: string | undefined;
}

export interface GenerateEcJwk {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Given to the key as it is */
  readonly kid?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  readonly type: 'EC';
  readonly ec: GenerateEc;
}

export type GenerateJwk = GenerateRsaJwk | GenerateEcJwk | GenerateOctJwk | GenerateOkpJwk | GenerateAkpJwk;

export interface GenerateOct {
  /** Bits */
  readonly keySize: 128 | 192 | 256 | 384 | 512;
  /** By default the first that fits */
  readonly algorithm?:
    | 'HS256'
    | 'HS384'
    | 'HS512'
    | 'A128KW'
    | 'A192KW'
    | 'A256KW'
    | 'A128GCMKW'
    | 'A192GCMKW'
    | 'A256GCMKW'
    | 'DIR'
    | 'PBES2-HS256+A128KW'
    | 'PBES2-HS384+A192KW'
    | 'PBES2-HS512+A256KW'
    | 'PBES2_HS256_A128KW'
    | 'PBES2_HS384_A192KW'
    | 'PBES2_HS512_A256KW'
    | undefined;
  /** Octets of salt for PBES2, default 8 */
  readonly passwordSaltLength?: number | undefined;
  /** Iterations for PBES2, default 1000 */
  readonly passwordIterationCount?: number | undefined;
  /** SIGNATURE is the default, but for X25519 and X448 */
  readonly keyUseType?: UseType | undefined;
  /** How a kid is made where none is given; default TIMESTAMP */
  readonly keyIdType?: KeyIdType | undefined;
  /** Default: now */
  readonly notBeforeTime?: string | undefined;
  /** Default: a year after notBeforeTime */
  readonly expirationTime?: string | undefined;
}

export interface GenerateOctJwk {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Given to the key as it is */
  readonly kid?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  readonly type: 'OCT';
  readonly oct: GenerateOct;
}

export interface GenerateOkp {
  readonly curveType: 'ED25519' | 'X25519' | 'ED448' | 'X448';
  /** By default the first that fits */
  readonly algorithm?:
    | 'EdDSA'
    | 'Ed25519'
    | 'Ed448'
    | 'ECDH-ES'
    | 'ECDH-ES+A128KW'
    | 'ECDH-ES+A192KW'
    | 'ECDH-ES+A256KW'
    | 'ECDH-1PU'
    | 'ECDH-1PU+A128KW'
    | 'ECDH-1PU+A192KW'
    | 'ECDH-1PU+A256KW'
    | 'ECDH_ES'
    | 'ECDH_ES_A128KW'
    | 'ECDH_ES_A192KW'
    | 'ECDH_ES_A256KW'
    | 'ECDH_1PU'
    | 'ECDH_1PU_A128KW'
    | 'ECDH_1PU_A192KW'
    | 'ECDH_1PU_A256KW'
    | undefined;
  /** SIGNATURE is the default, but for X25519 and X448 */
  readonly keyUseType?: UseType | undefined;
  /** How a kid is made where none is given; default TIMESTAMP */
  readonly keyIdType?: KeyIdType | undefined;
  /** Default: now */
  readonly notBeforeTime?: string | undefined;
  /** Default: a year after notBeforeTime */
  readonly expirationTime?: string | undefined;
}

export interface GenerateOkpJwk {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Given to the key as it is */
  readonly kid?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  readonly type: 'OKP';
  readonly okp: GenerateOkp;
}

export interface GenerateRsa {
  /** Bits */
  readonly keySize: 2048 | 3072 | 4096;
  /** By default the first that fits */
  readonly algorithm?:
    | 'RS256'
    | 'RS384'
    | 'RS512'
    | 'PS256'
    | 'PS384'
    | 'PS512'
    | 'RSA1_5'
    | 'RSA-OAEP'
    | 'RSA-OAEP-256'
    | 'RSA-OAEP-384'
    | 'RSA-OAEP-512'
    | 'RSA256'
    | 'RSA384'
    | 'RSA512'
    | 'RSA_OAEP'
    | 'RSA_OAEP_256'
    | 'RSA_OAEP_384'
    | 'RSA_OAEP_512'
    | undefined;
  /** SIGNATURE is the default, but for X25519 and X448 */
  readonly keyUseType?: UseType | undefined;
  /** How a kid is made where none is given; default TIMESTAMP */
  readonly keyIdType?: KeyIdType | undefined;
  /** Default: now */
  readonly notBeforeTime?: string | undefined;
  /** Default: a year after notBeforeTime */
  readonly expirationTime?: string | undefined;
}

export interface GenerateRsaJwk {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Given to the key as it is */
  readonly kid?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  readonly type: 'RSA';
  readonly rsa: GenerateRsa;
}

export interface Grant {
  /** A key ring of the project */
  readonly keyRingName?: string | undefined;
  /** A JWK of the project that belongs to no key ring */
  readonly jwkName?: string | undefined;
  /** A token profile of the project */
  readonly tokenProfileName?: string | undefined;
  /** ISSUE is for token profiles, the others for keys. On a key ring SIGN_RAW is needed to sign a payload that is a JSON object and to compute a MAC: maxTokenLifetime bounds neither */
  readonly operations: readonly GrantOperation[];
  /** How many operations per second each node admits. Without it: no limit */
  readonly ratePerSecond?: number | undefined;
  /** How many it admits at once. Without it: what it admits in one second, and at least 1 */
  readonly burst?: number | undefined;
}

export type GrantOperation = 'SIGN' | 'SIGN_RAW' | 'VERIFY' | 'ENCRYPT' | 'DECRYPT' | 'MAC' | 'ISSUE';

export interface InspectJwkFromCertificate {
  /** Where the key comes from */
  readonly sourceType: 'CERTIFICATE';
  /** A certificate of the project */
  readonly certificateName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** What the key is for */
  readonly useType?: UseType | undefined;
  /** What the key is used with, such as RS256 */
  readonly algorithm?: Algorithm | undefined;
  /** The kid of the JWK; by default the thumbprint */
  readonly kid?: string | undefined;
}

export interface InspectJwkFromCopyPaste {
  /** Where the key comes from */
  readonly sourceType: 'COPY_PASTE';
  /** A JWK or a JWK Set as JSON text */
  readonly jwkStr: string;
  /** Selects a key of a JWK Set, or names a key without a kid */
  readonly kid?: string | undefined;
  /** For a key without `use` */
  readonly useType?: UseType | undefined;
  /** For a key without `alg` */
  readonly algorithm?: Algorithm | undefined;
}

export interface InspectJwkFromKeystore {
  /** Where the key comes from */
  readonly sourceType: 'KEYSTORE';
  /** A keystore of the project */
  readonly keyStoreName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** The alias of the entry */
  readonly aliasName?: string | undefined;
  /** What the key is for */
  readonly useType?: UseType | undefined;
  /** What the key is used with, such as RS256 */
  readonly algorithm?: Algorithm | undefined;
  /** The kid of the JWK; by default the alias, or the thumbprint where it is taken */
  readonly kid?: string | undefined;
}

export interface InspectJwkFromPrivateKey {
  /** Where the key comes from */
  readonly sourceType: 'PRIVATE_KEY';
  /** A key of the project */
  readonly keyName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** What the key is for */
  readonly useType?: UseType | undefined;
  /** What the key is used with, such as RS256 */
  readonly algorithm?: Algorithm | undefined;
  /** The kid of the JWK; by default the thumbprint */
  readonly kid?: string | undefined;
}

export interface InspectJwkFromPublicKey {
  /** Where the key comes from */
  readonly sourceType: 'PUBLIC_KEY';
  /** A key of the project */
  readonly keyName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** What the key is for */
  readonly useType?: UseType | undefined;
  /** What the key is used with, such as RS256 */
  readonly algorithm?: Algorithm | undefined;
  /** The kid of the JWK; by default the thumbprint */
  readonly kid?: string | undefined;
}

export interface InspectJwkFromUrl {
  /** Where the key comes from */
  readonly sourceType: 'URL';
  /** http or https address of a JWK or a JWK Set */
  readonly url: string;
  /** Milliseconds for the connection */
  readonly urlOptionConnectTimeout?: number | undefined;
  /** Milliseconds for the whole response */
  readonly urlOptionReadTimeout?: number | undefined;
  /** Bytes of the response at most */
  readonly urlOptionSizeLimit?: number | undefined;
  /** Selects a key of a JWK Set, or names a key without a kid */
  readonly kid?: string | undefined;
  /** For a key without `use` */
  readonly useType?: UseType | undefined;
  /** For a key without `alg` */
  readonly algorithm?: Algorithm | undefined;
  /** ISO 8601 duration, PT1M to P30D: the JWK follows the URL, which is fetched again this often */
  readonly refreshInterval?: string | undefined;
}

export type InspectJwkSource =
  | InspectJwkFromUrl
  | InspectJwkFromCopyPaste
  | InspectJwkFromCertificate
  | InspectJwkFromPublicKey
  | InspectJwkFromPrivateKey
  | InspectJwkFromKeystore;

export interface Jwk {
  readonly name: string;
  readonly description: string | null;
  readonly projectId: string;
  readonly sourceType: SourceType;
  /** Id of the certificate, key or keystore that it was made from */
  readonly sourceId: string | null;
  readonly sourceUrl: string | null;
  /** The environment whose certificate, key or keystore it was made from */
  readonly sourceEnvironmentName: string | null;
  /** The alias in the keystore that it was made from */
  readonly sourceAliasName: string | null;
  readonly type: JwkType;
  /** Its `crv`; null for a key without one */
  readonly curve: string | null;
  /** Bits; null for a secret key, and where the algorithm determines the size */
  readonly size: number | null;
  readonly kid: string | null;
  readonly use: JwkUse | null;
  readonly algorithm: string | null;
  readonly notBeforeTime: string | null;
  readonly expirationTime: string | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
  /** The key ring that it belongs to; null outside a ring */
  readonly ringName: string | null;
  /** What it is in its key ring; null outside a ring */
  readonly ringState: 'STAGED' | 'NEXT' | 'ACTIVE' | 'RETIRING' | 'RETIRED' | 'REVOKED' | null;
  /** When an application last used it at a node, rounded down to the minute */
  readonly lastUsedAt: string | null;
  /** Only where it is set, as are the next two */
  readonly allowRsa15?: true | undefined;
  readonly allowCompressed?: true | undefined;
  readonly maxIterationCount?: number | undefined;
  /** Only of a JWK that follows its URL, as are the next four */
  readonly refreshInterval?: string | undefined;
  /** ISO 8601, UTC */
  readonly nextRefreshAt?: string | undefined;
  readonly sourceState?: 'FRESH' | 'FAILING' | 'GONE' | undefined;
  /** ISO 8601, UTC */
  readonly sourceStateSince?: string | undefined;
  readonly sourceStateReason?: string | null | undefined;
  /** By environment name; only of a list with `withDeployments` */
  readonly deployments?:
    | readonly {
        readonly environmentName: string;
        readonly state: JwkEnvironmentState;
      }[]
    | undefined;
}

export interface JwkAdoption {
  /** Name of the new key ring */
  readonly ringName?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly rotationInterval?: string | null | undefined;
  /** ISO 8601 duration: the longest time from signature to expiry, or how long a message may wait to be decrypted. Default PT1H */
  readonly maxTokenLifetime?: string | undefined;
  /** ISO 8601 duration: how long a verifier may keep a JWK Set beyond what Cache-Control says. Default PT24H */
  readonly verifierCacheTime?: string | undefined;
  /** ISO 8601 duration: how far the clocks of verifiers may be off. Default PT1M */
  readonly clockSkew?: string | undefined;
  readonly signingLease?: string | null | undefined;
  /** Whether private keys may leave by the API; can be changed from true to false only */
  readonly exportable?: boolean | undefined;
  /** null: all environments that the project reaches, also later ones */
  readonly environmentNames?: readonly string[] | null | undefined;
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
  readonly sourceType: SourceType;
  /** Id of the certificate, key or keystore that it was made from */
  readonly sourceId: string | null;
  readonly sourceUrl: string | null;
  /** The environment whose certificate, key or keystore it was made from */
  readonly sourceEnvironmentName: string | null;
  /** The alias in the keystore that it was made from */
  readonly sourceAliasName: string | null;
  readonly type: JwkType;
  /** Its `crv`; null for a key without one */
  readonly curve: string | null;
  /** Bits; null for a secret key, and where the algorithm determines the size */
  readonly size: number | null;
  readonly kid: string | null;
  readonly use: JwkUse | null;
  readonly algorithm: string | null;
  readonly notBeforeTime: string | null;
  readonly expirationTime: string | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
  /** The key ring that it belongs to; null outside a ring */
  readonly ringName: string | null;
  /** What it is in its key ring; null outside a ring */
  readonly ringState: 'STAGED' | 'NEXT' | 'ACTIVE' | 'RETIRING' | 'RETIRED' | 'REVOKED' | null;
  /** When an application last used it at a node, rounded down to the minute */
  readonly lastUsedAt: string | null;
  /** Only where it is set, as are the next two */
  readonly allowRsa15?: true | undefined;
  readonly allowCompressed?: true | undefined;
  readonly maxIterationCount?: number | undefined;
  /** Only of a JWK that follows its URL, as are the next four */
  readonly refreshInterval?: string | undefined;
  /** ISO 8601, UTC */
  readonly nextRefreshAt?: string | undefined;
  readonly sourceState?: 'FRESH' | 'FAILING' | 'GONE' | undefined;
  /** ISO 8601, UTC */
  readonly sourceStateSince?: string | undefined;
  readonly sourceStateReason?: string | null | undefined;
  /** By environment name; only of a list with `withDeployments` */
  readonly deployments?:
    | readonly {
        readonly environmentName: string;
        readonly state: JwkEnvironmentState;
      }[]
    | undefined;
  readonly rsa?: KeyMaterial | undefined;
  readonly ec?: KeyMaterial | undefined;
  readonly oct?: KeyMaterial | undefined;
  readonly okp?: KeyMaterial | undefined;
  readonly akp?: KeyMaterial | undefined;
}

export interface JwkDetailWithWarnings {
  readonly success: true;
  readonly resultList: readonly JwkDetail[];
  /** How many there are */
  readonly resultCount: number;
  /** What was left out or changed, and why */
  readonly warnings?: readonly string[] | undefined;
}

/** Every node of the environment has the JWK, some nodes have it, none has it, or no node has joined */
export type JwkEnvironmentState = 'DEPLOYED' | 'PARTIAL' | 'MISSING' | 'NO_NODES';

export interface JwkFile {
  /** A JWK or a JWK Set as a JSON file */
  readonly jwkFile: Blob | string;
  /** JWK name, unique within the project */
  readonly jwkName: string;
  /** Selects a key of a JWK Set */
  readonly kid?: string | undefined;
  /** For a key without `use` */
  readonly useType?: UseType | undefined;
  /** For a key without `alg` */
  readonly algorithm?: Algorithm | undefined;
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

export type JwkType = 'RSA' | 'EC' | 'OCT' | 'OKP' | 'AKP';

export type JwkUse = 'sig' | 'enc';

export interface JwtCredential {
  readonly type: 'JWT';
  readonly issuer: string;
  readonly audience: string;
  /** A pattern: `*` matches one or more characters within one `:` segment */
  readonly subject: string;
  /** Claims that must have exactly these values; null is none */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /** Each node accepts a jti once */
  readonly singleUse?: boolean | undefined;
  /** Where the manager fetches the public keys of the issuer, at creation and at least every 5 minutes. This or jwkName */
  readonly jwksUri?: string | undefined;
  /** A JWK of the project that belongs to no key ring; its public part is used */
  readonly jwkName?: string | undefined;
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
  /** RSA, EC, OKP or AKP */
  readonly type: string;
  readonly curve: string | null;
  /** Bits; null where the algorithm says it */
  readonly size: number | null;
}

export interface KeyFactsList {
  readonly success: true;
  readonly resultList: readonly KeyFacts[];
  /** How many there are */
  readonly resultCount: number;
}

export interface KeyFile {
  /** PEM, or base64 of PEM or of DER */
  readonly content: string;
  /** Opens an encrypted private key */
  readonly passphrase?: string | undefined;
}

export type KeyIdType = 'TIMESTAMP' | 'SHA256' | 'SHA1' | 'ISO_DATE' | 'NONE';

export interface KeyList {
  readonly success: true;
  readonly resultList: readonly Key[];
  /** How many there are */
  readonly resultCount: number;
}

export type KeyMaterial = Readonly<Record<string, unknown>>;

export interface KeyRevocation {
  /** Of the key; or give `all` */
  readonly kid?: string | undefined;
  /** `true`: the ACTIVE and the NEXT key, for a thief who may have both */
  readonly all?: boolean | undefined;
  /** COMPROMISED, SUPERSEDED or UNSPECIFIED */
  readonly reason?: string | undefined;
  /** At most 500 characters */
  readonly comment?: string | undefined;
}

export interface KeyRing {
  readonly name: string;
  readonly description: string | null;
  readonly projectId: string;
  readonly type: JwkType;
  readonly use: JwkUse;
  /** What the next key is generated with; only that of `type` */
  readonly rsa?: KeyRingRsa | undefined;
  /** What the next key is generated with; only that of `type` */
  readonly ec?: KeyRingEc | undefined;
  /** What the next key is generated with; only that of `type` */
  readonly oct?: KeyRingOct | undefined;
  /** What the next key is generated with; only that of `type` */
  readonly okp?: KeyRingOkp | undefined;
  /** What the next key is generated with; only that of `type` */
  readonly akp?: KeyRingAkp | undefined;
  readonly rotationInterval: string | null;
  /** As it was given */
  readonly maxTokenLifetime: string;
  /** As it was given */
  readonly verifierCacheTime: string;
  /** As it was given */
  readonly clockSkew: string;
  readonly signingLease: string | null;
  readonly exportable: boolean;
  readonly environmentNames: readonly string[] | null;
  /** How long after its publication verifiers may not know a key */
  readonly publicationDelay: string;
  readonly state: KeyRingState;
  /** Why it is held; null: it is not */
  readonly heldBecause: 'REQUESTED' | 'ROLLBACK' | 'RESTORED' | null;
  readonly lateSince: string | null;
  readonly nextRotationAt: string | null;
  /** What verifiers must do for rotation to be safe */
  readonly cacheAdvice: string | null;
  /** Empty unless an activation is due or requested */
  readonly waitingFor: readonly KeyRingWaiting[];
  /** Ascending by version */
  readonly members: readonly KeyRingMember[];
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
}

export interface KeyRingActivation {
  /** Of the key that becomes ACTIVE */
  readonly kid?: string | undefined;
  /** Passes a gate; needs `reason` */
  readonly force?: boolean | undefined;
  /** 3 to 500 characters, for the audit log */
  readonly reason?: string | undefined;
}

export interface KeyRingAkp {
  /** A key is of this algorithm alone */
  readonly algorithm: 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87' | 'ML_DSA_44' | 'ML_DSA_65' | 'ML_DSA_87';
  /** SIGNATURE is the default, but for X25519 and X448 */
  readonly keyUseType?: UseType | undefined;
  /** How keys get their kid; default SHA256, the thumbprint */
  readonly keyIdType?: KeyRingKeyIdType | undefined;
}

export interface KeyRingEc {
  readonly curveType: 'P256' | 'P384' | 'P521' | 'SECP256K1';
  /** By default the first that fits */
  readonly algorithm?:
    | 'ES256'
    | 'ES384'
    | 'ES512'
    | 'ES256K'
    | 'ECDH-ES'
    | 'ECDH-ES+A128KW'
    | 'ECDH-ES+A192KW'
    | 'ECDH-ES+A256KW'
    | 'ECDH-1PU'
    | 'ECDH-1PU+A128KW'
    | 'ECDH-1PU+A192KW'
    | 'ECDH-1PU+A256KW'
    | 'ECDH_ES'
    | 'ECDH_ES_A128KW'
    | 'ECDH_ES_A192KW'
    | 'ECDH_ES_A256KW'
    | 'ECDH_1PU'
    | 'ECDH_1PU_A128KW'
    | 'ECDH_1PU_A192KW'
    | 'ECDH_1PU_A256KW'
    | undefined;
  /** SIGNATURE is the default, but for X25519 and X448 */
  readonly keyUseType?: UseType | undefined;
  /** How keys get their kid; default SHA256, the thumbprint */
  readonly keyIdType?: KeyRingKeyIdType | undefined;
}

export type KeyRingKeyIdType = 'TIMESTAMP' | 'SHA256' | 'SHA1' | 'ISO_DATE';

export interface KeyRingList {
  readonly success: true;
  readonly resultList: readonly KeyRing[];
  /** How many there are */
  readonly resultCount: number;
}

export interface KeyRingMember {
  readonly version: number;
  readonly jwkName: string;
  readonly kid: string;
  readonly algorithm: string | null;
  readonly state: KeyRingMemberState;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** When the last node had it */
  readonly publishedAt: string | null;
  /** When every verifier knows it */
  readonly readyAt: string | null;
  readonly activatedAt: string | null;
  /** Of a RETIRING one; null while a node may still use it without end */
  readonly retireAt: string | null;
  readonly retiredAt: string | null;
  readonly revokedAt: string | null;
  readonly revokedReason: RevocationReason | null;
  /** Of Get revocation: the clock of its revocation */
  readonly revocationId: string | null;
  /** Rounded down to the minute */
  readonly lastUsedAt: string | null;
}

export type KeyRingMemberState = 'STAGED' | 'NEXT' | 'ACTIVE' | 'RETIRING' | 'RETIRED' | 'REVOKED';

export interface KeyRingOct {
  /** Bits */
  readonly keySize: 128 | 192 | 256 | 384 | 512;
  /** By default the first that fits */
  readonly algorithm?:
    | 'HS256'
    | 'HS384'
    | 'HS512'
    | 'A128KW'
    | 'A192KW'
    | 'A256KW'
    | 'A128GCMKW'
    | 'A192GCMKW'
    | 'A256GCMKW'
    | 'DIR'
    | 'PBES2-HS256+A128KW'
    | 'PBES2-HS384+A192KW'
    | 'PBES2-HS512+A256KW'
    | 'PBES2_HS256_A128KW'
    | 'PBES2_HS384_A192KW'
    | 'PBES2_HS512_A256KW'
    | undefined;
  /** Octets of salt for PBES2, default 8 */
  readonly passwordSaltLength?: number | undefined;
  /** Iterations for PBES2, default 1000 */
  readonly passwordIterationCount?: number | undefined;
  /** SIGNATURE is the default, but for X25519 and X448 */
  readonly keyUseType?: UseType | undefined;
  /** How keys get their kid; default SHA256, the thumbprint */
  readonly keyIdType?: KeyRingKeyIdType | undefined;
}

export interface KeyRingOkp {
  readonly curveType: 'ED25519' | 'X25519' | 'ED448' | 'X448';
  /** By default the first that fits */
  readonly algorithm?:
    | 'EdDSA'
    | 'Ed25519'
    | 'Ed448'
    | 'ECDH-ES'
    | 'ECDH-ES+A128KW'
    | 'ECDH-ES+A192KW'
    | 'ECDH-ES+A256KW'
    | 'ECDH-1PU'
    | 'ECDH-1PU+A128KW'
    | 'ECDH-1PU+A192KW'
    | 'ECDH-1PU+A256KW'
    | 'ECDH_ES'
    | 'ECDH_ES_A128KW'
    | 'ECDH_ES_A192KW'
    | 'ECDH_ES_A256KW'
    | 'ECDH_1PU'
    | 'ECDH_1PU_A128KW'
    | 'ECDH_1PU_A192KW'
    | 'ECDH_1PU_A256KW'
    | undefined;
  /** SIGNATURE is the default, but for X25519 and X448 */
  readonly keyUseType?: UseType | undefined;
  /** How keys get their kid; default SHA256, the thumbprint */
  readonly keyIdType?: KeyRingKeyIdType | undefined;
}

export interface KeyRingRotation {
  readonly success: true;
  readonly state: KeyRingState;
  /** When the key is, or was, activated; null: not known yet */
  readonly activatesAt: string | null;
  readonly waitingFor: readonly KeyRingWaiting[];
  readonly deploymentResult: DeploymentResult;
  /** What was left out or rewritten of what was given; absent where there is nothing to say */
  readonly warnings?: readonly string[] | undefined;
}

export interface KeyRingRsa {
  /** Bits */
  readonly keySize: 2048 | 3072 | 4096;
  /** By default the first that fits */
  readonly algorithm?:
    | 'RS256'
    | 'RS384'
    | 'RS512'
    | 'PS256'
    | 'PS384'
    | 'PS512'
    | 'RSA1_5'
    | 'RSA-OAEP'
    | 'RSA-OAEP-256'
    | 'RSA-OAEP-384'
    | 'RSA-OAEP-512'
    | 'RSA256'
    | 'RSA384'
    | 'RSA512'
    | 'RSA_OAEP'
    | 'RSA_OAEP_256'
    | 'RSA_OAEP_384'
    | 'RSA_OAEP_512'
    | undefined;
  /** SIGNATURE is the default, but for X25519 and X448 */
  readonly keyUseType?: UseType | undefined;
  /** How keys get their kid; default SHA256, the thumbprint */
  readonly keyIdType?: KeyRingKeyIdType | undefined;
}

export type KeyRingState = 'STEADY' | 'ROTATING' | 'BLOCKED' | 'HELD' | 'REVOKING';

export interface KeyRingTransition {
  /** ISO 8601, UTC */
  readonly at: string;
  readonly version: number;
  /** null: the key is not generated yet */
  readonly kid: string | null;
  readonly from: KeyRingMemberState | null;
  readonly to: KeyRingMemberState;
  readonly planned: boolean;
  /** null: of a past activation that the audit log does not have */
  readonly cause:
    | 'CREATED'
    | 'CONFIRMED'
    | 'FIRST'
    | 'INTERVAL'
    | 'REQUESTED'
    | 'FORCED'
    | 'REVOKED'
    | 'ROLLBACK'
    | 'ADOPTED'
    | 'REPLACED'
    | 'EXPIRED'
    | 'WITHDRAWN'
    | null;
}

export interface KeyRingTransitionList {
  readonly success: true;
  readonly resultList: readonly KeyRingTransition[];
  /** How many there are */
  readonly resultCount: number;
}

export interface KeyRingWaiting {
  /** null where it is time, and not a node, that is waited for */
  readonly environmentName: string | null;
  /** null also for an outlet that the manager delivers */
  readonly nodeName: string | null;
  /** The outlet that has not delivered; absent where the node is meant */
  readonly outletName?: string | undefined;
  /** The node is not connected, has not confirmed; caches may lack the key; the ring is held */
  readonly reason: 'NOT_CONNECTED' | 'NOT_CONFIRMED' | 'CACHES' | 'HELD';
  readonly lastSeenAt: string | null;
}

export interface KeyUsage {
  /** null: an outlet, or applications that were deleted */
  readonly applicationName: string | null;
  /** An outlet that had a token of a token profile issued; absent: an application */
  readonly outletName?: string | undefined;
  readonly jwkName: string;
  /** null: a JWK that belongs to no key ring */
  readonly keyRingName: string | null;
  /** SIGN, VERIFY, ENCRYPT, DECRYPT, MAC or ISSUE */
  readonly operation: string;
  /** SUCCEEDED or REFUSED */
  readonly outcome: string;
  readonly count: number;
  /** Rounded down to the minute */
  readonly lastUsedAt: string;
}

export interface KeyUsageList {
  readonly success: true;
  readonly resultList: readonly KeyUsage[];
  /** How many there are */
  readonly resultCount: number;
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
    readonly keyStoreType: KeystoreType;
  }[];
}

export interface KeystoreContent {
  /** An environment that the project reaches */
  readonly environmentName: string;
  /** base64 of the keystore file, which has 10 MiB at most */
  readonly file: string;
  readonly password: string;
  /** For people to tell keys apart */
  readonly alias?: string | undefined;
  /** Where the keys have another password than the keystore, also an empty one */
  readonly keyPassword?: string | undefined;
  /** By alias: passwords of single keys, which come before `keyPassword` */
  readonly keyPasswords?: Readonly<Record<string, string>> | undefined;
  readonly keyStoreType: KeystoreType;
}

export interface KeystoreContents {
  readonly success: true;
  readonly resultList: readonly KeystoreEntry[];
  /** How many there are */
  readonly resultCount: number;
  readonly keyStoreType: KeystoreType;
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
  /** RSA, EC, OKP, AKP or OCT, if it can be determined */
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
  readonly file: string;
  readonly password: string;
  /** Where the keys have another password than the keystore */
  readonly keyPassword?: string | undefined;
  /** By alias: passwords of single keys, which come before `keyPassword` */
  readonly keyPasswords?: Readonly<Record<string, string>> | undefined;
  /** Detected from the file if it is left out */
  readonly keyStoreType?: KeystoreType | undefined;
}

export interface KeystoreList {
  readonly success: true;
  readonly resultList: readonly Keystore[];
  /** How many there are */
  readonly resultCount: number;
}

export type KeystoreType = 'JKS' | 'PKCS12';

export interface Member {
  readonly username: string;
  readonly roles: readonly Role[];
}

export interface MemberList {
  readonly success: true;
  readonly resultList: readonly Member[];
  /** How many there are */
  readonly resultCount: number;
}

export interface MemberRoles {
  /** All roles of the member from now on */
  readonly roles: readonly Role[];
}

export interface Membership {
  readonly name: string;
  readonly description: string | null;
  readonly roles: readonly Role[];
}

export interface MtlsCredential {
  readonly type: 'MTLS';
  /** A URI of the subject alternative name of the client certificate. This or spkiSha256 */
  readonly uriSan?: string | undefined;
  /** SHA-256 of the SubjectPublicKeyInfo of the client certificate, base64url */
  readonly spkiSha256?: string | undefined;
}

export interface NamedJwk {
  readonly projectName: string;
  readonly name: string;
}

export interface NarrowedProject {
  readonly projectName: string;
  readonly roles: readonly Role[];
}

export interface NewApplication {
  /** Application name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** ISO 8601, in the future; from then on all its credentials are rejected. null: it never expires */
  readonly expiresAt?: string | null | undefined;
  /** What the application is known by at a node. Within a project a credential fits one application */
  readonly credentials?: readonly Credential[] | undefined;
  /** Each names a key ring, a JWK or a token profile. What is not granted is rejected */
  readonly grants?: readonly Grant[] | undefined;
}

export interface NewCertificate {
  /** Certificate name, unique within the project */
  readonly certificateName: string;
  /** Unique among the certificates of an environment */
  readonly alias: string;
  /** At most 1024 characters */
  readonly certificateDescription?: string | undefined;
  /** Environment names, separated by commas */
  readonly environmentList: string;
  /** The certificate as PEM, where the certificates of its issuers may follow it, or as DER */
  readonly pemEncodedFile: Blob | string;
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
  /** Environment name */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly type: EnvironmentType;
  /** http or https URL of the environment's gateways, for people to read */
  readonly accessUrl?: string | undefined;
  /** Names of the projects that reach it; absent: every project, empty: none */
  readonly projects?: readonly string[] | undefined;
  /** Whether its nodes publish one JWK Set of all projects at /.well-known/jwks.json; false for a new environment, and as it was where a change leaves it out */
  readonly environmentSet?: boolean | undefined;
}

export type NewKey = NewPrivateKey | NewPublicKey | NewSecretKey;

export interface NewKeystore {
  /** Keystore name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** The keystore of each environment */
  readonly keyStoreEnvironmentList: readonly KeystoreContent[];
}

export interface NewOutlet {
  /** Outlet name, unique within the project */
  readonly name: string;
  /** Where it delivers to, and how */
  readonly kind: OutletKind;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** What is delivered, by one of these names; null: the project's set. Default null */
  readonly source?: OutletSource | null | undefined;
  /** The form in which it is delivered. FILES: JWKS, JWKS_PRIVATE, PEM_PUBLIC, PEM_PRIVATE, PEM_CERTIFICATE, PKCS12. ENVOY: JWT_AUTHN, TOKEN. VAULT_KV: JWKS, JWKS_PRIVATE, PEM_PRIVATE. WEBHOOK: EVENTS, which may be left out */
  readonly content?: OutletContent | undefined;
  /** Where it delivers; null: all environments that the project reaches, also later ones. Events that name another environment are not delivered */
  readonly environmentNames?: readonly string[] | null | undefined;
  readonly target: Readonly<Record<string, unknown>>;
  /** Sealed, and never returned. PKCS12: `password`. VAULT_KV: `type` APPROLE with `roleId`, `secretId`, or JWT with `role`, `tokenProfileName`; `mount`. WEBHOOK: `secret` */
  readonly credential?: Readonly<Record<string, unknown>> | undefined;
  /** Whether a key ring waits for its deliveries before it activates a key. Default true */
  readonly gate?: boolean | undefined;
}

export interface NewPrivateKey {
  /** Key name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly keyType: 'PRIVATE_KEY';
  readonly algorithm?: string | undefined;
  /** The key of each environment */
  readonly cryptoKeyInfoEnvironmentList: readonly PrivateKeyContent[];
}

export interface NewProject {
  /** Project name */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Key types in the JWK Set of the project, of RSA, EC, OKP, AKP. Default: RSA, EC, OKP */
  readonly publishKeyTypes?: readonly string[] | undefined;
}

export interface NewPublicKey {
  /** Key name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly keyType: 'PUBLIC_KEY';
  readonly algorithm?: string | undefined;
  /** The key of each environment */
  readonly cryptoKeyInfoEnvironmentList: readonly PublicKeyContent[];
}

export interface NewSecretKey {
  /** Key name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly keyType: 'SECRET_KEY';
  /** What the bytes are for, by its name in Java */
  readonly algorithm: 'AES' | 'DES' | 'DESede' | 'RSA';
  /** The bytes of each environment */
  readonly cryptoKeyInfoEnvironmentList: readonly SecretKeyContent[];
}

export interface NewToken {
  /** Token name */
  readonly name: string;
  /** ISO 8601, in the future; null: the token never expires; without it, in 90 days */
  readonly expiresAt?: string | null | undefined;
  /** The token sees only these projects, with at most these roles; it is no administrator */
  readonly projects?: readonly ProjectNarrowing[] | undefined;
}

export interface NewTokenProfile {
  /** Token profile name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** The key ring that signs, for SIGNATURE */
  readonly keyRingName: string;
  /** The `iss` of its tokens */
  readonly issuer: string;
  /** 1 to 100 */
  readonly audiences: readonly string[];
  /** FIXED: `aud` is all of them. ONE_OF: the caller chooses one. Default FIXED */
  readonly audienceMode?: AudienceMode | undefined;
  /** ISO 8601 duration: how long a token is valid where the caller gives nothing. Default PT5M */
  readonly lifetime?: string | undefined;
  /** ISO 8601 duration: the most that a caller may give, at most `maxTokenLifetime` of the key ring. Default `lifetime` */
  readonly maxLifetime?: string | undefined;
  /** ISO 8601 duration from -PT10M to PT10M, from `iat` to `nbf`; null: tokens have no `nbf` */
  readonly notBeforeOffset?: string | null | undefined;
  /** The `typ` of the header, such as JWT or at+jwt. Default JWT */
  readonly tokenType?: string | undefined;
  /** Default FROM_CALLER. Replaced as a whole */
  readonly subject?: TokenProfileSubject | undefined;
  /** Replaced as a whole */
  readonly claims?: TokenProfileClaims | undefined;
  /** Tokens are signed, then encrypted to this key; null: they are not encrypted */
  readonly encryptTo?: TokenProfileEncryption | null | undefined;
}

export interface NewUser {
  /** Username */
  readonly username: string;
  /** 8 to 1024 characters */
  readonly password: string;
  /** Whether the user is an administrator, who may do everything */
  readonly admin?: boolean | undefined;
}

export interface NewView {
  /** View name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** A key must match every list that is given, and of each list one item; `keyRingNames` and `jwkNames` count as one list. Null: all keys of the project that have a public half. Replaced as a whole */
  readonly include?: ViewSelection | null | undefined;
  /** A key that matches one item of any list is left out, even where it is included. Null: none. Replaced as a whole */
  readonly exclude?: ViewSelection | null | undefined;
}

export type NoMembers = Readonly<Record<string, never>>;

export interface OpenedSession {
  readonly success: true;
  readonly username: string;
  readonly admin: boolean;
  readonly expiresAt: string | null;
}

export interface Outlet {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly kind: OutletKind;
  readonly source: OutletSource | null;
  readonly content: OutletContent;
  readonly environmentNames: readonly string[] | null;
  readonly target: Readonly<Record<string, unknown>>;
  readonly hasCredential: boolean;
  readonly gate: boolean;
  /** One a node, or one an environment where the manager delivers */
  readonly environments: readonly OutletDelivery[];
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
}

export interface OutletChange {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** May be given, but cannot be changed */
  readonly kind?: OutletKind | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** What is delivered, by one of these names; null: the project's set. Default null */
  readonly source?: OutletSource | null | undefined;
  /** The form in which it is delivered. FILES: JWKS, JWKS_PRIVATE, PEM_PUBLIC, PEM_PRIVATE, PEM_CERTIFICATE, PKCS12. ENVOY: JWT_AUTHN, TOKEN. VAULT_KV: JWKS, JWKS_PRIVATE, PEM_PRIVATE. WEBHOOK: EVENTS, which may be left out */
  readonly content?: OutletContent | undefined;
  /** Where it delivers; null: all environments that the project reaches, also later ones. Events that name another environment are not delivered */
  readonly environmentNames?: readonly string[] | null | undefined;
  /** FILES: `path`, `layout` (RENAME or SYMLINK), `afterChange`. ENVOY: `path` with `resourceName`, `providers`, `rules`, or with `secretName`. VAULT_KV: `address`, `mount`, `path`, `caPem`. WEBHOOK: `url`, `events`. Replaced as a whole */
  readonly target?: Readonly<Record<string, unknown>> | undefined;
  /** Sealed, and never returned. PKCS12: `password`. VAULT_KV: `type` APPROLE with `roleId`, `secretId`, or JWT with `role`, `tokenProfileName`; `mount`. WEBHOOK: `secret` */
  readonly credential?: Readonly<Record<string, unknown>> | undefined;
  /** Whether a key ring waits for its deliveries before it activates a key. Default true */
  readonly gate?: boolean | undefined;
}

export type OutletContent =
  | 'JWKS'
  | 'JWKS_PRIVATE'
  | 'PEM_PUBLIC'
  | 'PEM_PRIVATE'
  | 'PEM_CERTIFICATE'
  | 'PKCS12'
  | 'JWT_AUTHN'
  | 'TOKEN'
  | 'EVENTS';

export interface OutletDelivery {
  readonly environmentName: string;
  /** The node that delivers; absent where the manager does */
  readonly nodeName?: string | undefined;
  /** CURRENT: delivered. LAGGING: a change is still to be delivered. FAILING: the last attempt failed, and it is tried again */
  readonly state: OutletState;
  /** SHA-256 of what was delivered last, in hexadecimal; of a folder, that of the list that `LC_ALL=C sha256sum *` prints. Null: nothing was delivered yet */
  readonly digest: string | null;
  readonly deliveredAt: string | null;
  /** To deliver what is to be delivered now */
  readonly attempts: number;
  /** Why the last attempt failed; null where it did not */
  readonly lastError: string | null;
}

export interface OutletDeliveryRequest {
  /** Of VAULT_KV: replaces a version that another program wrote. Default false */
  readonly force?: boolean | undefined;
}

export type OutletKind = 'FILES' | 'ENVOY' | 'VAULT_KV' | 'WEBHOOK';

export interface OutletList {
  readonly success: true;
  readonly resultList: readonly Outlet[];
  /** How many there are */
  readonly resultCount: number;
}

export interface OutletSource {
  readonly keyRingName?: string | undefined;
  readonly jwkName?: string | undefined;
  readonly viewName?: string | undefined;
  readonly certificateName?: string | undefined;
  readonly tokenProfileName?: string | undefined;
}

export type OutletState = 'CURRENT' | 'LAGGING' | 'FAILING';

export interface OutletTrial {
  /** Absent where the manager delivers */
  readonly environmentName?: string | undefined;
  readonly nodeName?: string | undefined;
  readonly success: boolean;
  readonly message: string;
}

export interface OutletTrialList {
  readonly success: true;
  readonly resultList: readonly OutletTrial[];
  /** How many there are */
  readonly resultCount: number;
}

export interface Overview {
  readonly success: true;
  readonly projects: readonly {
    readonly name: string;
    readonly jwks: number;
  }[];
  readonly environments: readonly {
    readonly name: string;
    readonly type: EnvironmentType;
    readonly revision: number;
    readonly nodes: readonly OverviewNode[];
  }[];
  readonly jwksByType: {
    readonly RSA: number;
    readonly EC: number;
    readonly OKP: number;
    readonly AKP: number;
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
  /** Held, blocked, late or revoking, the first 20 */
  readonly keyRings: readonly {
    readonly projectName: string;
    readonly name: string;
    readonly state: KeyRingState;
    readonly lateSince: string | null;
  }[];
  readonly keyRingCount: number;
  /** Seconds, of the Cache-Control of JWK Sets */
  readonly caching: {
    readonly maxAge: number;
    readonly staleWhileRevalidate: number;
    readonly staleIfError: number;
  };
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
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** A certificate of the project */
  readonly certificateName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** What the key is for */
  readonly useType: UseType;
  /** What the key is used with, such as RS256 */
  readonly algorithm: Algorithm;
  /** The kid of the JWK; by default the thumbprint */
  readonly kid?: string | undefined;
}

export interface ParseJwkFromClipboard {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** A JWK or a JWK Set as JSON text */
  readonly jwkStr: string;
  /** Selects a key of a JWK Set, or names a key without a kid */
  readonly kid?: string | undefined;
  /** For a key without `use` */
  readonly useType?: UseType | undefined;
  /** For a key without `alg` */
  readonly algorithm?: Algorithm | undefined;
}

export interface ParseJwkFromKey {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** A key of the project */
  readonly keyName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** What the key is for */
  readonly useType: UseType;
  /** What the key is used with, such as RS256 */
  readonly algorithm: Algorithm;
  /** The kid of the JWK; by default the thumbprint */
  readonly kid?: string | undefined;
}

export interface ParseJwkFromKeystore {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** A keystore of the project */
  readonly keyStoreName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** The alias of the entry */
  readonly aliasName: string;
  /** What the key is for */
  readonly useType: UseType;
  /** What the key is used with, such as RS256 */
  readonly algorithm: Algorithm;
  /** The kid of the JWK; by default the alias, or the thumbprint where it is taken */
  readonly kid?: string | undefined;
}

export interface ParseJwkFromUrl {
  /** JWK name, unique within the project */
  readonly name: string;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** http or https address of a JWK or a JWK Set */
  readonly url: string;
  /** Milliseconds for the connection */
  readonly urlOptionConnectTimeout?: number | undefined;
  /** Milliseconds for the whole response */
  readonly urlOptionReadTimeout?: number | undefined;
  /** Bytes of the response at most */
  readonly urlOptionSizeLimit?: number | undefined;
  /** Selects a key of a JWK Set, or names a key without a kid */
  readonly kid?: string | undefined;
  /** For a key without `use` */
  readonly useType?: UseType | undefined;
  /** For a key without `alg` */
  readonly algorithm?: Algorithm | undefined;
  /** ISO 8601 duration, PT1M to P30D: the JWK follows the URL, which is fetched again this often */
  readonly refreshInterval?: string | undefined;
}

export interface PrivateKeyContent {
  /** An environment that the project reaches */
  readonly environmentName: string;
  /** PEM (PKCS#1, PKCS#8, SEC 1, SPKI), or base64 of PEM or of DER */
  readonly content: string;
  /** Opens an encrypted private key; it is not stored */
  readonly passphrase?: string | undefined;
  /** For people to tell keys apart */
  readonly alias?: string | undefined;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly historicalKeyRingName: string | null;
  /** Key types in its JWK Set */
  readonly publishKeyTypes: readonly string[];
  /** Its row was altered in the database outside keyplane: nothing is deployed from it. Absent otherwise */
  readonly altered?: true | undefined;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
}

export interface ProjectChange {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** The key ring that signs the historical keys of the project at its nodes; null: its only key ring for SIGNATURE. Absent: as it is */
  readonly historicalKeyRingName?: string | null | undefined;
  /** Key types in the JWK Set of the project; null: the default ones. Absent: as they are */
  readonly publishKeyTypes?: readonly string[] | null | undefined;
}

export interface ProjectList {
  readonly success: true;
  readonly resultList: readonly Project[];
  /** How many there are */
  readonly resultCount: number;
}

export interface ProjectNarrowing {
  /** Project name */
  readonly projectName: string;
  readonly roles: readonly Role[];
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

export interface PublicKeyContent {
  /** An environment that the project reaches */
  readonly environmentName: string;
  /** PEM (PKCS#1, PKCS#8, SEC 1, SPKI), or base64 of PEM or of DER */
  readonly content: string;
  /** For people to tell keys apart */
  readonly alias?: string | undefined;
}

export interface RemovedNode {
  readonly success: true;
  /** Until when the node may still publish and sign */
  readonly warnings: readonly string[];
}

export interface ReplaceCertificate {
  /** May be given, but cannot be changed */
  readonly certificateName?: string | undefined;
  /** Unique among the certificates of an environment */
  readonly alias: string;
  /** At most 1024 characters */
  readonly certificateDescription?: string | undefined;
  /** Environment names, separated by commas */
  readonly environmentList: string;
  /** The certificate as PEM, where the certificates of its issuers may follow it, or as DER */
  readonly pemEncodedFile: Blob | string;
}

export type ReplaceKey = ReplacePrivateKey | ReplacePublicKey | ReplaceSecretKey;

export interface ReplaceKeystore {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** The keystore of each environment */
  readonly keyStoreEnvironmentList: readonly KeystoreContent[];
}

export interface ReplacePrivateKey {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly keyType: 'PRIVATE_KEY';
  readonly algorithm?: string | undefined;
  /** The key of each environment */
  readonly cryptoKeyInfoEnvironmentList: readonly PrivateKeyContent[];
}

export interface ReplacePublicKey {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly keyType: 'PUBLIC_KEY';
  readonly algorithm?: string | undefined;
  /** The key of each environment */
  readonly cryptoKeyInfoEnvironmentList: readonly PublicKeyContent[];
}

export interface ReplaceSecretKey {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly keyType: 'SECRET_KEY';
  /** What the bytes are for, by its name in Java */
  readonly algorithm: 'AES' | 'DES' | 'DESede' | 'RSA';
  /** The bytes of each environment */
  readonly cryptoKeyInfoEnvironmentList: readonly SecretKeyContent[];
}

export interface Revocation {
  readonly success: true;
  readonly revocationId: string;
  /** ISO 8601, UTC */
  readonly revokedAt: string;
  readonly kids: readonly string[];
  readonly reason: RevocationReason;
  readonly comment: string | null;
  /** Verifiers may not know the key that follows; absent where they do */
  readonly activatedBeforeReady?: true | undefined;
  readonly safeNodes: readonly {
    readonly environmentName: string;
    /** null for an outlet that the manager delivers */
    readonly nodeName: string | null;
    /** The outlet that has not delivered; absent where the node is meant */
    readonly outletName?: string | undefined;
    /** From the revocation until the node published the key no more */
    readonly safeAfterMs: number;
  }[];
  readonly pendingNodes: readonly {
    readonly environmentName: string;
    /** null for an outlet that the manager delivers */
    readonly nodeName: string | null;
    /** The outlet that has not delivered; absent where the node is meant */
    readonly outletName?: string | undefined;
    readonly lastSeenAt: string | null;
    /** null: without end */
    readonly signsUntil: string | null;
    /** Until when verifiers may have the key from it; null: without end */
    readonly publishesUntil: string | null;
  }[];
  /** null while a node is pending */
  readonly nodesSafeAt: string | null;
  /** When no cache holds the key any more; null while a node is pending */
  readonly verifiersSafeAt: string | null;
}

export interface RevocationAnswer {
  readonly success: true;
  readonly revocationId: string;
  /** ISO 8601, UTC */
  readonly revokedAt: string;
  readonly kids: readonly string[];
  readonly reason: RevocationReason;
  readonly comment: string | null;
  /** Verifiers may not know the key that follows; absent where they do */
  readonly activatedBeforeReady?: true | undefined;
  readonly safeNodes: readonly {
    readonly environmentName: string;
    /** null for an outlet that the manager delivers */
    readonly nodeName: string | null;
    /** The outlet that has not delivered; absent where the node is meant */
    readonly outletName?: string | undefined;
    /** From the revocation until the node published the key no more */
    readonly safeAfterMs: number;
  }[];
  readonly pendingNodes: readonly {
    readonly environmentName: string;
    /** null for an outlet that the manager delivers */
    readonly nodeName: string | null;
    /** The outlet that has not delivered; absent where the node is meant */
    readonly outletName?: string | undefined;
    readonly lastSeenAt: string | null;
    /** null: without end */
    readonly signsUntil: string | null;
    /** Until when verifiers may have the key from it; null: without end */
    readonly publishesUntil: string | null;
  }[];
  /** null while a node is pending */
  readonly nodesSafeAt: string | null;
  /** When no cache holds the key any more; null while a node is pending */
  readonly verifiersSafeAt: string | null;
  readonly deploymentResult: DeploymentResult;
  /** What was left out or rewritten of what was given; absent where there is nothing to say */
  readonly warnings?: readonly string[] | undefined;
}

export type RevocationReason = 'COMPROMISED' | 'SUPERSEDED' | 'UNSPECIFIED';

export type Role =
  | 'ROLE_ADMIN'
  | 'ROLE_API_SECURITY'
  | 'ROLE_MANAGE_PROXIES'
  | 'ROLE_DEPLOY_UNDEPLOY_PROXIES'
  | 'ROLE_READ_PRIVATE_KEYS';

export interface SecretKeyContent {
  /** An environment that the project reaches */
  readonly environmentName: string;
  /** base64 of the raw bytes, 1024 at most */
  readonly content: string;
  /** For people to tell keys apart */
  readonly alias?: string | undefined;
}

export interface Session {
  readonly success: true;
  readonly username: string;
  readonly admin: boolean;
  readonly expiresAt: string | null;
  readonly projects: readonly Membership[];
  /** How the command line is called on the machine of the manager, such as `keyplane` */
  readonly cliCommand: string;
}

export interface SessionRequest {
  /** Username */
  readonly username: string;
  readonly password: string;
}

export interface SignInRequest {
  readonly grant_type: 'client_credentials';
  /** Username */
  readonly client_id: string;
  /** Password */
  readonly client_secret: string;
}

export interface SourceKey {
  readonly kid: string | null;
  /** RSA, EC, OCT, OKP or AKP; null if it cannot be determined */
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

export type SourceType =
  | 'URL'
  | 'COPY_PASTE'
  | 'CERTIFICATE'
  | 'PUBLIC_KEY'
  | 'PRIVATE_KEY'
  | 'KEYSTORE'
  | 'GENERATE';

export type SubjectMode = 'FIXED' | 'FROM_CALLER' | 'GIVEN';

export interface Success {
  readonly success: true;
}

export interface Token {
  readonly name: string;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** Null: never */
  readonly expiresAt: string | null;
  /** The projects and roles that the token is narrowed to; null: it has all permissions of its user */
  readonly projects: readonly NarrowedProject[] | null;
  /** To about ten minutes; null: not used yet */
  readonly lastUsedAt: string | null;
}

export interface TokenCredential {
  readonly type: 'TOKEN';
  /** Unique within the application */
  readonly name: string;
  /** ISO 8601, in the future. null: as long as the application. Without it: as before, and for a new token as null */
  readonly expiresAt?: string | null | undefined;
}

export interface TokenList {
  readonly success: true;
  readonly resultList: readonly Token[];
  /** How many there are */
  readonly resultCount: number;
}

export interface TokenProfile {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly keyRingName: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly audienceMode: AudienceMode;
  /** As it was given */
  readonly lifetime: string;
  /** As it was given */
  readonly maxLifetime: string;
  /** As it was given */
  readonly notBeforeOffset: string | null;
  readonly tokenType: string;
  readonly subject: {
    readonly mode: SubjectMode;
    readonly value: string | null;
    readonly pattern: string | null;
  };
  readonly claims: {
    readonly fixed: Readonly<Record<string, unknown>>;
    readonly allowed: readonly string[];
    readonly required: readonly string[];
    readonly schema: Readonly<Record<string, unknown>> | null;
  };
  readonly encryptTo: {
    readonly jwkName?: string | undefined;
    readonly keyRingName?: string | undefined;
    readonly enc: string;
  } | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
}

export interface TokenProfileChange {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** The key ring that signs, for SIGNATURE */
  readonly keyRingName?: string | undefined;
  /** The `iss` of its tokens */
  readonly issuer?: string | undefined;
  /** 1 to 100 */
  readonly audiences?: readonly string[] | undefined;
  /** FIXED: `aud` is all of them. ONE_OF: the caller chooses one. Default FIXED */
  readonly audienceMode?: AudienceMode | undefined;
  /** ISO 8601 duration: how long a token is valid where the caller gives nothing. Default PT5M */
  readonly lifetime?: string | undefined;
  /** ISO 8601 duration: the most that a caller may give, at most `maxTokenLifetime` of the key ring. Default `lifetime` */
  readonly maxLifetime?: string | undefined;
  /** ISO 8601 duration from -PT10M to PT10M, from `iat` to `nbf`; null: tokens have no `nbf` */
  readonly notBeforeOffset?: string | null | undefined;
  /** The `typ` of the header, such as JWT or at+jwt. Default JWT */
  readonly tokenType?: string | undefined;
  /** Default FROM_CALLER. Replaced as a whole */
  readonly subject?: TokenProfileSubject | undefined;
  /** Replaced as a whole */
  readonly claims?: TokenProfileClaims | undefined;
  /** Tokens are signed, then encrypted to this key; null: they are not encrypted */
  readonly encryptTo?: TokenProfileEncryption | null | undefined;
}

export interface TokenProfileClaims {
  /** Claims of every token, by name; no caller can give them */
  readonly fixed?: Readonly<Record<string, unknown>> | null | undefined;
  /** Names of claims that a caller may give */
  readonly allowed?: readonly string[] | null | undefined;
  /** Names of claims that a caller must give */
  readonly required?: readonly string[] | null | undefined;
  /** JSON Schema 2020-12 for the claims that a caller gives, of at most 16 KiB */
  readonly schema?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface TokenProfileEncryption {
  /** A JWK of the project that belongs to no key ring */
  readonly jwkName?: string | undefined;
  /** A key ring for ENCRYPTION: its ACTIVE key */
  readonly keyRingName?: string | undefined;
  /** Content encryption; by default one that fits the key */
  readonly enc?: string | undefined;
}

export interface TokenProfileList {
  readonly success: true;
  readonly resultList: readonly TokenProfile[];
  /** How many there are */
  readonly resultCount: number;
}

export interface TokenProfileSubject {
  /** FIXED: always `value`. FROM_CALLER: the name of the application, the `sub` of the JWT or the URI of the certificate that it called with. GIVEN: what the caller gives */
  readonly mode: SubjectMode;
  /** Of mode FIXED */
  readonly value?: string | undefined;
  /** Of mode GIVEN: `*` stands for one character or more, none of them `:`. Without it any subject may be given */
  readonly pattern?: string | undefined;
}

export interface TokenProfileTrial {
  readonly success: true;
  /** Of the token that a node would issue */
  readonly header?: Readonly<Record<string, unknown>> | undefined;
  /** Of the same token */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /** ISO 8601, UTC */
  readonly expiresAt?: string | undefined;
  /** Why a node would refuse it; then the others are absent */
  readonly refused?:
    | {
        readonly error_description: string;
        readonly reason: string;
        readonly member?: string | undefined;
      }
    | undefined;
}

export interface TokenProfileTrialRequest {
  /** What the application would give */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /** One of the audiences of the profile */
  readonly audience?: string | undefined;
  /** Where the profile has the caller give it */
  readonly subject?: string | undefined;
  /** ISO 8601 duration */
  readonly lifetime?: string | undefined;
  /** Who would call: the name of an application, or the subject of its credential */
  readonly caller?: string | undefined;
}

export type UpdateJwk =
  | UpdateJwkDescription
  | UpdateJwkFromUrl
  | UpdateJwkFromCopyPaste
  | UpdateJwkFromCertificate
  | UpdateJwkFromPublicKey
  | UpdateJwkFromPrivateKey
  | UpdateJwkFromKeystore;

export interface UpdateJwkDescription {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
}

export interface UpdateJwkFromCertificate {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  /** Where the key comes from */
  readonly sourceType: 'CERTIFICATE';
  /** A certificate of the project */
  readonly certificateName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** What the key is for */
  readonly useType: UseType;
  /** What the key is used with, such as RS256 */
  readonly algorithm: Algorithm;
  /** The kid of the JWK; by default the thumbprint */
  readonly kid?: string | undefined;
}

export interface UpdateJwkFromCopyPaste {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  /** Where the key comes from */
  readonly sourceType: 'COPY_PASTE';
  /** A JWK or a JWK Set as JSON text */
  readonly jwkStr: string;
  /** Selects a key of a JWK Set, or names a key without a kid */
  readonly kid?: string | undefined;
  /** For a key without `use` */
  readonly useType?: UseType | undefined;
  /** For a key without `alg` */
  readonly algorithm?: Algorithm | undefined;
}

export interface UpdateJwkFromKeystore {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  /** Where the key comes from */
  readonly sourceType: 'KEYSTORE';
  /** A keystore of the project */
  readonly keyStoreName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** The alias of the entry */
  readonly aliasName: string;
  /** What the key is for */
  readonly useType: UseType;
  /** What the key is used with, such as RS256 */
  readonly algorithm: Algorithm;
  /** The kid of the JWK; by default the alias, or the thumbprint where it is taken */
  readonly kid?: string | undefined;
}

export interface UpdateJwkFromPrivateKey {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  /** Where the key comes from */
  readonly sourceType: 'PRIVATE_KEY';
  /** A key of the project */
  readonly keyName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** What the key is for */
  readonly useType: UseType;
  /** What the key is used with, such as RS256 */
  readonly algorithm: Algorithm;
  /** The kid of the JWK; by default the thumbprint */
  readonly kid?: string | undefined;
}

export interface UpdateJwkFromPublicKey {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  /** Where the key comes from */
  readonly sourceType: 'PUBLIC_KEY';
  /** A key of the project */
  readonly keyName: string;
  /** The environment whose material is taken */
  readonly environmentName: string;
  /** What the key is for */
  readonly useType: UseType;
  /** What the key is used with, such as RS256 */
  readonly algorithm: Algorithm;
  /** The kid of the JWK; by default the thumbprint */
  readonly kid?: string | undefined;
}

export interface UpdateJwkFromUrl {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** Nodes decrypt RSA1_5 with it, which is known for padding oracles. For keys of algorithm RSA1_5 */
  readonly allowRsa15?: boolean | undefined;
  /** Nodes decrypt compressed content with it, up to 256 KiB. For keys of use type ENCRYPTION */
  readonly allowCompressed?: boolean | undefined;
  /** PBES2: the most iterations that nodes decrypt, 1000 to 10000000; null: the default, 100000. For keys of a PBES2 algorithm */
  readonly maxIterationCount?: number | null | undefined;
  /** Where the key comes from */
  readonly sourceType: 'URL';
  /** http or https address of a JWK or a JWK Set */
  readonly url: string;
  /** Milliseconds for the connection */
  readonly urlOptionConnectTimeout?: number | undefined;
  /** Milliseconds for the whole response */
  readonly urlOptionReadTimeout?: number | undefined;
  /** Bytes of the response at most */
  readonly urlOptionSizeLimit?: number | undefined;
  /** Selects a key of a JWK Set, or names a key without a kid */
  readonly kid?: string | undefined;
  /** For a key without `use` */
  readonly useType?: UseType | undefined;
  /** For a key without `alg` */
  readonly algorithm?: Algorithm | undefined;
  /** ISO 8601 duration, PT1M to P30D: the JWK follows the URL, which is fetched again this often */
  readonly refreshInterval?: string | undefined;
}

export interface UpdateKeyRing {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  readonly rotationInterval?: string | null | undefined;
  /** ISO 8601 duration: the longest time from signature to expiry, or how long a message may wait to be decrypted. Default PT1H */
  readonly maxTokenLifetime?: string | undefined;
  /** ISO 8601 duration: how long a verifier may keep a JWK Set beyond what Cache-Control says. Default PT24H */
  readonly verifierCacheTime?: string | undefined;
  /** ISO 8601 duration: how far the clocks of verifiers may be off. Default PT1M */
  readonly clockSkew?: string | undefined;
  readonly signingLease?: string | null | undefined;
  /** Whether private keys may leave by the API; can be changed from true to false only */
  readonly exportable?: boolean | undefined;
  /** null: all environments that the project reaches, also later ones */
  readonly environmentNames?: readonly string[] | null | undefined;
  /** May be given, but cannot be changed */
  readonly type?: JwkType | undefined;
  readonly rsa?: KeyRingRsa | undefined;
  readonly ec?: KeyRingEc | undefined;
  readonly oct?: KeyRingOct | undefined;
  readonly okp?: KeyRingOkp | undefined;
  readonly akp?: KeyRingAkp | undefined;
}

export type UseType = 'SIGNATURE' | 'ENCRYPTION';

export interface User {
  readonly username: string;
  readonly admin: boolean;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
}

export interface UserChange {
  /** May be given, but cannot be changed */
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

export interface View {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** Null: all keys of the project that have a public half */
  readonly include: ViewKeys | null;
  readonly exclude: ViewKeys | null;
  /** ISO 8601, UTC */
  readonly createdAt: string;
  /** ISO 8601, UTC */
  readonly updatedAt: string;
}

export interface ViewChange {
  /** May be given, but cannot be changed */
  readonly name?: string | undefined;
  /** At most 1024 characters */
  readonly description?: string | undefined;
  /** A key must match every list that is given, and of each list one item; `keyRingNames` and `jwkNames` count as one list. Null: all keys of the project that have a public half. Replaced as a whole */
  readonly include?: ViewSelection | null | undefined;
  /** A key that matches one item of any list is left out, even where it is included. Null: none. Replaced as a whole */
  readonly exclude?: ViewSelection | null | undefined;
}

export interface ViewKeys {
  readonly keyTypes?: readonly string[] | undefined;
  readonly algorithms?: readonly string[] | undefined;
  readonly uses?: readonly JwkUse[] | undefined;
  readonly keyRingNames?: readonly string[] | undefined;
  readonly jwkNames?: readonly string[] | undefined;
}

export interface ViewList {
  readonly success: true;
  readonly resultList: readonly View[];
  /** How many there are */
  readonly resultCount: number;
}

export interface ViewSelection {
  /** Of RSA, EC, OKP, AKP */
  readonly keyTypes?: readonly string[] | undefined;
  /** JOSE names, such as ES256: the `alg` of the key */
  readonly algorithms?: readonly string[] | undefined;
  /** `sig` or `enc`: the `use` of the key. SIGNATURE and ENCRYPTION are taken, too */
  readonly uses?: readonly string[] | undefined;
  /** Key rings of the project: their members that are published */
  readonly keyRingNames?: readonly string[] | undefined;
  /** JWKs of the project that belong to no key ring */
  readonly jwkNames?: readonly string[] | undefined;
}
