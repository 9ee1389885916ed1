// How transactions begin: their limits, and the advisory locks that they hold until they end.

import { createHash } from 'node:crypto';
import type { Mode } from '../engine.ts';

/** `keyplane` in ASCII, as far as it fits; advisory locks of one database are distinguished by number. */
const writerLock = 0x6b6579706c61;

const limits = `set local statement_timeout = '30s'; set local lock_timeout = '10s'`;
const readLimits = `${limits}; set local idle_in_transaction_session_timeout = '30s'`;
/**
 * A manager that hangs, or whose host vanished, keeps its locks this long: less than others wait for them, so that their
 * writes are late and not rejected.
 */
const writeLimits = `${limits}; set local idle_in_transaction_session_timeout = '8s'`;
/** A server with `synchronous_commit = off` would acknowledge commits that a crash can undo. */
const durable = `select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') = 'off'`;
const beginRead = `start transaction isolation level repeatable read, read only; ${readLimits}`;
const beginReadWrite = `start transaction isolation level read committed, read write; ${writeLimits}`;
export const beginAsyncCommit = `${beginReadWrite}; set local synchronous_commit = off`;

export function beginStatement(mode: Mode, projectIds: readonly string[]): string {
  switch (mode) {
    case 'read':
      return beginRead;
    case 'write':
      return `${beginReadWrite}; ${durable}; select pg_advisory_xact_lock(${writerLock})`;
    case 'within':
      return [
        `${beginReadWrite}; ${durable}; select pg_advisory_xact_lock_shared(${writerLock})`,
        ...projectLocks(projectIds).map(
          (lock) => `select pg_advisory_xact_lock(${projectLockClass}, ${lock})`,
        ),
      ].join('; ');
    case 'asyncCommit':
      return beginAsyncCommit;
    default:
      return mode satisfies never;
  }
}

/** `kp` in ASCII: advisory locks of two numbers are apart from those of one. */
const projectLockClass = 0x6b70;

/** In one order for all managers, so that no two can wait for each other. Projects of one number only wait needlessly. */
function projectLocks(projectIds: readonly string[]): readonly number[] {
  const numbers = projectIds.map((id) => createHash('sha256').update(id).digest().readInt32BE());
  return [...new Set(numbers)].sort((a, b) => a - b);
}
