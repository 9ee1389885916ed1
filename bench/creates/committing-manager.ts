// A measured manager whose commits can be made otherwise than in groups: left out, so that the rest of a create shows
// what it costs, or one for each create, waited for on the spot as a plain program would. For comparing, never for use.

import { fdatasyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { processEnvironment } from '../../src/config.ts';
import { SqliteConnection } from '../../src/store/sqlite/sqlite-connection.ts';

export type CommitMode = 'in groups' | 'left out' | 'one each';

let mode: CommitMode = 'in groups';
let log = 0;
let writer: SqliteConnection | undefined;

const handle = await open(import.meta.filename);
const file = Object.getPrototypeOf(handle) as { datasync: () => Promise<void> };
await handle.close();

const { run } = SqliteConnection.prototype;
const { datasync } = file;
const isNothing = { rows: [], numAffectedRows: 0n };
const alone: Readonly<Record<string, readonly string[]>> = {
  'savepoint write': [],
  'release savepoint write': ['commit', 'begin immediate'],
};

file.datasync = async function waited(this: unknown) {
  if (mode === 'in groups') await datasync.call(this as never);
};
SqliteConnection.prototype.run = function committing<Row>(
  this: SqliteConnection,
  sql: string,
  parameters: readonly unknown[] = [],
) {
  const plain = (text: string) => run.call(this, text, parameters) as ReturnType<typeof run<Row>>;
  if (sql === 'begin immediate') writer = this;
  if (mode === 'left out' && (sql === 'commit' || (sql === 'begin immediate' && this.isInTransaction))) {
    return isNothing;
  }
  const steps = mode === 'one each' ? alone[sql] : undefined;
  if (steps === undefined) return plain(sql);
  for (const step of steps) {
    plain(step);
    if (step === 'commit') fdatasyncSync(log);
  }
  return isNothing;
};

process.on('message', (question: { readonly commit?: CommitMode }) => {
  if (question.commit === undefined) return;
  if (writer?.isInTransaction) writer.run('rollback');
  if (log === 0) log = openSync(join(processEnvironment().KEYPLANE_DATA_DIR ?? '', 'keyplane.db-wal'), 'r+');
  mode = question.commit;
  process.send?.(mode);
});

await import('../measured-manager.ts');
