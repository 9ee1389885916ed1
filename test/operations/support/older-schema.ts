// A database as a manager of the last version without MACs left it: the same rows in the older schema.

import type { AuditRecord } from '../../../src/audit/audit-log.ts';
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
  await restoreInto(options, async ({ recreate, stores }) => {
    await recreate(lastWithoutMacs);
    for (const older of await stores.dump.tables()) {
      const now = found.tables.get(older.name);
      if (!now || older.name.startsWith('audit_')) continue;
      const at = older.columns.map((column) => now.table.columns.indexOf(column));
      const rows = now.rows.map((row) => at.map((place) => row[place] ?? null));
      await stores.dump.insert(older, older.name === 'data_keys' ? rows.filter(isOlderKey) : rows);
    }
    for (const record of found.records.filter(isOlderRecord)) {
      await createAuditLog({ key: auditKey, clock: () => record.at }).append(stores, record);
    }
  });
}

function isOlderKey(row: DumpRow): boolean {
  return !row.includes('integrity');
}

function isOlderRecord({ action }: AuditRecord): boolean {
  return action !== 'installation.protect';
}
