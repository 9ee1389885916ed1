// `keyplane restore`: restores a backup into a database, completely or not at all. The whole file is read before a byte
// is written, so a wrong master key or a damaged file changes nothing; what was written is verified before the commit.
// A database that is not empty is rejected without --replace, and so is a schema newer than this version's.

import type { BackupFacts, BackupRecord } from './backup-records.ts';
import type { DumpRow, DumpStores, DumpTable, RestoreTarget } from './dump-store.ts';
import { openBackup } from './open-backup.ts';

export interface BackupContents {
  readonly facts: BackupFacts;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Reads all of it: every byte is what was written, and as many rows as were.
 * @throws Error for the operator
 */
export async function verifyBackup(file: string, masterKey: Buffer): Promise<BackupContents> {
  const rows: Record<string, number> = {};
  let facts: BackupFacts | undefined;
  let counted: BackupContents['rows'] | undefined;
  let table = '';
  for await (const record of openBackup(file, masterKey)) {
    if ('backup' in record) facts = record.backup;
    else if ('table' in record) {
      table = record.table.name;
      rows[table] = 0;
    } else if ('row' in record) rows[table] = (rows[table] ?? 0) + 1;
    else counted = record.end.rows;
  }
  if (!facts || !counted || !isSame(rows, counted)) {
    throw new Error(`${file} does not hold as many rows as it says. Take another backup.`);
  }
  return { facts, rows };
}

export interface RestoreOrder<Stores> {
  readonly file: string;
  /** 32 bytes. */
  readonly masterKey: Buffer;
  /** Whether what the database holds may go. */
  readonly replace: boolean;
  readonly newestSchema: number;
  /** Within the transaction, once all rows are there in the schema of this program. @throws what undoes it all */
  readonly finish: (target: RestoreTarget<Stores>) => Promise<void>;
}

/** @param into opens the database, gives one transaction and commits it when the work resolves */
export async function restoreBackup<Stores extends DumpStores>(
  into: <T>(work: (target: RestoreTarget<Stores>) => Promise<T>) => Promise<T>,
  order: RestoreOrder<Stores>,
): Promise<BackupContents> {
  const { file, masterKey, newestSchema } = order;
  const contents = await verifyBackup(file, masterKey);
  const { schemaVersion, version } = contents.facts;
  if (schemaVersion > newestSchema) {
    throw new Error(
      `${file} has schema version ${schemaVersion}, of keyplane ${version}; this one knows versions up to ${newestSchema}. Restore it with that keyplane or a newer one.`,
    );
  }
  await into(async (target) => {
    await refuseFilled(target, order.replace);
    await target.recreate(schemaVersion);
    await fill(target.stores, openBackup(file, masterKey));
    await refuseOtherCounts(target.stores, contents);
    await target.migrate();
    await order.finish(target);
  });
  return contents;
}

async function refuseFilled<Stores>(target: RestoreTarget<Stores>, replace: boolean): Promise<void> {
  const foreign = await target.foreignTables();
  if (foreign.length > 0) {
    throw new Error(
      `The database holds tables that are not keyplane's (${foreign.slice(0, 3).join(', ')}). Give it an empty one.`,
    );
  }
  const filled = await target.filledTables();
  if (filled.length > 0 && !replace) {
    throw new Error(
      `The database is not empty (there are rows in ${filled.slice(0, 3).join(', ')}). Give an empty one, or --replace to put the backup in the place of all that it holds.`,
    );
  }
}

const rowsPerInsert = 200;

async function fill({ dump }: DumpStores, records: AsyncIterable<BackupRecord>): Promise<void> {
  const own = new Map((await dump.tables()).map((table) => [table.name, table]));
  let table: DumpTable | undefined;
  let rows: DumpRow[] = [];
  const flush = async () => {
    if (table !== undefined && rows.length > 0) await dump.insert(table, rows);
    rows = [];
  };
  for await (const record of records) {
    if ('table' in record) {
      await flush();
      table = record.table;
      const here = own.get(table.name);
      const columns = new Set(here?.columns);
      if (!here || table.columns.some((column) => !columns.has(column))) {
        throw new Error(`The backup has a table ${table.name} that its schema version does not have.`);
      }
    } else if ('row' in record) {
      rows.push(record.row);
      // A row of a keystore is large; a few hundred of them would be gigabytes.
      if (rows.length >= rowsPerInsert || record.row.some(isLarge)) await flush();
    }
  }
  await flush();
}

function isLarge(value: DumpRow[number]): boolean {
  return Object(value).length > 65_536;
}

async function refuseOtherCounts({ dump }: DumpStores, { rows }: BackupContents): Promise<void> {
  for (const table of await dump.tables()) {
    const found = await dump.count(table);
    if (found !== (rows[table.name] ?? 0)) {
      throw new Error(
        `The database took ${found} rows of ${table.name}, not ${rows[table.name]}. Nothing was restored.`,
      );
    }
  }
}

function isSame(a: BackupContents['rows'], b: BackupContents['rows']): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
