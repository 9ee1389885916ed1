// Sees to it that the dependencies of package-lock.json are there. Costs a few milliseconds where they are.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modules, neededMajor, pinnedNode, root } from '../places.mjs';

/** Holds the hash of the package-lock.json that was installed. */
const stampFile = join(modules, '.keyplane-stamp');

/** @throws Error with a text for the terminal when the dependencies cannot be installed */
export async function prepare() {
  if (isFresh()) return;
  const { withInstallLock } = await import('./install-lock.mjs');
  await withInstallLock(async () => {
    // Another start may have done it while we waited for the lock.
    if (isFresh()) return;
    const { install, isInstalled } = await import('./install.mjs');
    if (!isInstalled()) await install();
    const { compileAhead } = await import('./compile-ahead.mjs');
    await compileAhead();
    writeFileSync(stampFile, stamp());
  });
}

function isFresh() {
  try {
    return readFileSync(stampFile, 'utf8') === stamp() && hasNode();
  } catch {
    return false;
  }
}

function hasNode() {
  return existsSync(pinnedNode) || Number(process.versions.node.split('.')[0]) >= neededMajor;
}

function stamp() {
  const lockHash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  return `${lockHash} ${process.platform}-${process.arch}\n`;
}
