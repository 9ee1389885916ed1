import type { DownloadedFile } from './downloaded-file.ts';
import type {
  AccessToken,
  ApplicationChange,
  ApplicationDetailList,
  ApplicationList,
  ApplicationTokenAnswer,
  ApplicationTokenReplacement,
  ApplicationTokensAnswer,
  AuditRecordList,
  CertificateFile,
  CertificateFileContents,
  CertificateList,
  CreatedEnrollmentToken,
  CreatedToken,
  CreateJwk,
  CreateKeyRing,
  DeploymentAnswer,
  EnrollmentTokenList,
  EnvironmentChange,
  EnvironmentList,
  EnvironmentNodeList,
  EnvironmentWithProjectsList,
  EventPage,
  GenerateJwk,
  InspectJwkSource,
  JwkAdoption,
  JwkDeploymentList,
  JwkDetailWithWarnings,
  JwkFile,
  JwkList,
  JwkReferenceList,
  JwkType,
  JwkUse,
  KeyFactsList,
  KeyFile,
  KeyList,
  KeyRevocation,
  KeyRingActivation,
  KeyRingList,
  KeyRingRotation,
  KeyRingTransitionList,
  KeystoreContents,
  KeystoreEntryList,
  KeystoreFile,
  KeystoreList,
  KeyUsageList,
  MemberList,
  MemberRoles,
  NewApplication,
  NewCertificate,
  NewEnrollmentToken,
  NewEnvironment,
  NewKey,
  NewKeystore,
  NewOutlet,
  NewProject,
  NewToken,
  NewTokenProfile,
  NewUser,
  NewView,
  NoMembers,
  OpenedSession,
  OutletChange,
  OutletDeliveryRequest,
  OutletList,
  OutletTrialList,
  Overview,
  ParseJwkFromCertificate,
  ParseJwkFromClipboard,
  ParseJwkFromKey,
  ParseJwkFromKeystore,
  ParseJwkFromUrl,
  ProjectChange,
  ProjectList,
  PublicJwkList,
  RemovedNode,
  ReplaceCertificate,
  ReplaceKey,
  ReplaceKeystore,
  Revocation,
  RevocationAnswer,
  Session,
  SessionRequest,
  SignInRequest,
  SourceKeyList,
  SourceType,
  Success,
  TokenList,
  TokenProfileChange,
  TokenProfileList,
  TokenProfileTrial,
  TokenProfileTrialRequest,
  UpdateJwk,
  UpdateKeyRing,
  UserChange,
  UserList,
  ViewChange,
  ViewList,
} from './schemas.ts';

// Made from openapi.json by `npm run client`; a change belongs there.

export interface Operations {
  /** Activate a key of a key ring by its kid: the next one, or a RETIRING one again */
  activateKey: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key ring */
      readonly ringName: string;
      readonly body: KeyRingActivation;
    };
    answer: KeyRingRotation;
  };
  /** Make a private JWK the first key of a new key ring */
  adoptJwk: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the JWK */
      readonly jwkName: string;
      readonly body: JwkAdoption;
    };
    answer: DeploymentAnswer;
  };
  /** Create an application and deploy what it is known by to the nodes */
  createApplication: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: NewApplication;
    };
    answer: ApplicationTokenAnswer;
  };
  /** Store a certificate and deploy it */
  createCertificate: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: NewCertificate;
    };
    answer: DeploymentAnswer;
  };
  /** Create an enrollment token */
  createEnrollmentToken: {
    input: {
      /** Name of the environment */
      readonly environmentName: string;
      readonly body?: NewEnrollmentToken | undefined;
    };
    answer: CreatedEnrollmentToken;
  };
  /** Create an environment */
  createEnvironment: {
    input: {
      readonly body: NewEnvironment;
    };
    answer: Success;
  };
  /** Create a JWK from a source and deploy it */
  createJwk: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: CreateJwk;
    };
    answer: DeploymentAnswer;
  };
  /** Store a key and deploy it */
  createKey: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: NewKey;
    };
    answer: DeploymentAnswer;
  };
  /** Create a key ring and its first key */
  createKeyRing: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: CreateKeyRing;
    };
    answer: DeploymentAnswer;
  };
  /** Store a keystore and deploy it */
  createKeystore: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: NewKeystore;
    };
    answer: DeploymentAnswer;
  };
  /** Create an outlet */
  createOutlet: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: NewOutlet;
    };
    answer: DeploymentAnswer;
  };
  /** Create a project */
  createProject: {
    input: {
      readonly body: NewProject;
    };
    answer: Success;
  };
  /** Sign in to the console */
  createSession: {
    input: {
      readonly body: SessionRequest;
    };
    answer: OpenedSession;
  };
  /** Create a personal token */
  createToken: {
    input: {
      readonly body: NewToken;
    };
    answer: CreatedToken;
  };
  /** Create a token profile and deploy it to the nodes */
  createTokenProfile: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: NewTokenProfile;
    };
    answer: DeploymentAnswer;
  };
  /** Create a user */
  createUser: {
    input: {
      readonly body: NewUser;
    };
    answer: Success;
  };
  /** Create a view and deploy it to the nodes */
  createView: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: NewView;
    };
    answer: DeploymentAnswer;
  };
  /** Delete an application; nodes reject its tokens */
  deleteApplication: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the application */
      readonly applicationName: string;
    };
    answer: DeploymentAnswer;
  };
  /** Undeploy and delete a certificate; JWKs made from it stay */
  deleteCertificate: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the certificate */
      readonly certificateName: string;
    };
    answer: DeploymentAnswer;
  };
  /** Revoke an enrollment token */
  deleteEnrollmentToken: {
    input: {
      /** Name of the environment */
      readonly environmentName: string;
      /** Id of the enrollment token */
      readonly tokenId: string;
    };
    answer: Success;
  };
  /** Delete an environment with its nodes and tokens */
  deleteEnvironment: {
    input: {
      /** Name of the environment */
      readonly environmentName: string;
    };
    answer: Success;
  };
  /** Undeploy and delete a JWK */
  deleteJwk: {
    input: {
      /** `true`: also while a key may still be needed; needs `reason` */
      readonly force?: 'true' | 'false' | undefined;
      /** 3 to 500 characters, for the audit log */
      readonly reason?: string | undefined;
      /** Name of the project */
      readonly projectName: string;
      /** Name of the JWK */
      readonly jwkName: string;
    };
    answer: DeploymentAnswer;
  };
  /** Undeploy and delete a key; JWKs made from it stay */
  deleteKey: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key */
      readonly keyName: string;
    };
    answer: DeploymentAnswer;
  };
  /** Undeploy and delete a key ring with its keys */
  deleteKeyRing: {
    input: {
      /** `true`: also while a key may still be needed; needs `reason` */
      readonly force?: 'true' | 'false' | undefined;
      /** 3 to 500 characters, for the audit log */
      readonly reason?: string | undefined;
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key ring */
      readonly ringName: string;
    };
    answer: DeploymentAnswer;
  };
  /** Undeploy and delete a keystore; JWKs made from it stay */
  deleteKeystore: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the keystore */
      readonly keystoreName: string;
    };
    answer: DeploymentAnswer;
  };
  /** Remove a member from a project */
  deleteMember: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the user */
      readonly username: string;
    };
    answer: Success;
  };
  /** Remove a node */
  deleteNode: {
    input: {
      /** Name of the environment */
      readonly environmentName: string;
      /** Name of the node */
      readonly nodeName: string;
    };
    answer: RemovedNode;
  };
  /** Delete an outlet; nodes remove its files */
  deleteOutlet: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the outlet */
      readonly outletName: string;
    };
    answer: DeploymentAnswer;
  };
  /** Undeploy and delete a project with everything in it */
  deleteProject: {
    input: {
      /** Name of the project */
      readonly projectName: string;
    };
    answer: Success;
  };
  /** Sign out of the console */
  deleteSession: {
    input: Readonly<Record<string, never>>;
    answer: Success;
  };
  /** Revoke a personal token */
  deleteToken: {
    input: {
      /** Name of the token */
      readonly tokenName: string;
    };
    answer: Success;
  };
  /** Delete a token profile; nodes issue none of its tokens any more */
  deleteTokenProfile: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the token profile */
      readonly tokenProfileName: string;
    };
    answer: DeploymentAnswer;
  };
  /** Delete a user with all tokens and memberships */
  deleteUser: {
    input: {
      /** Name of the user */
      readonly username: string;
    };
    answer: Success;
  };
  /** Delete a view; nodes respond with 404 at its address */
  deleteView: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the view */
      readonly viewName: string;
    };
    answer: DeploymentAnswer;
  };
  /** Deliver an outlet now, also where nothing differs */
  deliverOutlet: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the outlet */
      readonly outletName: string;
      readonly body?: OutletDeliveryRequest | undefined;
    };
    answer: DeploymentAnswer;
  };
  /** Export a certificate as a ZIP of DER files */
  exportCertificate: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the certificate */
      readonly certificateName: string;
    };
    answer: DownloadedFile;
  };
  /** Export a JWK as a JWK Set or PEM file */
  exportJwkFile: {
    input: {
      /** `true` leaves the private members out */
      readonly publicOnly?: 'true' | 'false' | undefined;
      /** A JWK Set (the default) or PEM */
      readonly format?: 'jwk' | 'pem' | undefined;
      /** Name of the project */
      readonly projectName: string;
      /** Name of the JWK */
      readonly jwkName: string;
    };
    answer: DownloadedFile;
  };
  /** Generate a JWK and deploy it */
  generateJwk: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: GenerateJwk;
    };
    answer: DeploymentAnswer;
  };
  /** Get an application, with how often it used which key */
  getApplication: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the application */
      readonly applicationName: string;
    };
    answer: ApplicationDetailList;
  };
  /** Get a certificate */
  getCertificate: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the certificate */
      readonly certificateName: string;
    };
    answer: CertificateList;
  };
  /** Get a JWK with its key material */
  getJwk: {
    input: {
      /** `true` leaves the private members out */
      readonly publicOnly?: 'true' | 'false' | undefined;
      /** Name of the project */
      readonly projectName: string;
      /** Name of the JWK */
      readonly jwkName: string;
    };
    answer: JwkDetailWithWarnings;
  };
  /** Get the current deployment of a JWK, node by node */
  getJwkDeployment: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the JWK */
      readonly jwkName: string;
    };
    answer: JwkDeploymentList;
  };
  /** Get the public part of a JWK */
  getJwkPublic: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the JWK */
      readonly jwkName: string;
    };
    answer: PublicJwkList;
  };
  /** Get a key */
  getKey: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key */
      readonly keyName: string;
    };
    answer: KeyList;
  };
  /** Get a key ring: policy, state, keys, what comes next and what that waits for */
  getKeyRing: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key ring */
      readonly ringName: string;
    };
    answer: KeyRingList;
  };
  /** Get past and planned transitions of the keys of a key ring */
  getKeyRingTimeline: {
    input: {
      /** ISO 8601 duration, or `null` */
      readonly rotationInterval?: string | undefined;
      /** ISO 8601 duration */
      readonly maxTokenLifetime?: string | undefined;
      /** ISO 8601 duration */
      readonly verifierCacheTime?: string | undefined;
      /** ISO 8601 duration */
      readonly clockSkew?: string | undefined;
      /** ISO 8601 duration, or `null` */
      readonly signingLease?: string | undefined;
      /** Whether private keys can be exported, as in a request that changes the policy */
      readonly exportable?: 'true' | 'false' | undefined;
      /** Names, one a parameter; `null`: all that the project reaches */
      readonly environmentNames?: string | readonly string[] | undefined;
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key ring */
      readonly ringName: string;
    };
    answer: KeyRingTransitionList;
  };
  /** Get a keystore */
  getKeystore: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the keystore */
      readonly keystoreName: string;
    };
    answer: KeystoreList;
  };
  /** Get an outlet, and how far its deliveries are */
  getOutlet: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the outlet */
      readonly outletName: string;
    };
    answer: OutletList;
  };
  /** Get the overview of what the caller can see */
  getOverview: {
    input: Readonly<Record<string, never>>;
    answer: Overview;
  };
  /** Get the clock of a revocation */
  getRevocation: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key ring */
      readonly ringName: string;
      /** Id of the revocation, from the response that revoked the key */
      readonly revocationId: string;
    };
    answer: Revocation;
  };
  /** Get the signed-in user and the roles in each project */
  getSession: {
    input: Readonly<Record<string, never>>;
    answer: Session;
  };
  /** Get a token profile */
  getTokenProfile: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the token profile */
      readonly tokenProfileName: string;
    };
    answer: TokenProfileList;
  };
  /** Get a view */
  getView: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the view */
      readonly viewName: string;
    };
    answer: ViewList;
  };
  /** Suspend the scheduled rotation of a key ring */
  holdKeyRing: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key ring */
      readonly ringName: string;
      readonly body?: NoMembers | undefined;
    };
    answer: KeyRingRotation;
  };
  /** Create a JWK from an uploaded file */
  importJwkFile: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: JwkFile;
    };
    answer: DeploymentAnswer;
  };
  /** Inspect a certificate file without storing it */
  inspectCertificate: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: CertificateFile;
    };
    answer: CertificateFileContents;
  };
  /** Inspect a source without storing anything */
  inspectJwkSource: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: InspectJwkSource;
    };
    answer: SourceKeyList;
  };
  /** Inspect a private or public key without storing it */
  inspectKey: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: KeyFile;
    };
    answer: KeyFactsList;
  };
  /** Inspect a keystore file without storing it */
  inspectKeystore: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: KeystoreFile;
    };
    answer: KeystoreContents;
  };
  /** List the applications of a project */
  listApplications: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** Those that exist for this number of days and that no application used in it, such as `90` */
      readonly unusedForDays?: number | string | undefined;
      /** Name of the project */
      readonly projectName: string;
    };
    answer: ApplicationList;
  };
  /** List audit records, newest first */
  listAudit: {
    input: {
      /** 1 is the first */
      readonly page?: number | string | undefined;
      /** Items a page, default 20 */
      readonly size?: number | string | undefined;
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
      /** Those with this outcome */
      readonly outcome?: 'SUCCESS' | 'DENIED' | 'FAILURE' | undefined;
      /** ISO 8601: not before it */
      readonly from?: string | undefined;
      /** ISO 8601: before it */
      readonly to?: string | undefined;
    };
    answer: AuditRecordList;
  };
  /** List the JWKs that were made from a certificate */
  listCertificateReferences: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the certificate */
      readonly certificateName: string;
    };
    answer: JwkReferenceList;
  };
  /** List the certificates of a project */
  listCertificates: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** Name of the project */
      readonly projectName: string;
    };
    answer: CertificateList;
  };
  /** List the enrollment tokens of an environment */
  listEnrollmentTokens: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** Name of the environment */
      readonly environmentName: string;
    };
    answer: EnrollmentTokenList;
  };
  /** List environments */
  listEnvironments: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
    };
    answer: EnvironmentWithProjectsList;
  };
  /** List events of a project, oldest first */
  listEvents: {
    input: {
      /** Events with a larger `sequence`. Without it the list begins with the first event that is kept */
      readonly after?: number | string | undefined;
      /** Items at most, default 100 */
      readonly limit?: number | string | undefined;
      /** Separated by commas: types, or all of a kind such as `keyring.*` */
      readonly types?: string | undefined;
      /** Events with this `environmentName` in `data`: of nodes, and of the deliveries of outlets */
      readonly environmentName?: string | undefined;
      /** Name of the project */
      readonly projectName: string;
    };
    answer: EventPage;
  };
  /** List the history of a JWK, newest first */
  listJwkHistory: {
    input: {
      /** 1 is the first */
      readonly page?: number | string | undefined;
      /** Items a page, default 20 */
      readonly size?: number | string | undefined;
      /** Name of the project */
      readonly projectName: string;
      /** Name of the JWK */
      readonly jwkName: string;
    };
    answer: AuditRecordList;
  };
  /** List the JWKs of a project, without key material */
  listJwks: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** ISO 8601 duration: those that expire by then, such as P30D */
      readonly expiringWithin?: string | undefined;
      /** Those with this key type */
      readonly type?: JwkType | undefined;
      /** Those with this use */
      readonly use?: JwkUse | undefined;
      /** Those that were created from such a source */
      readonly sourceType?: SourceType | undefined;
      /** Those that exist for this number of days and that no application used in it, such as `90` */
      readonly unusedForDays?: number | string | undefined;
      /** `DEPLOYED`: every node has it; `INCOMPLETE`: a node or an environment without nodes lacks it */
      readonly deployment?: 'DEPLOYED' | 'INCOMPLETE' | undefined;
      /** `true` adds `deployments`, the state in each environment */
      readonly withDeployments?: 'true' | 'false' | undefined;
      /** Name of the project */
      readonly projectName: string;
    };
    answer: JwkList;
  };
  /** List the JWKs that were made from a key */
  listKeyReferences: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key */
      readonly keyName: string;
    };
    answer: JwkReferenceList;
  };
  /** List the key rings of a project */
  listKeyRings: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** Those that exist for this number of days and that no application used in it, such as `90` */
      readonly unusedForDays?: number | string | undefined;
      /** Name of the project */
      readonly projectName: string;
    };
    answer: KeyRingList;
  };
  /** List the keys of a project */
  listKeys: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** Name of the project */
      readonly projectName: string;
    };
    answer: KeyList;
  };
  /** List the entries of a keystore, without keys */
  listKeystoreEntries: {
    input: {
      /** The environment whose keystore file is meant */
      readonly environmentName?: string | undefined;
      /** Name of the project */
      readonly projectName: string;
      /** Name of the keystore */
      readonly keystoreName: string;
    };
    answer: KeystoreEntryList;
  };
  /** List the JWKs that were made from a keystore */
  listKeystoreReferences: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the keystore */
      readonly keystoreName: string;
    };
    answer: JwkReferenceList;
  };
  /** List the keystores of a project */
  listKeystores: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** Name of the project */
      readonly projectName: string;
    };
    answer: KeystoreList;
  };
  /** List the members of a project with their roles */
  listMembers: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** Name of the project */
      readonly projectName: string;
    };
    answer: MemberList;
  };
  /** List the nodes of an environment */
  listNodes: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** Name of the environment */
      readonly environmentName: string;
    };
    answer: EnvironmentNodeList;
  };
  /** List the outlets of a project */
  listOutlets: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** Only outlets that deliver this key ring; at most one source is given */
      readonly keyRingName?: string | undefined;
      /** Only outlets that deliver this JWK; at most one source is given */
      readonly jwkName?: string | undefined;
      /** Only outlets that deliver this view; at most one source is given */
      readonly viewName?: string | undefined;
      /** Only outlets that deliver this certificate; at most one source is given */
      readonly certificateName?: string | undefined;
      /** Only outlets that deliver this token profile; at most one source is given */
      readonly tokenProfileName?: string | undefined;
      /** Name of the project */
      readonly projectName: string;
    };
    answer: OutletList;
  };
  /** List the environments that a project reaches */
  listProjectEnvironments: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** Name of the project */
      readonly projectName: string;
    };
    answer: EnvironmentList;
  };
  /** List the projects that the caller can see */
  listProjects: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
    };
    answer: ProjectList;
  };
  /** List the token profiles of a project */
  listTokenProfiles: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** Name of the project */
      readonly projectName: string;
    };
    answer: TokenProfileList;
  };
  /** List the caller's personal tokens */
  listTokens: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
    };
    answer: TokenList;
  };
  /** List the truststore of an environment */
  listTruststore: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the environment */
      readonly environmentName: string;
    };
    answer: CertificateList;
  };
  /** List which application or outlet used which key for what */
  listUsage: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** `lastUsedAt` or `count`, and a direction; default `lastUsedAt,desc` */
      readonly sort?: string | undefined;
      /** The use of this JWK */
      readonly jwkName?: string | undefined;
      /** The use of the keys of this key ring */
      readonly keyRingName?: string | undefined;
      /** The use by this application */
      readonly applicationName?: string | undefined;
      /** The first day, in UTC: an ISO 8601 date, or a date and time that stands for its day. The last 400 days are known by day */
      readonly from?: string | undefined;
      /** The last day, in UTC: an ISO 8601 date, or a date and time that stands for its day. The last 400 days are known by day */
      readonly to?: string | undefined;
      /** Name of the project */
      readonly projectName: string;
    };
    answer: KeyUsageList;
  };
  /** List the personal tokens of a user */
  listUserTokens: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** Name of the user */
      readonly username: string;
    };
    answer: TokenList;
  };
  /** List users */
  listUsers: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
    };
    answer: UserList;
  };
  /** List the views of a project */
  listViews: {
    input: {
      /** 1 is the first; asks for paging */
      readonly page?: number | string | undefined;
      /** Items a page, default 20; asks for paging */
      readonly size?: number | string | undefined;
      /** A field and a direction, such as `name,asc` */
      readonly sort?: string | undefined;
      /** Part of the name or description */
      readonly search?: string | undefined;
      /** Name of the project */
      readonly projectName: string;
    };
    answer: ViewList;
  };
  /** Create a JWK from a certificate */
  parseJwkFromCertificate: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: ParseJwkFromCertificate;
    };
    answer: DeploymentAnswer;
  };
  /** Create a JWK from a JSON string */
  parseJwkFromClipboard: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: ParseJwkFromClipboard;
    };
    answer: DeploymentAnswer;
  };
  /** Create a JWK from a key */
  parseJwkFromKey: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: ParseJwkFromKey;
    };
    answer: DeploymentAnswer;
  };
  /** Create a JWK from a keystore */
  parseJwkFromKeystore: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: ParseJwkFromKeystore;
    };
    answer: DeploymentAnswer;
  };
  /** Create a JWK from a URL */
  parseJwkFromUrl: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: ParseJwkFromUrl;
    };
    answer: DeploymentAnswer;
  };
  /** Set the roles of a user in a project */
  putMember: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the user */
      readonly username: string;
      readonly body: MemberRoles;
    };
    answer: Success;
  };
  /** Readmit a node */
  readmitNode: {
    input: {
      /** Name of the environment */
      readonly environmentName: string;
      /** Name of the node */
      readonly nodeName: string;
      readonly body?: NoMembers | undefined;
    };
    answer: Success;
  };
  /** Replace a token of an application */
  replaceApplicationToken: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the application */
      readonly applicationName: string;
      readonly body?: ApplicationTokenReplacement | undefined;
    };
    answer: ApplicationTokenAnswer;
  };
  /** Resume the scheduled rotation of a key ring */
  resumeKeyRing: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key ring */
      readonly ringName: string;
      readonly body?: NoMembers | undefined;
    };
    answer: KeyRingRotation;
  };
  /** Revoke a key of a key ring */
  revokeKey: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key ring */
      readonly ringName: string;
      readonly body: KeyRevocation;
    };
    answer: RevocationAnswer;
  };
  /** Revoke a personal token of a user */
  revokeUserToken: {
    input: {
      /** Name of the user */
      readonly username: string;
      /** Name of the token */
      readonly tokenName: string;
    };
    answer: Success;
  };
  /** Activate the next key of a key ring as soon as it is ready */
  rotateKeyRing: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key ring */
      readonly ringName: string;
      readonly body?: NoMembers | undefined;
    };
    answer: KeyRingRotation;
  };
  /** Sign in and get an access token */
  signIn: {
    input: {
      readonly body: SignInRequest;
    };
    answer: AccessToken;
  };
  /** Test whether an outlet can be delivered */
  testOutlet: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the outlet */
      readonly outletName: string;
      readonly body?: NoMembers | undefined;
    };
    answer: OutletTrialList;
  };
  /** Show what a token of a token profile would say */
  tryTokenProfile: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the token profile */
      readonly tokenProfileName: string;
      readonly body: TokenProfileTrialRequest;
    };
    answer: TokenProfileTrial;
  };
  /** Update an application: its description, its expiry, its credentials, its grants */
  updateApplication: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the application */
      readonly applicationName: string;
      readonly body: ApplicationChange;
    };
    answer: ApplicationTokensAnswer;
  };
  /** Replace a certificate; JWKs made from it are updated or detached */
  updateCertificate: {
    input: {
      /** `true`: they get the new material; default `false`: detached */
      readonly updateReferencedJwks?: 'true' | 'false' | undefined;
      /** Whose JWKs they are; required with updateReferencedJwks */
      readonly updateScope?: 'SAME_PROJECT' | 'ALL_PROJECTS' | undefined;
      /** Name of the project */
      readonly projectName: string;
      /** Name of the certificate */
      readonly certificateName: string;
      readonly body: ReplaceCertificate;
    };
    answer: DeploymentAnswer;
  };
  /** Update an environment */
  updateEnvironment: {
    input: {
      /** Name of the environment */
      readonly environmentName: string;
      readonly body: EnvironmentChange;
    };
    answer: Success;
  };
  /** Update the description of a JWK, or replace its key */
  updateJwk: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the JWK */
      readonly jwkName: string;
      readonly body: UpdateJwk;
    };
    answer: DeploymentAnswer;
  };
  /** Replace a key; JWKs made from it are updated or detached */
  updateKey: {
    input: {
      /** `true`: they get the new material; default `false`: detached */
      readonly updateReferencedJwks?: 'true' | 'false' | undefined;
      /** Whose JWKs they are; required with updateReferencedJwks */
      readonly updateScope?: 'SAME_PROJECT' | 'ALL_PROJECTS' | undefined;
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key */
      readonly keyName: string;
      readonly body: ReplaceKey;
    };
    answer: DeploymentAnswer;
  };
  /** Update the policy of a key ring */
  updateKeyRing: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the key ring */
      readonly ringName: string;
      readonly body: UpdateKeyRing;
    };
    answer: DeploymentAnswer;
  };
  /** Replace a keystore; JWKs made from it are updated or detached */
  updateKeystore: {
    input: {
      /** `true`: they get the new material; default `false`: detached */
      readonly updateReferencedJwks?: 'true' | 'false' | undefined;
      /** Whose JWKs they are; required with updateReferencedJwks */
      readonly updateScope?: 'SAME_PROJECT' | 'ALL_PROJECTS' | undefined;
      /** Name of the project */
      readonly projectName: string;
      /** Name of the keystore */
      readonly keystoreName: string;
      readonly body: ReplaceKeystore;
    };
    answer: DeploymentAnswer;
  };
  /** Update an outlet */
  updateOutlet: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the outlet */
      readonly outletName: string;
      readonly body: OutletChange;
    };
    answer: DeploymentAnswer;
  };
  /** Update the description of a project, and choose the key ring of its historical keys and the key types of its JWK Set */
  updateProject: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      readonly body: ProjectChange;
    };
    answer: Success;
  };
  /** Update a token profile */
  updateTokenProfile: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the token profile */
      readonly tokenProfileName: string;
      readonly body: TokenProfileChange;
    };
    answer: DeploymentAnswer;
  };
  /** Update a user */
  updateUser: {
    input: {
      /** Name of the user */
      readonly username: string;
      readonly body: UserChange;
    };
    answer: Success;
  };
  /** Update a view */
  updateView: {
    input: {
      /** Name of the project */
      readonly projectName: string;
      /** Name of the view */
      readonly viewName: string;
      readonly body: ViewChange;
    };
    answer: DeploymentAnswer;
  };
}

/** How each operation is called. `repeatable`: it takes an Idempotency-Key. */
export const operations = {
  activateKey: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/key-rings/{ringName}/activate',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  adoptJwk: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}/adopt',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createApplication: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/applications',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createCertificate: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/certificates',
    query: [],
    body: 'form',
    answer: 'json',
    repeatable: true,
  },
  createEnrollmentToken: {
    method: 'POST',
    path: '/apiops/environments/{environmentName}/enrollment-tokens',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  createEnvironment: {
    method: 'POST',
    path: '/apiops/environments',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createJwk: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/jwks',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createKey: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/keys',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createKeyRing: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/key-rings',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createKeystore: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/keystores',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createOutlet: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/outlets',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createProject: {
    method: 'POST',
    path: '/apiops/projects',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createSession: {
    method: 'POST',
    path: '/apiops/auth/session',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  createToken: {
    method: 'POST',
    path: '/apiops/tokens',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  createTokenProfile: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/token-profiles',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createUser: {
    method: 'POST',
    path: '/apiops/users',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  createView: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/views',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  deleteApplication: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/applications/{applicationName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: true,
  },
  deleteCertificate: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/certificates/{certificateName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: true,
  },
  deleteEnrollmentToken: {
    method: 'DELETE',
    path: '/apiops/environments/{environmentName}/enrollment-tokens/{tokenId}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteEnvironment: {
    method: 'DELETE',
    path: '/apiops/environments/{environmentName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteJwk: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}',
    query: ['force', 'reason'],
    body: 'none',
    answer: 'json',
    repeatable: true,
  },
  deleteKey: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/keys/{keyName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: true,
  },
  deleteKeyRing: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/key-rings/{ringName}',
    query: ['force', 'reason'],
    body: 'none',
    answer: 'json',
    repeatable: true,
  },
  deleteKeystore: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/keystores/{keystoreName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: true,
  },
  deleteMember: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/members/{username}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteNode: {
    method: 'DELETE',
    path: '/apiops/environments/{environmentName}/nodes/{nodeName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteOutlet: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/outlets/{outletName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: true,
  },
  deleteProject: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteSession: {
    method: 'DELETE',
    path: '/apiops/auth/session',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteToken: {
    method: 'DELETE',
    path: '/apiops/tokens/{tokenName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteTokenProfile: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/token-profiles/{tokenProfileName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: true,
  },
  deleteUser: {
    method: 'DELETE',
    path: '/apiops/users/{username}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  deleteView: {
    method: 'DELETE',
    path: '/apiops/projects/{projectName}/views/{viewName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: true,
  },
  deliverOutlet: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/outlets/{outletName}/deliver',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  exportCertificate: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/certificates/{certificateName}/export',
    query: [],
    body: 'none',
    answer: 'file',
    repeatable: false,
  },
  exportJwkFile: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}/export-file',
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
  getApplication: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/applications/{applicationName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getCertificate: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/certificates/{certificateName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getJwk: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}',
    query: ['publicOnly'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getJwkDeployment: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}/deployment',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getJwkPublic: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}/public',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getKey: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keys/{keyName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getKeyRing: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/key-rings/{ringName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getKeyRingTimeline: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/key-rings/{ringName}/timeline',
    query: [
      'rotationInterval',
      'maxTokenLifetime',
      'verifierCacheTime',
      'clockSkew',
      'signingLease',
      'exportable',
      'environmentNames',
    ],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getKeystore: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keystores/{keystoreName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getOutlet: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/outlets/{outletName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getOverview: {
    method: 'GET',
    path: '/apiops/overview',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getRevocation: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/key-rings/{ringName}/revocations/{revocationId}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getSession: {
    method: 'GET',
    path: '/apiops/auth/session',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getTokenProfile: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/token-profiles/{tokenProfileName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  getView: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/views/{viewName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  holdKeyRing: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/key-rings/{ringName}/hold',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  importJwkFile: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/jwks/import-file',
    query: [],
    body: 'form',
    answer: 'json',
    repeatable: true,
  },
  inspectCertificate: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/certificates/inspect',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  inspectJwkSource: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/jwks/inspect',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  inspectKey: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/keys/inspect',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  inspectKeystore: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/keystores/inspect',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  listApplications: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/applications',
    query: ['page', 'size', 'sort', 'search', 'unusedForDays'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listAudit: {
    method: 'GET',
    path: '/apiops/audit',
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
    path: '/apiops/projects/{projectName}/certificates/{certificateName}/references',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listCertificates: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/certificates',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listEnrollmentTokens: {
    method: 'GET',
    path: '/apiops/environments/{environmentName}/enrollment-tokens',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listEnvironments: {
    method: 'GET',
    path: '/apiops/environments',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listEvents: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/events',
    query: ['after', 'limit', 'types', 'environmentName'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listJwkHistory: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}/history',
    query: ['page', 'size'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listJwks: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/jwks',
    query: [
      'page',
      'size',
      'sort',
      'search',
      'expiringWithin',
      'type',
      'use',
      'sourceType',
      'unusedForDays',
      'deployment',
      'withDeployments',
    ],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listKeyReferences: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keys/{keyName}/references',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listKeyRings: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/key-rings',
    query: ['page', 'size', 'sort', 'search', 'unusedForDays'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listKeys: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keys',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listKeystoreEntries: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keystores/{keystoreName}/entries',
    query: ['environmentName'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listKeystoreReferences: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keystores/{keystoreName}/references',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listKeystores: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/keystores',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listMembers: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/members',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listNodes: {
    method: 'GET',
    path: '/apiops/environments/{environmentName}/nodes',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listOutlets: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/outlets',
    query: [
      'page',
      'size',
      'sort',
      'search',
      'keyRingName',
      'jwkName',
      'viewName',
      'certificateName',
      'tokenProfileName',
    ],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listProjectEnvironments: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/environments',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listProjects: {
    method: 'GET',
    path: '/apiops/projects',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listTokenProfiles: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/token-profiles',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listTokens: {
    method: 'GET',
    path: '/apiops/tokens',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listTruststore: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/certificates/truststore/{environmentName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listUsage: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/usage',
    query: ['page', 'size', 'sort', 'jwkName', 'keyRingName', 'applicationName', 'from', 'to'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listUserTokens: {
    method: 'GET',
    path: '/apiops/users/{username}/tokens',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listUsers: {
    method: 'GET',
    path: '/apiops/users',
    query: ['page', 'size', 'sort', 'search'],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  listViews: {
    method: 'GET',
    path: '/apiops/projects/{projectName}/views',
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
    path: '/apiops/projects/{projectName}/members/{username}',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  readmitNode: {
    method: 'POST',
    path: '/apiops/environments/{environmentName}/nodes/{nodeName}/readmit',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  replaceApplicationToken: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/applications/{applicationName}/token',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  resumeKeyRing: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/key-rings/{ringName}/resume',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  revokeKey: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/key-rings/{ringName}/revoke',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  revokeUserToken: {
    method: 'DELETE',
    path: '/apiops/users/{username}/tokens/{tokenName}',
    query: [],
    body: 'none',
    answer: 'json',
    repeatable: false,
  },
  rotateKeyRing: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/key-rings/{ringName}/rotate',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  signIn: {
    method: 'POST',
    path: '/apiops/auth/token',
    query: [],
    body: 'urlencoded',
    answer: 'json',
    repeatable: false,
  },
  testOutlet: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/outlets/{outletName}/test',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  tryTokenProfile: {
    method: 'POST',
    path: '/apiops/projects/{projectName}/token-profiles/{tokenProfileName}/try',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  updateApplication: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/applications/{applicationName}',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  updateCertificate: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/certificates/{certificateName}',
    query: ['updateReferencedJwks', 'updateScope'],
    body: 'form',
    answer: 'json',
    repeatable: true,
  },
  updateEnvironment: {
    method: 'PUT',
    path: '/apiops/environments/{environmentName}',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  updateJwk: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/jwks/{jwkName}',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  updateKey: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/keys/{keyName}',
    query: ['updateReferencedJwks', 'updateScope'],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  updateKeyRing: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/key-rings/{ringName}',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  updateKeystore: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/keystores/{keystoreName}',
    query: ['updateReferencedJwks', 'updateScope'],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  updateOutlet: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/outlets/{outletName}',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  updateProject: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  updateTokenProfile: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/token-profiles/{tokenProfileName}',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
  },
  updateUser: {
    method: 'PUT',
    path: '/apiops/users/{username}',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: false,
  },
  updateView: {
    method: 'PUT',
    path: '/apiops/projects/{projectName}/views/{viewName}',
    query: [],
    body: 'json',
    answer: 'json',
    repeatable: true,
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
