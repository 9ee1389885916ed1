import { access } from 'node:fs/promises';
import { SqliteConnection } from '../sqlite/sqlite-connection.ts';
import { isBusy } from '../sqlite/sqlite-failure.ts';

/**
 * In WAL mode every connection holds a lock on the file for as long as it is open, and only the last one can
 * leave the mode. The lock ends with its process, so a manager that was killed holds none.
 * @throws Error for the operator while another process has the file open
 */
export async function refuseOpenFile(path: string): Promise<void> {
  try {
    await access(path);
  } catch {
    return;
  }
  const connection = new SqliteConnection(path, { timeout: 0 });
  try {
    connection.pragma('journal_mode = DELETE');
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw new Error(`A manager has the database file ${path} open. Stop it, then restore.`);
  } finally {
    connection.close();
  }
}
