// A database as a manager of the last version without MACs left it: the same rows in the older schema.

import type { AuditRecord, AuditStore } from '../../../src/audit/audit-log.ts';
import { createAuditLog } from '../../../src/audit/create-audit-log.ts';
import type { DumpRow, DumpTable } from '../../../src/backup/dump-store.ts';
import { sealingOf } from '../../../src/sealing/open-sealing.ts';
import { openToRead } from '../../../src/store/dump/open-to-read.ts';
import { restoreInto } from '../../../src/store/dump/restore-into.ts';
import type { StoreOptions } from '../../../src/store/store.ts';

/** The last one in which no row has a MAC. */
const lastWithoutMacs = 7;

/** @param masterKey base64 */
export async function toSchemaWithoutMacs(options: StoreOptions, masterKey: string): Promise<void> {
  const store = await openToRead(options);
  const found = await store.read(async ({ dump, audit, dataKeys }) => {
    const tables = new Map<string, { table: DumpTable; rows: DumpRow[] }>();
    for (const table of await dump.tables()) {
      const rows: DumpRow[] = [];
      for await (const page of dump.rows(table)) rows.push(...page);
      tables.set(table.name, { table, rows });
    }
    return { tables, records: await audit.list(0, 1000), keys: await dataKeys.list() };
  });
  await store.close();
  const { auditKey } = sealingOf(found.keys, Buffer.from(masterKey, 'base64'), 'The master key');
  const chain = await chainOf(auditKey, found.records.filter(isOlderRecord));
  await restoreInto(options, async ({ recreate, stores }) => {
    await recreate(lastWithoutMacs);
    for (const older of await stores.dump.tables()) {
      const now = found.tables.get(older.name);
      if (!now) continue;
      const columns = older.columns.map((column) => now.table.columns.indexOf(column));
      const rows = olderRows(older.name, now, chain).map((row) => columns.map((place) => row[place] ?? null));
      await stores.dump.insert(older, rows);
    }
  });
}

interface FoundTable {
  readonly table: DumpTable;
  readonly rows: readonly DumpRow[];
}

/** The columns of now, in rows as they were. */
function olderRows(name: string, { table, rows }: FoundTable, chain: Chain): readonly DumpRow[] {
  const withValues = (row: DumpRow, values: Readonly<Record<string, DumpRow[number]>>) =>
    row.map((value, at) => {
      const column = table.columns[at] ?? '';
      return column in values ? (values[column] ?? null) : value;
    });
  switch (name) {
    case 'data_keys':
      return rows.filter(isOlderKey);
    case 'audit_records': {
      const at = table.columns.indexOf('action');
      const older = rows.filter((row) => row[at] !== protectAction);
      return older.map((row, index) => withValues(row, chain.records[index] ?? {}));
    }
    case 'audit_head':
      return rows.map((row) => withValues(row, chain.head));
    default:
      return rows;
  }
}

interface Chain {
  readonly records: readonly { readonly sequence: number; readonly hash: Buffer }[];
  readonly head: { readonly sequence: number; readonly mark: Buffer };
}

/** What a chain of these records alone is. */
async function chainOf(auditKey: Buffer, records: readonly AuditRecord[]): Promise<Chain> {
  let head = { sequence: 0, mark: Buffer.alloc(32) };
  const made: { sequence: number; hash: Buffer }[] = [];
  const audit = {
    nextOpen: async () => undefined,
    listOpen: async () => [],
    head: async () => head,
    append: async ({ sequence, hash }: AuditRecord, mark: Buffer) => {
      made.push({ sequence, hash });
      head = { sequence, mark: Buffer.from(mark) };
    },
  } as unknown as AuditStore;
  for (const record of records) {
    await createAuditLog({ key: auditKey, clock: () => record.at }).append({ audit }, record);
  }
  return { records: made, head };
}

function isOlderKey(row: DumpRow): boolean {
  return !row.includes('integrity');
}

const protectAction = 'installation.protect';

function isOlderRecord({ action }: AuditRecord): boolean {
  return action !== protectAction;
}
