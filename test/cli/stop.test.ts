import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { endAllProcesses, keyplane } from '../system/support/keyplane-process.ts';
import { freePorts } from '../system/support/ports.ts';
import { removeTemporaryFolders, temporaryFolder } from '../system/support/temporary-folder.ts';

afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

const preload = [fileURLToPath(new URL('./support/hang-at-stop.ts', import.meta.url))];

test.each([
  ['serve', /keyplane is ready/],
  ['start', /Ctrl\+C/],
])(
  '%s ends within its time limit also if an operation hangs, and its exit code reports that',
  async (command, ready) => {
    const dataDir = join(await temporaryFolder(), 'data');
    const port = await freePorts(3);
    const running = keyplane([command, '--data-dir', dataDir, '--port', String(port)], { preload });
    await running.says(ready);
    expect(await running.stop()).toEqual({ code: 1, signal: null });
  },
);
