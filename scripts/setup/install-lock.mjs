// One installation at a time in a checkout, also when two first starts come at once.

import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../places.mjs';

/** Not in node_modules, which an installation may take away. */
const lockFile = join(root, '.install.lock');
const ownFile = `${lockFile}.${process.pid}`;
const pollMs = 200;

/** Runs `work` while no other process of this checkout installs. The lock of a process that died is taken over. */
export async function withInstallLock(work) {
  await acquire();
  const release = () => rmSync(lockFile, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function acquire() {
  let told = false;
  while (!tryAcquire()) {
    if (!told) process.stderr.write('Another start is installing the dependencies; waiting for it…\n');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function tryAcquire() {
  // Linked rather than created, so that the lock never exists without the process id in it.
  writeFileSync(ownFile, String(process.pid));
  try {
    linkSync(ownFile, lockFile);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw new Error(`Cannot write in this checkout (${error.code}).`);
  } finally {
    unlinkSync(ownFile);
  }
  clearDeadLock();
  return false;
}

function clearDeadLock() {
  const taken = `${ownFile}.taken`;
  try {
    if (isAlive(readFileSync(lockFile, 'utf8'))) return;
    renameSync(lockFile, taken);
  } catch {
    return; // Removed meanwhile.
  }
  // Between the two another process may have cleared it and taken the lock: then it gets its lock back.
  try {
    if (isAlive(readFileSync(taken, 'utf8'))) linkSync(taken, lockFile);
  } finally {
    unlinkSync(taken);
  }
}

function isAlive(pid) {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
