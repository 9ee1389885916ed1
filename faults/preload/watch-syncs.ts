// Loaded before keyplane by `--import`: keeps beside SQLite's log (`*-wal`) what of it is on the disk for sure, so that a
// power cut can be played after a kill: `*-wal.synced` is what the last sync that succeeded had before it.
// With FAULT_SYNC_MS the disk is that slow, so that an answer that does not wait for it shows.
// While the file of FAULT_FAIL_SYNCS exists, every sync of a file fails as on a broken disk.

import { copyFileSync, existsSync, readlinkSync, renameSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const failing = process.env.FAULT_FAIL_SYNCS ?? '';
const anyFile = await open(fileURLToPath(import.meta.url), 'r');
const handles = Object.getPrototypeOf(anyFile) as FileHandle;
await anyFile.close();

function refuseIfTold(): void {
  if (failing === '' || !existsSync(failing)) return;
  throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO', syscall: 'fdatasync' });
}

const slowMs = Number(process.env.FAULT_SYNC_MS ?? 0);
let syncs = 0;
const { datasync, sync } = handles;
handles.sync = async function (this: FileHandle) {
  refuseIfTold();
  return sync.call(this);
};
handles.datasync = async function (this: FileHandle) {
  refuseIfTold();
  const path = readlinkSync(`/proc/self/fd/${this.fd}`);
  const isLog = path.endsWith('-wal');
  // Before, since what is written while the sync runs need not be part of it.
  syncs += 1;
  const pending = `${path}.pending-${syncs}`;
  if (isLog) copyFileSync(path, pending);
  if (isLog && slowMs > 0) await sleep(slowMs);
  await datasync.call(this);
  if (isLog) renameSync(pending, `${path}.synced`);
};
