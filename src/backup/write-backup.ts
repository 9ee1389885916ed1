// `keyplane backup`: one file with everything in the database, as of one moment, beside managers that go on
// writing. It is sealed as a whole: what the database keeps readable (names, public keys, the audit record,
// hashes of passwords) is readable in the file only with the master key.

import type { UnitOfWork } from '../unit-of-work.ts';
import { version } from '../version.ts';
import { newBackupKey } from './backup-header.ts';
import { recordLine } from './backup-records.ts';
import type { DumpStore, DumpStores } from './dump-store.ts';
import { writePrivateFile } from './private-file.ts';
import { sealChunks } from './sealed-chunks.ts';

/**
 * Rows about running managers, which do not exist after a restore. Leases are kept: their fences must not start again.
 */
const leftOut: ReadonlySet<string> = new Set(['managers']);

export interface BackupSummary {
  readonly createdAt: string;
  readonly schemaVersion: number;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
}

export interface BackupOrder {
  readonly file: string;
  /** 32 bytes; it must be the one that wraps the data keys in this database. */
  readonly masterKey: Buffer;
  readonly clock: () => Date;
}

/** @throws Error for the operator when the file cannot be written */
export async function writeBackup(
  store: Pick<UnitOfWork<DumpStores>, 'read'>,
  { file, masterKey, clock }: BackupOrder,
): Promise<BackupSummary> {
  const backupKey = newBackupKey(masterKey);
  const rows: Record<string, number> = {};
  const createdAt = clock().toISOString();
  return store.read(async ({ dump }) => {
    const schemaVersion = await dump.schemaVersion();
    const facts = { createdAt, version, schemaVersion };
    async function* contents(): AsyncGenerator<Buffer> {
      yield backupKey.header;
      yield* sealChunks(backupKey, lines(dump, facts, rows));
    }
    await writePrivateFile(file, contents());
    return { createdAt, schemaVersion, rows };
  });
}

async function* lines(
  dump: DumpStore,
  backup: { readonly createdAt: string; readonly version: string; readonly schemaVersion: number },
  rows: Record<string, number>,
): AsyncGenerator<Buffer> {
  yield recordLine({ backup });
  for (const table of await dump.tables()) {
    rows[table.name] = 0;
    yield recordLine({ table });
    if (leftOut.has(table.name)) continue;
    for await (const page of dump.rows(table)) {
      for (const row of page) yield recordLine({ row });
      rows[table.name] = (rows[table.name] ?? 0) + page.length;
    }
  }
  yield recordLine({ end: { rows } });
}
