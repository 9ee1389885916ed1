import type { Once } from '../idempotency/once.ts';
import type { Role } from './access-store.ts';

/** Who sent a request, as its token proves. */
export interface Caller {
  readonly userId: string;
  readonly username: string;
  readonly admin: boolean;
  readonly tokenId: string;
  /** How the token was come by; a session ends by itself. */
  readonly tokenKind: 'PERSONAL' | 'SESSION';
  readonly tokenExpiresAt: Date | null;
}

/** A project that the caller may see, and with which roles. */
export interface ProjectAccess {
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: readonly Role[];
}

/** On whose behalf, and where. */
export interface ProjectScope {
  readonly projectId: string;
  readonly projectName: string;
  readonly actor: string;
  /** Where the request has an `Idempotency-Key`. */
  readonly once?: Once | undefined;
}
