// What an environment is made of: itself, which projects reach it, the tokens that let nodes in, and the nodes.

export const environmentTypes = Object.freeze(['PRODUCTION', 'SANDBOX', 'TEST'] as const);
export type EnvironmentType = (typeof environmentTypes)[number];

export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly type: EnvironmentType;
  readonly accessUrl: string | null;
  /** Ids of the projects that reach it; null: every project does. */
  readonly projectIds: readonly string[] | null;
  /** Whether its nodes publish one set of all projects. */
  readonly environmentSet: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The row was altered outside keyplane: nothing is deployed from it. Checked when it is read here. */
  readonly altered?: boolean | undefined;
}

export interface EnrollmentToken {
  readonly id: string;
  readonly environmentId: string;
  /** Ed25519, raw: the token is its seed. Null for a token of the first release. */
  readonly publicKey: Buffer | null;
  /** SHA-256 of a token of the first release; of any other token it is the hash of its public key. */
  readonly hash: Buffer;
  /** `quickstart` tokens are replaced at each start; all others stay until revoked. */
  readonly label: string | null;
  readonly createdAt: Date;
  /** No node joins with it from then on; null: no end. */
  readonly expiresAt: Date | null;
  /** Keys that may ever be registered with it; null: any number. */
  readonly maxNodes: number | null;
  /** Keys that were registered with it, also those that were barred since. */
  readonly registered: number;
  /** Whether nodes that join with it are given private keys. */
  readonly privateKeys: boolean;
  /** The identity whose fingerprint is in the token; null for a token of the first release. */
  readonly identityId: string | null;
}

/** Label of the tokens that `npm start` replaces at each start. */
export const quickstartLabel = 'quickstart';

export interface RegisteredNode {
  readonly id: string;
  readonly environmentId: string;
  readonly name: string;
  readonly version: string | null;
  /** Highest environment revision the node confirmed; 0 before its first, also while it connects again. */
  readonly appliedRevision: number;
  /** By the clock of the database, when it confirmed that; null: it never confirmed any. */
  readonly appliedAt: Date | null;
  /** It has a stream, and the manager that has it is alive. */
  readonly connected: boolean;
  readonly lastSeenAt: Date | null;
  readonly createdAt: Date;
  /** The manager that has its stream, or had it last. */
  readonly managerId: string | null;
  /** What it refused since it last confirmed. */
  readonly refusal: NodeRefusal | null;
  /** Set while its history is another than that of the database: the revision that it has in its own. */
  readonly divergedRevision?: number;
  /** The key that it connects with; null for a node of the first release that did not reconnect yet. */
  readonly keyId: string | null;
  /** False: it is given public parts only. */
  readonly privateKeys: boolean;
  /** That it last connected from. */
  readonly address: string | null;
  /** How far its clock is ahead of the manager's, as last measured. */
  readonly clockOffsetMs: number | null;
  /** Without a manager for this long it serves no JWK Sets; null: it always does. */
  readonly serveLimitMs: number | null;
  /** It keeps no copy of what it was sent. */
  readonly ephemeral: boolean;
}

/** A key that a node was registered with. */
export interface NodeKey {
  readonly id: string;
  readonly environmentId: string;
  readonly name: string;
  /** Ed25519, raw. */
  readonly publicKey: Buffer;
  /** The enrollment token that it joined with, which may have been deleted. */
  readonly tokenId: string | null;
  readonly tokenName: string | null;
  readonly privateKeys: boolean;
  readonly registeredAt: Date;
  /** Why no node connects with it any more; null while it may. */
  readonly barred: BarredBecause | null;
}

/** An administrator removed the node, or revoked the token that it joined with. */
export type BarredBecause = 'removed' | 'revoked';

export interface NodeKeyStore {
  insert(key: NodeKey): Promise<void>;
  /** Whether it is barred or not. */
  find(environmentId: string, publicKey: Buffer): Promise<NodeKey | undefined>;
  /** All keys that ever had the name, the newest first; at most one of them is not barred. */
  listOfName(environmentId: string, name: string): Promise<readonly NodeKey[]>;
  /** Of these ids, those that are not barred. */
  accepted(ids: readonly string[]): Promise<ReadonlySet<string>>;
  bar(id: string, because: BarredBecause): Promise<void>;
  /** Bars all that joined with the token. @returns how many there were */
  barJoinedWith(tokenId: string): Promise<number>;
  /** Lifts the bar. */
  readmit(id: string): Promise<void>;
  /** Of all environments, for the doctor and the figures. */
  countBarred(): Promise<number>;
}

export interface NodeRefusal {
  readonly revision: number;
  readonly reason: string;
}

/** A stream of a node, as long as it is its latest. */
export interface HeldNode {
  readonly nodeId: string;
  readonly connection: number;
  readonly appliedRevision: number;
}

/** What decides whether a node is waited for, and what it is waited for with. */
export type ExpectedNode = Pick<
  RegisteredNode,
  'id' | 'environmentId' | 'name' | 'appliedRevision' | 'connected' | 'managerId' | 'refusal'
>;

export interface EnvironmentNodes {
  readonly environmentId: string;
  readonly environmentName: string;
  /** By name order. */
  readonly nodes: readonly ExpectedNode[];
}

export interface NodeClaim {
  readonly nodeId: string;
  readonly managerId: string;
  readonly version: string;
  readonly keyId: string;
  readonly privateKeys: boolean;
  readonly address: string | null;
  readonly clockOffsetMs: number | null;
  readonly serveLimitMs: number | null;
  readonly ephemeral: boolean;
}

export interface EnvironmentStore {
  /** By name order. */
  list(): Promise<readonly Environment[]>;
  /** Those that this project reaches, by name order. */
  listReachedBy(projectId: string): Promise<readonly Environment[]>;
  find(name: string): Promise<Environment | undefined>;
  get(id: string): Promise<Environment | undefined>;
  /** By id; those that are not there are left out. */
  names(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  insert(environment: Environment): Promise<void>;
  update(environment: Environment): Promise<void>;
  /** Takes its tokens, nodes, desired state and per-environment materials along. */
  delete(id: string): Promise<void>;
  /** What published or used keys there was removed just now, as a node is: see `nodeRemovedAt` of the rings. */
  markRemoval(ids: readonly string[]): Promise<void>;
}

export interface EnrollmentTokenStore {
  insert(token: EnrollmentToken): Promise<void>;
  findByKey(publicKey: Buffer): Promise<EnrollmentToken | undefined>;
  /** The oldest first. */
  list(environmentId: string): Promise<readonly EnrollmentToken[]>;
  /** One more key was registered with it. */
  countRegistration(id: string): Promise<void>;
  delete(id: string): Promise<void>;
  deleteLabelled(environmentId: string, label: string): Promise<number>;
}

/** A node whose history this manager's database does not know: it rejects changes and serves the state that it has. */
export interface DivergedNode {
  readonly nodeId: string;
  readonly environmentId: string;
  readonly name: string;
  /** What the node has. */
  readonly revision: number;
  readonly since: Date;
}

export interface NodeStore {
  /** By name order. */
  list(environmentId: string): Promise<readonly RegisteredNode[]>;
  find(environmentId: string, name: string): Promise<RegisteredNode | undefined>;
  insert(node: RegisteredNode): Promise<void>;
  /**
   * A manager takes over the node's stream: it is connected, has confirmed nothing yet, and what others say of its
   * earlier streams no longer counts. Answers the number of this connection; undefined for a node that is forgotten.
   */
  claim(claim: NodeClaim): Promise<number | undefined>;
  /** Of all environments. */
  count(): Promise<number>;
  /** All whose latest stream is this manager's, connected or not. */
  heldBy(managerId: string): Promise<readonly HeldNode[]>;
  /** What a deployment waits for, in one statement; environments that are not there are left out. */
  deployedIn(environmentIds: readonly string[]): Promise<readonly EnvironmentNodes[]>;
  /** Those of several environments. */
  listOf(environmentIds: readonly string[]): Promise<readonly RegisteredNode[]>;
  /**
   * A report of the use of keys is about to be counted. Answers whether it is news: a node sends a report again until it
   * knows that it was counted, each with a higher number than those before.
   */
  takeUsageReport(nodeId: string, report: number): Promise<boolean>;
  /** What was seen of many nodes, in one go. What is not of a node's latest stream is passed over. */
  record(statuses: readonly NodeStatus[]): Promise<void>;
  /** Those of a node's latest stream, in no order: a row that another transaction writes is left for the next heartbeat. */
  recordHeartbeats(heartbeats: readonly NodeHeartbeat[]): Promise<readonly RecordedHeartbeat[]>;
  /** Deletes the node, unless it has a later stream. */
  leave(stream: Pick<NodeHeartbeat, 'nodeId' | 'managerId' | 'connection'>): Promise<void>;
  delete(id: string): Promise<void>;
  /** Of all environments, by name order. */
  listDiverged(): Promise<readonly DivergedNode[]>;
  /** `divergence` undefined: its history agrees with this manager's again. */
  markDiverged(
    id: string,
    divergence: { readonly revision: number; readonly since: Date } | undefined,
  ): Promise<void>;
}

/** Recording it marks the node as seen, by the clock of the database. */
export interface NodeStatus {
  readonly nodeId: string;
  readonly managerId: string;
  readonly connection: number;
  readonly appliedRevision: number;
  readonly connected: boolean;
  readonly version: string | null;
  readonly refusal: NodeRefusal | null;
}

export interface NodeHeartbeat {
  readonly nodeId: string;
  readonly managerId: string;
  readonly connection: number;
  readonly clockOffsetMs: number;
}

export interface RecordedHeartbeat {
  readonly nodeId: string;
  /** Milliseconds since 1970 by the clock of the database. */
  readonly lastSeenAt: number;
}

/** Managers that run, by the database's clock: theirs may be off. */
export interface ManagerStore {
  /**
   * Before the first `beat`: deletes managers that stopped long ago, and all others where the database has one manager
   * only.
   */
  enter(): Promise<void>;
  /** It is alive. Makes its row where there is none. */
  beat(manager: RunningManager): Promise<void>;
  /** Ids of the managers that are alive: they recorded it in the last 5 s, or the database is not shared. */
  alive(): Promise<readonly string[]>;
  delete(id: string): Promise<void>;
}

export interface RunningManager {
  readonly id: string;
  readonly version: string;
}

export interface EnvironmentStores {
  readonly environments: EnvironmentStore;
  readonly enrollmentTokens: EnrollmentTokenStore;
  readonly nodes: NodeStore;
  readonly nodeKeys: NodeKeyStore;
  readonly managers: ManagerStore;
}
