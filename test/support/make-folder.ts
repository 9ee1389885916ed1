import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it.
 *
 * Node's own `recursive` never returns for a folder such as `/proc/x`, which exists nowhere and cannot be made: the system
 * says of it that its parent is missing.
 *
 * @throws NodeJS.ErrnoException where it cannot be made
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been quicker.
    if (!existsSync(path)) throw error;
  }
}
