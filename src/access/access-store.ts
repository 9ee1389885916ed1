// What access keeps: users, tokens, projects and who is a member of which with which roles.

import type { AuditStore } from '../audit/audit-log.ts';
import type { IdempotencyStores } from '../idempotency/idempotency-store.ts';

export const roles = Object.freeze([
  'ROLE_ADMIN',
  'ROLE_API_SECURITY',
  'ROLE_MANAGE_PROXIES',
  'ROLE_DEPLOY_UNDEPLOY_PROXIES',
  'ROLE_READ_PRIVATE_KEYS',
] as const);
export type Role = (typeof roles)[number];

export interface User {
  readonly id: string;
  readonly username: string;
  /** argon2id in PHC string form. */
  readonly passwordHash: string;
  readonly admin: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Token {
  readonly id: string;
  readonly userId: string;
  /** Unique among the user's personal tokens; access tokens of a sign-in have none. */
  readonly name: string | null;
  /** SHA-256 of the token; the token itself is kept nowhere. */
  readonly hash: Buffer;
  readonly kind: 'PERSONAL' | 'SESSION';
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** Null: the token has all permissions of its user. */
  readonly projects: readonly NarrowedProject[] | null;
  /** Minutes late, and of personal tokens only; null: not used yet. */
  readonly lastUsedAt: Date | null;
}

/** One of the projects that a narrowed token sees, and at most which roles it has there. */
export interface NarrowedProject {
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: readonly Role[];
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** The key ring that signs its historical keys; null: its only SIGNATURE ring. */
  readonly historicalKeyRingName: string | null;
  /** Key types in its own JWK Set, of those with a public half; null: the default ones. */
  readonly publishKeyTypes: readonly string[] | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The row was altered outside keyplane: nothing is deployed from it. Checked when it is read here. */
  readonly altered?: boolean | undefined;
}

export interface UserStore {
  count(): Promise<number>;
  list(): Promise<readonly User[]>;
  find(username: string): Promise<User | undefined>;
  insert(user: User): Promise<void>;
  update(user: User): Promise<void>;
  /** Takes the user's tokens and memberships along. */
  delete(id: string): Promise<void>;
}

export interface TokenStore {
  /** The token of this hash with its user, expired or not. */
  findByHash(hash: Buffer): Promise<{ readonly token: Token; readonly user: User } | undefined>;
  listPersonal(userId: string): Promise<readonly Token[]>;
  findPersonal(userId: string, name: string): Promise<Token | undefined>;
  insert(token: Token): Promise<void>;
  delete(id: string): Promise<void>;
  /** Deletes every token of a user and of this kind but the one of `exceptId`; returns how many. */
  deleteOfUser(userId: string, kind: Token['kind'], exceptId?: string): Promise<number>;
  recordUse(id: string, usedAt: Date): Promise<void>;
  /**
   * Removes some of the sessions that expired so long ago by the database's clock, and returns how many. Personal
   * tokens are kept until their owner deletes them: a clock that was wrong for a moment must not remove them.
   */
  pruneSessions(expiredForMs: number, limit: number): Promise<number>;
}

export interface ProjectStore {
  /** By name order. */
  list(): Promise<readonly Project[]>;
  find(name: string): Promise<Project | undefined>;
  get(id: string): Promise<Project | undefined>;
  insert(project: Project): Promise<void>;
  /** @throws KeyplaneError for one that is `altered` */
  update(project: Project): Promise<void>;
  /** Takes everything of the project along, members and environment links too. */
  delete(id: string): Promise<void>;
}

/** A user in a project. */
export interface Member {
  readonly username: string;
  readonly roles: readonly Role[];
}

/** A project, and what the user may do in it. */
export interface Membership {
  readonly project: Project;
  readonly roles: readonly Role[];
}

export interface MemberStore {
  /** Undefined when the user is no member. */
  rolesOf(projectId: string, userId: string): Promise<readonly Role[] | undefined>;
  /** By the name of the user. */
  listOfProject(projectId: string): Promise<readonly Member[]>;
  /** By the name of the project. */
  listOfUser(userId: string): Promise<readonly Membership[]>;
  put(projectId: string, userId: string, memberRoles: readonly Role[]): Promise<void>;
  delete(projectId: string, userId: string): Promise<boolean>;
}

export interface AccessStores {
  readonly users: UserStore;
  readonly tokens: TokenStore;
  readonly projects: ProjectStore;
  readonly members: MemberStore;
}

export type AuditedAccessStores = AccessStores & IdempotencyStores & { readonly audit: AuditStore };
