import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newBackupKey } from '../../src/backup/backup-header.ts';
import { recordLine } from '../../src/backup/backup-records.ts';
import { writePrivateFile } from '../../src/backup/private-file.ts';
import { verifyBackup } from '../../src/backup/restore-backup.ts';
import { sealChunks } from '../../src/backup/sealed-chunks.ts';

const masterKey = randomBytes(32);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplane-backup-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** An authentic backup of one row that claims the given number of rows. */
async function backupThatCounts(rows: Record<string, number>): Promise<string> {
  const file = join(folder, 'backup');
  const backupKey = newBackupKey(masterKey);
  async function* lines() {
    yield recordLine({ backup: { createdAt: '2030-01-31T12:00:00.000Z', version: '1', schemaVersion: 1 } });
    yield recordLine({ table: { name: 'projects', columns: ['id'] } });
    yield recordLine({ row: ['a-project'] });
    yield recordLine({ end: { rows } });
  }
  async function* contents() {
    yield backupKey.header;
    yield* sealChunks(backupKey, lines());
  }
  await writePrivateFile(file, contents());
  return file;
}

test('an authentic backup with the number of its rows is whole', async () => {
  const { rows } = await verifyBackup(await backupThatCounts({ projects: 1 }), masterKey);
  expect(rows).toEqual({ projects: 1 });
});

test.each([{ projects: 2 }, { projects: 0 }, {}, { projects: 1, users: 1 }])(
  'an authentic backup of one row that counts %j is rejected',
  async (rows) => {
    const file = await backupThatCounts(rows as Record<string, number>);
    await expect(verifyBackup(file, masterKey)).rejects.toThrow('does not hold as many rows as it says');
  },
);
