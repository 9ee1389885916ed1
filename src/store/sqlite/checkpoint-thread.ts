// The file the checkpoint thread runs: copies the log into the database and starts the log over, on request. The first
// frame of the new log is written here too, because its header has to be on the disk before any frame is.

import { parentPort, workerData } from 'node:worker_threads';
import SqliteDatabase from 'better-sqlite3';

const { path } = workerData as { path: string };
/** Readers hold the log for a moment; one that holds it longer leaves the rest to the next checkpoint. */
const database = new SqliteDatabase(path, { fileMustExist: true, timeout: 200 });
database.pragma('synchronous = FULL');
database.pragma('fullfsync = ON');
database.pragma('checkpoint_fullfsync = ON');

parentPort?.on('message', () => {
  try {
    const [answer] = database.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
    if (answer.busy === 0) database.pragma('user_version = 0');
    parentPort?.postMessage({ done: answer.busy === 0 });
  } catch {
    // A full or failing disk: the log stays as it is, and is tried again when it has grown further.
    parentPort?.postMessage({ done: false });
  }
});
parentPort?.postMessage('ready');
