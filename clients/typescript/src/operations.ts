import type { DownloadedFile } from './downloaded-file.ts';

// Made from openapi.json by `npm run client`; a change belongs there.

export interface Operations {
  /** Store a certificate and deploy it */
  createCertificate: {
    input: {
      readonly projectName: string;
      readonly body: {
        /** Unique within the project */
        readonly certificateName?: string | undefined;
        /** Unique among the certificates of an environment */
        readonly alias?: string | undefined;
        readonly certificateDescription?: string | undefined;
        /** Environment names, separated by commas */
        readonly environmentList?: string | undefined;
        /** The certificate as PEM, where the certificates of its issuers may follow it, or as DER */
        readonly pemEncodedFile?: Blob | string | undefined;
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Create a token with which nodes join an environment */
  createEnrollmentToken: {
    input: {
      readonly environmentName: string;
      readonly body: {
        /** For people to tell tokens apart */
        readonly name?: string | undefined;
        /** ISO 8601, in the future: no node joins from then on, and those that joined stay */
        readonly expiresAt?: string | undefined;
        /** Keys of nodes that may ever be registered with it, removed ones included */
        readonly maxNodes?: number | undefined;
        /** Whether its nodes are given private keys and keystores; without it public parts only */
        readonly privateKeys?: boolean | undefined;
      };
    };
    answer: {
      readonly success: true;
      /** Shown once */
      readonly token: string;
    };
  };
  /** Create an environment */
  createEnvironment: {
    input: {
      readonly body: {
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
      };
    };
    answer: {
      readonly success: true;
    };
  };
  /** Create a JWK from a source and deploy it */
  createJwk: {
    input: {
      readonly projectName: string;
      readonly body: {
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
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Store a key and deploy it */
  createKey: {
    input: {
      readonly projectName: string;
      readonly body: {
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
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Store a keystore and deploy it */
  createKeystore: {
    input: {
      readonly projectName: string;
      readonly body: {
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
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Create a project */
  createProject: {
    input: {
      readonly body: {
        /** Project name: 1 to 128 letters and digits of any script, `.`, `_`, `-` */
        readonly name: string;
        /** At most 1024 characters */
        readonly description?: string | undefined;
      };
    };
    answer: {
      readonly success: true;
    };
  };
  /** Sign in to the console: the session comes as a cookie that no script can read */
  createSession: {
    input: {
      readonly body: {
        readonly username: string;
        readonly password: string;
      };
    };
    answer: {
      readonly success: true;
      readonly username: string;
      readonly admin: boolean;
      readonly expiresAt: string | null;
    };
  };
  /** Create a personal token */
  createToken: {
    input: {
      readonly body: {
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
      };
    };
    answer: {
      readonly success: true;
      /** Shown once */
      readonly token: string;
      readonly name: string;
      readonly expiresAt: string | null;
      readonly projects:
        | readonly {
            readonly projectName: string;
            readonly roles: readonly string[];
          }[]
        | null;
    };
  };
  /** Create a user */
  createUser: {
    input: {
      readonly body: {
        /** Username: 1 to 128 letters and digits of any script, `.`, `_`, `-` */
        readonly username: string;
        /** 8 to 1024 characters */
        readonly password: string;
        /** Whether the user is an administrator, who may do everything */
        readonly admin?: boolean | undefined;
      };
    };
    answer: {
      readonly success: true;
    };
  };
  /** Undeploy and delete a certificate; JWKs made from it stay */
  deleteCertificate: {
    input: {
      readonly projectName: string;
      readonly certificateName: string;
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Revoke an enrollment token: the streams of nodes that it opened end within 5 seconds */
  deleteEnrollmentToken: {
    input: {
      readonly environmentName: string;
      readonly tokenId: string;
    };
    answer: {
      readonly success: true;
    };
  };
  /** Delete an environment with its nodes, its tokens, and the materials for it */
  deleteEnvironment: {
    input: {
      readonly environmentName: string;
    };
    answer: {
      readonly success: true;
    };
  };
  /** Undeploy a JWK everywhere and delete it */
  deleteJwk: {
    input: {
      readonly projectName: string;
      readonly jwkName: string;
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Undeploy and delete a key; JWKs made from it stay */
  deleteKey: {
    input: {
      readonly projectName: string;
      readonly keyName: string;
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Undeploy and delete a keystore; JWKs made from it stay */
  deleteKeystore: {
    input: {
      readonly projectName: string;
      readonly keystoreName: string;
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** End a membership */
  deleteMember: {
    input: {
      readonly projectName: string;
      readonly username: string;
    };
    answer: {
      readonly success: true;
    };
  };
  /** Remove a node: its key is rejected from now on, and its name is free */
  deleteNode: {
    input: {
      readonly environmentName: string;
      readonly nodeName: string;
    };
    answer: {
      readonly success: true;
      /** Until when the node may still publish and sign */
      readonly warnings: readonly string[];
    };
  };
  /** Undeploy and delete a project with everything in it */
  deleteProject: {
    input: {
      readonly projectName: string;
    };
    answer: {
      readonly success: true;
    };
  };
  /** Sign out: the session ends, and its cookie goes */
  deleteSession: {
    input: Readonly<Record<string, never>>;
    answer: {
      readonly success: true;
    };
  };
  /** Revoke a personal token */
  deleteToken: {
    input: {
      readonly tokenName: string;
    };
    answer: {
      readonly success: true;
    };
  };
  /** Delete a user with all tokens and memberships */
  deleteUser: {
    input: {
      readonly username: string;
    };
    answer: {
      readonly success: true;
    };
  };
  /** Download a certificate as a ZIP of one DER file an environment */
  exportCertificate: {
    input: {
      readonly projectName: string;
      readonly certificateName: string;
    };
    answer: DownloadedFile;
  };
  /** Download a JWK, private members included, as a JWK Set or as PEM */
  exportJwkFile: {
    input: {
      /** `true` leaves the private members out */
      readonly publicOnly?: 'true' | 'false' | undefined;
      /** A JWK Set (the default) or PEM */
      readonly format?: 'jwk' | 'pem' | undefined;
      readonly projectName: string;
      readonly jwkName: string;
    };
    answer: DownloadedFile;
  };
  /** Generate a JWK and deploy it */
  generateJwk: {
    input: {
      readonly projectName: string;
      readonly body: {
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
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Get a certificate */
  getCertificate: {
    input: {
      readonly projectName: string;
      readonly certificateName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** Get a JWK with its key material, private members included */
  getJwk: {
    input: {
      /** `true` leaves the private members out */
      readonly publicOnly?: 'true' | 'false' | undefined;
      readonly projectName: string;
      readonly jwkName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
        readonly rsa?: Readonly<Record<string, unknown>> | undefined;
        readonly ec?: Readonly<Record<string, unknown>> | undefined;
        readonly oct?: Readonly<Record<string, unknown>> | undefined;
        readonly okp?: Readonly<Record<string, unknown>> | undefined;
      }[];
      /** How many there are */
      readonly resultCount: number;
      /** What was left out or changed, and why */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Which node of which environment has the JWK by now */
  getJwkDeployment: {
    input: {
      readonly projectName: string;
      readonly jwkName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** Get the public half of a JWK as JSON and PEM, its thumbprint and its certificates */
  getJwkPublic: {
    input: {
      readonly projectName: string;
      readonly jwkName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
        readonly name: string;
        /** Public members; null for an OCT key */
        readonly jwk: Readonly<Record<string, unknown>> | null;
        readonly pem: string | null;
        /** RFC 7638, SHA-256 */
        readonly thumbprint: string | null;
        /** Of `x5c`, the leaf first */
        readonly certificates: readonly {
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
        }[];
        /** Whether keyplane stores private members of the JWK */
        readonly hasPrivatePart: boolean;
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** Get a key */
  getKey: {
    input: {
      readonly projectName: string;
      readonly keyName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** Get a keystore */
  getKeystore: {
    input: {
      readonly projectName: string;
      readonly keystoreName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** How everything stands that the caller may see */
  getOverview: {
    input: Readonly<Record<string, never>>;
    answer: {
      readonly success: true;
      readonly projects: readonly {
        readonly name: string;
        readonly jwks: number;
      }[];
      readonly environments: readonly {
        readonly name: string;
        readonly type: 'PRODUCTION' | 'SANDBOX' | 'TEST';
        readonly revision: number;
        readonly nodes: readonly {
          readonly name: string;
          readonly connected: boolean;
          readonly state: 'CURRENT' | 'LAGGING' | 'REFUSED' | 'DISCONNECTED';
          readonly appliedRevision: number;
          readonly lastSeenAt: string | null;
          readonly version: string | null;
          /** What the node refused last, while it is behind */
          readonly reason: string | null;
        }[];
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
        readonly published: readonly {
          readonly projectName: string;
          readonly name: string;
        }[];
        /** JWKs that the set of the environment leaves out */
        readonly leftOut: readonly {
          readonly projectName: string;
          readonly name: string;
        }[];
      }[];
      readonly sharedKidCount: number;
      readonly lastChanges: readonly {
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
      }[];
    };
  };
  /** Who is signed in, and what they may do in which project */
  getSession: {
    input: Readonly<Record<string, never>>;
    answer: {
      readonly success: true;
      readonly username: string;
      readonly admin: boolean;
      readonly expiresAt: string | null;
      readonly projects: readonly {
        readonly name: string;
        readonly description: string | null;
        readonly roles: readonly string[];
      }[];
    };
  };
  /** Create a JWK from an uploaded file */
  importJwkFile: {
    input: {
      readonly projectName: string;
      readonly body: {
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
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Read a certificate file, the leaf first; nothing is stored */
  inspectCertificate: {
    input: {
      readonly projectName: string;
      readonly body: {
        /** Text of the PEM file, or base64 of a DER file */
        readonly pemEncodedFile?: string | undefined;
      };
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Look into a source before a JWK is made from it; nothing is stored */
  inspectJwkSource: {
    input: {
      readonly projectName: string;
      readonly body: {
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
      };
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** Read a private or public key and tell what it is; nothing is stored */
  inspectKey: {
    input: {
      readonly projectName: string;
      readonly body: {
        /** PEM, or base64 of PEM or of DER */
        readonly content?: string | undefined;
        /** Opens an encrypted private key */
        readonly passphrase?: string | undefined;
      };
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
        readonly keyType: 'PRIVATE_KEY' | 'PUBLIC_KEY';
        /** RSA, EC or OKP */
        readonly type: string;
        readonly curve: string | null;
        /** Bits */
        readonly size: number;
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** Open a keystore file and list what it holds; nothing is stored */
  inspectKeystore: {
    input: {
      readonly projectName: string;
      readonly body: {
        /** base64 of the keystore file */
        readonly file?: string | undefined;
        readonly password?: string | undefined;
        readonly keyPassword?: string | undefined;
        /** JKS or PKCS12; told from the file where it is left out */
        readonly keyStoreType?: string | undefined;
      };
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
      readonly keyStoreType: 'JKS' | 'PKCS12';
    };
  };
  /** List audit records, newest first */
  listAudit: {
    input: {
      /** 1 is the first */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20 */
      readonly size?: string | undefined;
      /** Username, or `system` */
      readonly actor?: string | undefined;
      /** Such as `jwk.create` */
      readonly action?: string | undefined;
      /** Such as `jwk` */
      readonly objectType?: string | undefined;
      /** Name of the object */
      readonly objectName?: string | undefined;
      /** Name of the project */
      readonly projectName?: string | undefined;
      readonly outcome?: 'SUCCESS' | 'DENIED' | 'FAILURE' | undefined;
      /** ISO 8601: not before it */
      readonly from?: string | undefined;
      /** ISO 8601: before it */
      readonly to?: string | undefined;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the JWKs that were made from a certificate */
  listCertificateReferences: {
    input: {
      readonly projectName: string;
      readonly certificateName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
        readonly projectName: string;
        readonly name: string;
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the certificates of a project */
  listCertificates: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20; asks for paging */
      readonly size?: string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      readonly projectName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the tokens with which nodes join an environment; never the tokens themselves */
  listEnrollmentTokens: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20; asks for paging */
      readonly size?: string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      readonly environmentName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List environments */
  listEnvironments: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20; asks for paging */
      readonly size?: string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List what happened to a JWK, newest first */
  listJwkHistory: {
    input: {
      /** 1 is the first */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20 */
      readonly size?: string | undefined;
      readonly projectName: string;
      readonly jwkName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the JWKs of a project, without key material */
  listJwks: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20; asks for paging */
      readonly size?: string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** ISO 8601 duration: those that expire by then, such as P30D */
      readonly expiringWithin?: string | undefined;
      readonly type?: 'RSA' | 'EC' | 'OCT' | 'OKP' | undefined;
      readonly use?: 'sig' | 'enc' | undefined;
      readonly sourceType?:
        | 'URL'
        | 'COPY_PASTE'
        | 'CERTIFICATE'
        | 'PUBLIC_KEY'
        | 'PRIVATE_KEY'
        | 'KEYSTORE'
        | 'GENERATE'
        | undefined;
      readonly projectName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the JWKs that were made from a key */
  listKeyReferences: {
    input: {
      readonly projectName: string;
      readonly keyName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
        readonly projectName: string;
        readonly name: string;
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the keys of a project */
  listKeys: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20; asks for paging */
      readonly size?: string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      readonly projectName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List what a keystore holds, alias by alias, without any key */
  listKeystoreEntries: {
    input: {
      /** The environment whose keystore file is meant */
      readonly environmentName?: string | undefined;
      readonly projectName: string;
      readonly keystoreName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the JWKs that were made from a keystore */
  listKeystoreReferences: {
    input: {
      readonly projectName: string;
      readonly keystoreName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
        readonly projectName: string;
        readonly name: string;
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the keystores of a project */
  listKeystores: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20; asks for paging */
      readonly size?: string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      readonly projectName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the members of a project with their roles */
  listMembers: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20; asks for paging */
      readonly size?: string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      readonly projectName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
        readonly username: string;
        readonly roles: readonly string[];
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the nodes of an environment */
  listNodes: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20; asks for paging */
      readonly size?: string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      readonly environmentName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the environments that a project reaches */
  listProjectEnvironments: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20; asks for paging */
      readonly size?: string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      readonly projectName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the projects that the caller may see */
  listProjects: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20; asks for paging */
      readonly size?: string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
        readonly id: string;
        readonly name: string;
        readonly description: string | null;
        /** ISO 8601, UTC */
        readonly createdAt: string;
        /** ISO 8601, UTC */
        readonly updatedAt: string;
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the caller's personal tokens */
  listTokens: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20; asks for paging */
      readonly size?: string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
        readonly name: string;
        /** ISO 8601, UTC */
        readonly createdAt: string;
        /** Null: never */
        readonly expiresAt: string | null;
        /** What the token is narrowed to; null: to nothing, it may do whatever its user may */
        readonly projects:
          | readonly {
              readonly projectName: string;
              readonly roles: readonly string[];
            }[]
          | null;
        /** To about ten minutes; null: not used yet */
        readonly lastUsedAt: string | null;
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the certificates that project admin has in an environment */
  listTruststore: {
    input: {
      readonly projectName: string;
      readonly environmentName: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
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
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List the personal tokens of a user */
  listUserTokens: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20; asks for paging */
      readonly size?: string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      readonly username: string;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
        readonly name: string;
        /** ISO 8601, UTC */
        readonly createdAt: string;
        /** Null: never */
        readonly expiresAt: string | null;
        /** What the token is narrowed to; null: to nothing, it may do whatever its user may */
        readonly projects:
          | readonly {
              readonly projectName: string;
              readonly roles: readonly string[];
            }[]
          | null;
        /** To about ten minutes; null: not used yet */
        readonly lastUsedAt: string | null;
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** List users */
  listUsers: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: string | undefined;
      /** Items a page, 1 to 100, default 20; asks for paging */
      readonly size?: string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
    };
    answer: {
      readonly success: true;
      readonly resultList: readonly {
        readonly username: string;
        readonly admin: boolean;
        /** ISO 8601, UTC */
        readonly createdAt: string;
        /** ISO 8601, UTC */
        readonly updatedAt: string;
      }[];
      /** How many there are */
      readonly resultCount: number;
    };
  };
  /** Create a JWK from a certificate; Create JWK with its source type left out */
  parseJwkFromCertificate: {
    input: {
      readonly projectName: string;
      readonly body: {
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
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Create a JWK from a clipboard; Create JWK with its source type left out */
  parseJwkFromClipboard: {
    input: {
      readonly projectName: string;
      readonly body: {
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
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Create a JWK from a key; Create JWK with its source type left out */
  parseJwkFromKey: {
    input: {
      readonly projectName: string;
      readonly body: {
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
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Create a JWK from a keystore; Create JWK with its source type left out */
  parseJwkFromKeystore: {
    input: {
      readonly projectName: string;
      readonly body: {
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
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Create a JWK from a url; Create JWK with its source type left out */
  parseJwkFromUrl: {
    input: {
      readonly projectName: string;
      readonly body: {
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
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Make a user a member of a project, with exactly these roles */
  putMember: {
    input: {
      readonly projectName: string;
      readonly username: string;
      readonly body: {
        /** Of ROLE_ADMIN, ROLE_API_SECURITY, ROLE_MANAGE_PROXIES, ROLE_DEPLOY_UNDEPLOY_PROXIES, ROLE_READ_PRIVATE_KEYS */
        readonly roles: readonly string[];
      };
    };
    answer: {
      readonly success: true;
    };
  };
  /** Accept the key of a node again that was removed, or whose enrollment token was revoked */
  readmitNode: {
    input: {
      readonly environmentName: string;
      readonly nodeName: string;
    };
    answer: {
      readonly success: true;
    };
  };
  /** Revoke a personal token of a user */
  revokeUserToken: {
    input: {
      readonly username: string;
      readonly tokenName: string;
    };
    answer: {
      readonly success: true;
    };
  };
  /** Get an access token for a username and a password */
  signIn: {
    input: {
      readonly body: {
        /** `client_credentials` */
        readonly grant_type?: string | undefined;
        /** Username */
        readonly client_id?: string | undefined;
        /** Password */
        readonly client_secret?: string | undefined;
      };
    };
    answer: {
      readonly access_token: string;
      readonly token_type: 'Bearer';
      /** Seconds */
      readonly expires_in: number;
    };
  };
  /** Replace a certificate; JWKs made from it follow, or are detached */
  updateCertificate: {
    input: {
      /** `true`: they get the new material; default `false`: detached */
      readonly updateReferencedJwks?: string | undefined;
      /** SAME_PROJECT or ALL_PROJECTS; required with updateReferencedJwks */
      readonly updateScope?: string | undefined;
      readonly projectName: string;
      readonly certificateName: string;
      readonly body: {
        /** Unique within the project */
        readonly certificateName?: string | undefined;
        /** Unique among the certificates of an environment */
        readonly alias?: string | undefined;
        readonly certificateDescription?: string | undefined;
        /** Environment names, separated by commas */
        readonly environmentList?: string | undefined;
        /** The certificate as PEM, where the certificates of its issuers may follow it, or as DER */
        readonly pemEncodedFile?: Blob | string | undefined;
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Replace what an environment is */
  updateEnvironment: {
    input: {
      readonly environmentName: string;
      readonly body: {
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
      };
    };
    answer: {
      readonly success: true;
    };
  };
  /** Change a description, or take a new value from a source; without a source the JWK is detached */
  updateJwk: {
    input: {
      readonly projectName: string;
      readonly jwkName: string;
      readonly body: {
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
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Replace a key; JWKs made from it follow, or are detached */
  updateKey: {
    input: {
      /** `true`: they get the new material; default `false`: detached */
      readonly updateReferencedJwks?: string | undefined;
      /** SAME_PROJECT or ALL_PROJECTS; required with updateReferencedJwks */
      readonly updateScope?: string | undefined;
      readonly projectName: string;
      readonly keyName: string;
      readonly body: {
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
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Replace a keystore; JWKs made from it follow, or are detached */
  updateKeystore: {
    input: {
      /** `true`: they get the new material; default `false`: detached */
      readonly updateReferencedJwks?: string | undefined;
      /** SAME_PROJECT or ALL_PROJECTS; required with updateReferencedJwks */
      readonly updateScope?: string | undefined;
      readonly projectName: string;
      readonly keystoreName: string;
      readonly body: {
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
      };
    };
    answer: {
      /** It is stored */
      readonly success: true;
      readonly deploymentResult: {
        /** Every environment has it */
        readonly success: boolean;
        readonly message: string;
        readonly environmentResults: readonly {
          readonly environmentName: string;
          readonly success: boolean;
          readonly message: string;
        }[];
      };
      /** What was left out or rewritten of what was given; absent where there is nothing to say */
      readonly warnings?: readonly string[] | undefined;
    };
  };
  /** Replace a project's description */
  updateProject: {
    input: {
      readonly projectName: string;
      readonly body: {
        /** May be given, but can not be changed */
        readonly name?: string | undefined;
        /** At most 1024 characters */
        readonly description?: string | undefined;
      };
    };
    answer: {
      readonly success: true;
    };
  };
  /** Change a password, or who is an administrator; what is left out stays */
  updateUser: {
    input: {
      readonly username: string;
      readonly body: {
        /** May be given, but can not be changed */
        readonly username?: string | undefined;
        /** The caller's own password, to change it */
        readonly currentPassword?: string | undefined;
        /** 8 to 1024 characters. Set by an administrator, it ends all sessions and personal tokens of the user; with `currentPassword`, it ends all sessions but the one of this request */
        readonly password?: string | undefined;
        readonly admin?: boolean | undefined;
      };
    };
    answer: {
      readonly success: true;
    };
  };
}

/** How each operation is called. `repeatable`: it takes an Idempotency-Key. */
export const operations = {
  createCertificate: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/certificates/',
    query: [],
    body: 'form',
    answer: 'json',
    repeatable: true,
  },
  createEnrollmentToken: {
    method: 'POST',
    path: '/apiops/environments/{environmentName}/enrollment-tokens/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  createEnvironment: {
    method: 'POST',
    path: '/apiops/environments/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createJwk: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/jwks/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createKey: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/keys/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createKeystore: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/keystores/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createProject: {
    method: 'POST',
    path: '/apiops/projects/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createSession: {
    method: 'POST',
    path: '/apiops/auth/session/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  createToken: {
    method: 'POST',
    path: '/apiops/tokens/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  createUser: {
    method: 'POST',
    path: '/apiops/users/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  deleteCertificate: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/certificates/{certificateName}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: true,
  },
  deleteEnrollmentToken: {
    method: 'DELETE',
    path: '/apiops/environments/{environmentName}/enrollment-tokens/{tokenId}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteEnvironment: {
    method: 'DELETE',
    path: '/apiops/environments/{environmentName}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteJwk: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: true,
  },
  deleteKey: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/keys/{keyName}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: true,
  },
  deleteKeystore: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/keystores/{keystoreName}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: true,
  },
  deleteMember: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/members/{username}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteNode: {
    method: 'DELETE',
    path: '/apiops/environments/{environmentName}/nodes/{nodeName}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteProject: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteSession: {
    method: 'DELETE',
    path: '/apiops/auth/session/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteToken: {
    method: 'DELETE',
    path: '/apiops/tokens/{tokenName}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteUser: {
    method: 'DELETE',
    path: '/apiops/users/{username}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  exportCertificate: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/certificates/{certificateName}/export/',
    query: [],
    body: 'none',
    answer: 'file',
    repeatable: false,
  },
  exportJwkFile: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}/export-file/',
    query: ['publicOnly', 'format'],
    body: 'none',
    answer: 'file',
    repeatable: false,
  },
  generateJwk: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/jwks/generate',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  getCertificate: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/certificates/{certificateName}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getJwk: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}/',
    query: ['publicOnly'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getJwkDeployment: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}/deployment/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getJwkPublic: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}/public/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getKey: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keys/{keyName}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getKeystore: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keystores/{keystoreName}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getOverview: {
    method: 'GET',
    path: '/apiops/overview/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getSession: {
    method: 'GET',
    path: '/apiops/auth/session/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  importJwkFile: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/jwks/import-file/',
    query: [],
    body: 'form',
    answer: 'json',
    repeatable: true,
  },
  inspectCertificate: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/certificates/inspect/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  inspectJwkSource: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/jwks/inspect/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  inspectKey: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/keys/inspect/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  inspectKeystore: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/keystores/inspect/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  listAudit: {
    method: 'GET',
    path: '/apiops/audit/',
    query: [
      'page',
      'size',
      'actor',
      'action',
      'objectType',
      'objectName',
      'projectName',
      'outcome',
      'from',
      'to',
    ],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listCertificateReferences: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/certificates/{certificateName}/references/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listCertificates: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/certificates/',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listEnrollmentTokens: {
    method: 'GET',
    path: '/apiops/environments/{environmentName}/enrollment-tokens/',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listEnvironments: {
    method: 'GET',
    path: '/apiops/environments/',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listJwkHistory: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}/history/',
    query: ['page', 'size'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listJwks: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/jwks/',
    query: ['page', 'size', 'sort', 'search', 'expiringWithin', 'type', 'use', 'sourceType'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listKeyReferences: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keys/{keyName}/references/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listKeys: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keys/',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listKeystoreEntries: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keystores/{keystoreName}/entries/',
    query: ['environmentName'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listKeystoreReferences: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keystores/{keystoreName}/references/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listKeystores: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keystores/',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listMembers: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/members/',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listNodes: {
    method: 'GET',
    path: '/apiops/environments/{environmentName}/nodes/',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listProjectEnvironments: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/environments/',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listProjects: {
    method: 'GET',
    path: '/apiops/projects/',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listTokens: {
    method: 'GET',
    path: '/apiops/tokens/',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listTruststore: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/certificates/truststore/{environmentName}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listUserTokens: {
    method: 'GET',
    path: '/apiops/users/{username}/tokens/',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listUsers: {
    method: 'GET',
    path: '/apiops/users/',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  parseJwkFromCertificate: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/jwks/parse-from-certificate',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  parseJwkFromClipboard: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/jwks/parse-from-clipboard',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  parseJwkFromKey: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/jwks/parse-from-key',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  parseJwkFromKeystore: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/jwks/parse-from-keystore',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  parseJwkFromUrl: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/jwks/parse-from-url',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  putMember: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/members/{username}/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  readmitNode: {
    method: 'POST',
    path: '/apiops/environments/{environmentName}/nodes/{nodeName}/readmit',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  revokeUserToken: {
    method: 'DELETE',
    path: '/apiops/users/{username}/tokens/{tokenName}/',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  signIn: {
    method: 'POST',
    path: '/apiops/auth/token',
    query: [],
    body: 'urlencoded',
    answer: 'json',
    repeatable: false,
  },
  updateCertificate: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/certificates/{certificateName}/',
    query: ['updateReferencedJwks', 'updateScope'],
    body: 'form',
    answer: 'json',
    repeatable: true,
  },
  updateEnvironment: {
    method: 'PUT',
    path: '/apiops/environments/{environmentName}/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  updateJwk: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  updateKey: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/keys/{keyName}/',
    query: ['updateReferencedJwks', 'updateScope'],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  updateKeystore: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/keystores/{keystoreName}/',
    query: ['updateReferencedJwks', 'updateScope'],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  updateProject: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  updateUser: {
    method: 'PUT',
    path: '/apiops/users/{username}/',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
} as const satisfies Record<keyof Operations, OperationFacts>;

export interface OperationFacts {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query: readonly string[];
  readonly body: 'json' | 'form' | 'urlencoded' | 'none';
  readonly answer: 'json' | 'file';
  readonly repeatable: boolean;
}
