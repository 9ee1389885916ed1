// What SQLite's result codes (sqlite.org/rescode.html) mean to the one who asked.

import SqliteDatabase from 'better-sqlite3';
import { DatabaseFailure, failureTexts } from '../engine.ts';

const constraintCodes: ReadonlySet<string> = new Set([
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  'SQLITE_CONSTRAINT_FOREIGNKEY',
]);

/** The machine or another process is in the way, not the statement; extended codes begin with these. */
const passingCodes = [
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
  'SQLITE_NOMEM',
  'SQLITE_PROTOCOL',
];

export function isBusy(error: unknown): boolean {
  return error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** The disk is full, or the file cannot grow. */
export function isOutOfRoom(error: unknown): boolean {
  if (!(error instanceof SqliteDatabase.SqliteError)) return false;
  return error.code === 'SQLITE_FULL' || error.code === 'SQLITE_IOERR_WRITE';
}

/** Anything else than SQLite's own errors is given back as it is. SQLite's texts hold no values. */
export function sqliteFailure(error: unknown): unknown {
  if (!(error instanceof SqliteDatabase.SqliteError)) return error;
  const { code } = error;
  const detail = `${code}: ${error.message}`;
  if (constraintCodes.has(code)) {
    return new DatabaseFailure('conflict', { publicText: failureTexts.conflict, detail });
  }
  if (passingCodes.some((passing) => code.startsWith(passing))) {
    return new DatabaseFailure('unavailable', { publicText: failureTexts.unwritable, detail });
  }
  return new DatabaseFailure('internal_error', { publicText: failureTexts.unexpected, detail });
}
