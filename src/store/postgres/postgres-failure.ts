// What PostgreSQL's error codes (its manual, appendix A) and a broken connection mean to the one who asked.
// The server's `detail` shows whole rows and keys, so it is never taken over; its message and constraint are.

import pg from 'pg';
import { DatabaseFailure, failureTexts } from '../engine.ts';

const uniqueViolation = '23505';
const foreignKeyViolation = '23503';
/** A prepared statement that the server does not know, or knows already: the next connection names none. */
const nameCodes: ReadonlySet<string> = new Set(['26000', '42P05']);
const repeatCodes: ReadonlySet<string> = new Set(['40001', '40P01', ...nameCodes]);

/** Lock not available, disk full, memory, too many connections, read-only standby, cancelled, idle too long. */
const passingCodes: ReadonlySet<string> = new Set([
  '55P03',
  '53100',
  '53200',
  '53300',
  '25006',
  '57014',
  '25P03',
  '25P04',
]);
/** Connection exceptions and operator intervention such as a shutdown. */
const lostClasses: ReadonlySet<string> = new Set(['08', '57']);
/** Connection exceptions, the end of a server, idle in a transaction or in a session for too long. */
const endingCodes = /^(08...|57P..|25P03|25P04)$/;
/** Data exceptions quote the value they are about. */
const quotingClass = '22';

export function postgresFailure(error: unknown): DatabaseFailure {
  if (error instanceof DatabaseFailure) return error;
  if (!(error instanceof pg.DatabaseError)) {
    const { code, message } = error as NodeJS.ErrnoException;
    return new DatabaseFailure('unavailable', {
      publicText: failureTexts.unreachable,
      detail: code === undefined ? String(message) : `${code}: ${message}`,
    });
  }
  const code = error.code ?? '';
  const said = code.startsWith(quotingClass) ? '' : `: ${error.message}`;
  const detail = `${code}${said}`;
  if (code === uniqueViolation || code === foreignKeyViolation) {
    return new DatabaseFailure('conflict', { publicText: failureTexts.conflict, detail });
  }
  if (repeatCodes.has(code)) {
    return new DatabaseFailure('conflict', { publicText: failureTexts.conflict, detail, again: true });
  }
  if (passingCodes.has(code)) {
    return new DatabaseFailure('unavailable', { publicText: failureTexts.unwritable, detail });
  }
  if (lostClasses.has(code.slice(0, 2))) {
    return new DatabaseFailure('unavailable', { publicText: failureTexts.unreachable, detail });
  }
  return new DatabaseFailure('internal_error', { publicText: failureTexts.unexpected, detail });
}

/** Names of prepared statements mean something else on the server than here. */
export function isNameLost(error: unknown): boolean {
  return error instanceof pg.DatabaseError && nameCodes.has(error.code ?? '');
}

/** The connection is of no use any more: the server ended it, or it broke. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return true;
  // Severities are words of the server's language; codes are the same in all of them.
  return ['FATAL', 'PANIC'].includes(error.severity ?? '') || endingCodes.test(error.code ?? '');
}
