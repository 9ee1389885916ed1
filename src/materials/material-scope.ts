import type { Once } from '../idempotency/once.ts';

/** On whose behalf, and where. */
export interface MaterialScope {
  readonly projectId: string;
  readonly projectName: string;
  readonly actor: string;
  /** Where the request has an `Idempotency-Key`. */
  readonly once?: Once | undefined;
}
