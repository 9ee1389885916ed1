import type { IdempotencyMark } from '../idempotency/idempotency-mark.ts';
import type { NarrowedProject, Role } from './access-store.ts';

/** Who sent a request, as its token proves. */
export interface Caller {
  readonly userId: string;
  readonly username: string;
  /** Whether the request may do everything; never with a narrowed token. */
  readonly admin: boolean;
  /** Null: the token has all permissions of its user. */
  readonly narrowed: Narrowed | null;
  readonly tokenId: string;
  /** How the token was come by; a session ends by itself. */
  readonly tokenKind: 'PERSONAL' | 'SESSION';
  readonly tokenExpiresAt: Date | null;
}

/** What a narrowed token is limited to. */
export interface Narrowed {
  /** Whether its user is an administrator, who has every role in every project. */
  readonly ofAdmin: boolean;
  readonly projects: readonly NarrowedProject[];
}

/** A project that the caller may see, and with which roles. */
export interface ProjectAccess {
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: readonly Role[];
  /** The row of the project was altered outside keyplane. */
  readonly altered?: true;
}

/** On whose behalf, and where. */
export interface ProjectScope {
  readonly projectId: string;
  readonly projectName: string;
  readonly actor: string;
  /** Where the request has an `Idempotency-Key`. */
  readonly once?: IdempotencyMark | undefined;
}
