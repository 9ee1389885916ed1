import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { joinCommand } from '../../console/src/environments/join-command.ts';
import { childEnvironment } from '../../src/config.ts';
import { endAllProcesses } from './support/keyplane-process.ts';
import { printedCommand } from './support/printed-command.ts';
import { removeTemporaryFolders } from './support/temporary-folder.ts';
import { startWorld } from './support/world.ts';

afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

test('the join command of the console starts a node in a checkout as it is printed', async () => {
  const world = await startWorld();
  const { body } = await world.api('GET', '/apiops/auth/session/');
  expect(body.cliCommand).toBe('npm run -s keyplane --');
  const node = {
    manager: world.url,
    environment: 'production',
    name: 'printed',
    port: '0',
    dataDir: join(world.folder, "a node's data"),
  };
  const running = await printedCommand(joinCommand(node, world.token, body.cliCommand), {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    env: childEnvironment({}),
    ready: /keyplane node printed is ready/,
  });
  await world.connected('printed');
  await running.stop();
}, 240_000);
