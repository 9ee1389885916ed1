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
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface EnrollmentToken {
  readonly id: string;
  readonly environmentId: string;
  /** SHA-256 of the token. */
  readonly hash: Buffer;
  /** `quickstart` tokens are replaced at each start; all others stay until revoked. */
  readonly label: string | null;
  readonly createdAt: Date;
}

/** Of the tokens that `npm start` makes anew each time. */
export const quickstartLabel = 'quickstart';

export interface RegisteredNode {
  readonly id: string;
  readonly environmentId: string;
  readonly name: string;
  readonly version: string | null;
  /** Highest environment revision the node confirmed; 0 before its first. */
  readonly appliedRevision: number;
  readonly connected: boolean;
  readonly lastSeenAt: Date | null;
  readonly createdAt: Date;
}

export interface EnvironmentStore {
  /** By name order. */
  list(): Promise<readonly Environment[]>;
  /** Those that this project reaches, by name order. */
  listReachedBy(projectId: string): Promise<readonly Environment[]>;
  find(name: string): Promise<Environment | undefined>;
  get(id: string): Promise<Environment | undefined>;
  insert(environment: Environment): Promise<void>;
  update(environment: Environment): Promise<void>;
  /** Takes its tokens, nodes, desired state and per-environment materials along. */
  delete(id: string): Promise<void>;
}

export interface EnrollmentTokenStore {
  insert(token: EnrollmentToken): Promise<void>;
  findByHash(hash: Buffer): Promise<EnrollmentToken | undefined>;
  /** The oldest first. */
  list(environmentId: string): Promise<readonly EnrollmentToken[]>;
  /** Of these ids, those that are not revoked. */
  existing(ids: readonly string[]): Promise<ReadonlySet<string>>;
  delete(id: string): Promise<void>;
  deleteLabelled(environmentId: string, label: string): Promise<number>;
}

/** A node whose history is not that of this manager's database: it refuses what it is sent, and serves what it has. */
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
  /** What was seen of many nodes, in one go. Nodes that were forgotten meanwhile are passed over. */
  record(sightings: readonly NodeSighting[]): Promise<void>;
  delete(id: string): Promise<void>;
  /** Of all environments, by name order. */
  listDiverged(): Promise<readonly DivergedNode[]>;
  /** `divergence` undefined: it is of one mind with this manager again. */
  markDiverged(
    id: string,
    divergence: { readonly revision: number; readonly since: Date } | undefined,
  ): Promise<void>;
}

export interface NodeSighting {
  readonly nodeId: string;
  readonly appliedRevision: number;
  readonly connected: boolean;
  readonly version: string | null;
  readonly lastSeenAt: Date;
}

export interface EnvironmentNouns {
  readonly environments: EnvironmentStore;
  readonly enrollmentTokens: EnrollmentTokenStore;
  readonly nodes: NodeStore;
}
