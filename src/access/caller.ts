import type { Role } from './access-store.ts';

/** Who sent a request, as its token proves. */
export interface Caller {
  readonly userId: string;
  readonly username: string;
  readonly admin: boolean;
  readonly tokenId: string;
}

/** A project that the caller may see, and with which roles. */
export interface ProjectAccess {
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: readonly Role[];
}
