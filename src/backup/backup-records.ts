// The content of an opened backup: lines of JSON. The first describes the backup; then each table has a line with its
// columns and a line for each row; the last counts the rows. Bytes are base64 under the name `b`, so that they cannot
// be confused with text.

import type { DumpRow, DumpTable, DumpValue } from './dump-store.ts';

export interface BackupFacts {
  readonly createdAt: string;
  /** Of the keyplane that made it. */
  readonly version: string;
  readonly schemaVersion: number;
}

export type BackupRecord =
  | { readonly backup: BackupFacts }
  | { readonly table: DumpTable }
  | { readonly row: DumpRow }
  | { readonly end: { readonly rows: Readonly<Record<string, number>> } };

/** A keystore of 10 MiB with its file in base64, and room. */
const longestLineBytes = 64 * 1024 * 1024;
const lineFeed = 0x0a;

export function recordLine(record: BackupRecord): Buffer {
  const value = 'row' in record ? record.row.map(plainValue) : record;
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

/** @throws Error for lines that are no records; these were sealed by us, so it is a mistake of our own */
export async function* readRecords(pieces: AsyncIterable<Buffer>): AsyncGenerator<BackupRecord> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const piece of pieces) {
    let start = 0;
    for (;;) {
      const end = piece.indexOf(lineFeed, start);
      if (end === -1) break;
      held.push(piece.subarray(start, end));
      yield recordOf(Buffer.concat(held).toString('utf8'));
      held = [];
      heldBytes = 0;
      start = end + 1;
    }
    held.push(piece.subarray(start));
    heldBytes += piece.length - start;
    if (heldBytes > longestLineBytes) throw new Error('A line of the backup is too long to be a row');
  }
  if (heldBytes > 0) throw new Error('The backup ends within a line');
}

function recordOf(line: string): BackupRecord {
  const value = JSON.parse(line);
  return Array.isArray(value) ? { row: value.map(dumpValue) } : value;
}

function plainValue(value: DumpValue): unknown {
  return Buffer.isBuffer(value) ? { b: value.toString('base64') } : value;
}

function dumpValue(value: string | number | null | { readonly b: string }): DumpValue {
  return typeof value === 'object' && value !== null ? Buffer.from(value.b, 'base64') : value;
}
