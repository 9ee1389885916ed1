// A database as a manager of an older version left it: the same rows in the older schema.

import type { AuditRecord, AuditStore } from '../../../src/audit/audit-log.ts';
import { createAuditLog } from '../../../src/audit/create-audit-log.ts';
import type { DumpRow, DumpTable } from '../../../src/backup/dump-store.ts';
import { sealingOf } from '../../../src/sealing/open-sealing.ts';
import { openToRead } from '../../../src/store/dump/open-to-read.ts';
import { restoreInto } from '../../../src/store/dump/restore-into.ts';
import type { StoreOptions } from '../../../src/store/store.ts';

interface OlderVersion {
  readonly schema: number;
  isKey(row: DumpRow): boolean;
  /** What it had of an audit record of now; undefined: not even the record. */
  recordOf(record: AuditRecord): AuditRecord | undefined;
}

const protectAction = 'installation.protect';

/** The last one in which no row has a MAC. */
const withoutMacs: OlderVersion = {
  schema: 7,
  isKey: (row) => !row.includes('integrity'),
  recordOf: (record) => (record.action === protectAction ? undefined : record),
};

/** The last one in which the settings of projects, environments and the installation have none. */
const withoutSettingMacs: OlderVersion = {
  schema: 24,
  isKey: () => true,
  recordOf(record) {
    if (record.action !== protectAction) return record;
    const { settings: _settings, ...details } = record.details;
    return { ...record, details };
  },
};

/** @param masterKey base64 */
export function toSchemaWithoutMacs(options: StoreOptions, masterKey: string): Promise<void> {
  return toSchema(withoutMacs, options, masterKey);
}

/** @param masterKey base64 */
export function toSchemaWithoutSettingMacs(options: StoreOptions, masterKey: string): Promise<void> {
  return toSchema(withoutSettingMacs, options, masterKey);
}

async function toSchema(version: OlderVersion, options: StoreOptions, masterKey: string): Promise<void> {
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
  const records = found.records.flatMap((record) => version.recordOf(record) ?? []);
  const chain = await chainOf(auditKey, records);
  await restoreInto(options, async ({ recreate, stores }) => {
    await recreate(version.schema);
    for (const older of await stores.dump.tables()) {
      const now = found.tables.get(older.name);
      if (!now) continue;
      const columns = older.columns.map((column) => now.table.columns.indexOf(column));
      const rows = olderRows(older.name, now, { version, chain }).map((row) =>
        columns.map((place) => row[place] ?? null),
      );
      await stores.dump.insert(older, rows);
    }
  });
}

interface FoundTable {
  readonly table: DumpTable;
  readonly rows: readonly DumpRow[];
}

/** The columns of now, in rows as they were. */
function olderRows(
  name: string,
  { table, rows }: FoundTable,
  { version, chain }: { readonly version: OlderVersion; readonly chain: Chain },
): readonly DumpRow[] {
  const withValues = (row: DumpRow, values: Readonly<Record<string, DumpRow[number]>>) =>
    row.map((value, at) => {
      const column = table.columns[at] ?? '';
      return column in values ? (values[column] ?? null) : value;
    });
  switch (name) {
    case 'data_keys':
      return rows.filter(version.isKey);
    case 'audit_records': {
      const at = table.columns.indexOf('sequence');
      const older = rows.filter((row) => chain.records.has(Number(row[at])));
      return older.map((row) => withValues(row, chain.records.get(Number(row[at])) ?? {}));
    }
    // The records of the chain are of no lane.
    case 'audit_lanes':
      return [];
    case 'audit_head':
      return rows.map((row) => withValues(row, chain.head));
    default:
      return rows;
  }
}

interface Chain {
  /** By the sequence that they have now. */
  readonly records: ReadonlyMap<number, Readonly<Record<string, DumpRow[number]>>>;
  readonly head: { readonly sequence: number; readonly mark: Buffer };
}

/** What a chain of these records alone is. */
async function chainOf(auditKey: Buffer, records: readonly AuditRecord[]): Promise<Chain> {
  let head = { sequence: 0, mark: Buffer.alloc(32) };
  const made = new Map<number, Readonly<Record<string, DumpRow[number]>>>();
  let now = 0;
  const audit = {
    nextOpen: async () => undefined,
    listOpen: async () => [],
    head: async () => head,
    append: async ({ sequence, hash, details }: AuditRecord, mark: Buffer) => {
      made.set(now, { sequence, hash, details: JSON.stringify(details), lane: null, lane_number: null });
      head = { sequence, mark: Buffer.from(mark) };
    },
  } as unknown as AuditStore;
  for (const record of records) {
    now = record.sequence;
    await createAuditLog({ key: auditKey, clock: () => record.at }).append({ audit }, record);
  }
  return { records: made, head };
}
