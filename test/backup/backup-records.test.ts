import { expect, test } from 'vitest';
import { type BackupRecord, readRecords, recordLine } from '../../src/backup/backup-records.ts';

const records: readonly BackupRecord[] = [
  { backup: { createdAt: 'now', version: '1', schemaVersion: 1 } },
  { row: [1, null, 'text', Buffer.from('bytes')] },
  { end: { rows: { users: 1 } } },
];
const whole = Buffer.concat(records.map(recordLine));

async function read(...pieces: readonly Buffer[]): Promise<readonly BackupRecord[]> {
  async function* given() {
    yield* pieces;
  }
  const found: BackupRecord[] = [];
  for await (const record of readRecords(given())) found.push(record);
  return found;
}

test('records are read wherever their bytes are cut', async () => {
  for (let at = 0; at <= whole.length; at += 1)
    expect(await read(whole.subarray(0, at), whole.subarray(at))).toEqual(records);
});

test('bytes that end within a line are an error', async () => {
  for (const missing of [1, 5]) {
    await expect(read(whole.subarray(0, whole.length - missing))).rejects.toThrow('ends within a line');
  }
});
