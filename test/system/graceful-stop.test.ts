import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { endAllProcesses } from './support/keyplane-process.ts';
import { removeTemporaryFolders } from './support/temporary-folder.ts';
import { jwksPath, pastedJwk, startWorld, type World } from './support/world.ts';

const clients = 64;
const acknowledgedBeforeStop = 100;

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.startNode('n1');
  await world.connected('n1');
});
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

test('a manager that stops under 64 clients keeps what it acknowledged, and answers only 200 and 503', async () => {
  const acknowledged: string[] = [];
  const deployed: boolean[] = [];
  const statuses = new Set<number>();
  async function createUntilTheEnd(client: number): Promise<void> {
    for (let number = 0; ; number += 1) {
      const name = `jwk-${client}-${number}`;
      const answer = await world.api('POST', jwksPath, pastedJwk(name)).catch(() => undefined);
      // The manager no longer listens, or it closed the connection between two requests.
      if (answer === undefined) return;
      statuses.add(answer.status);
      if (answer.status !== 200) return;
      acknowledged.push(name);
      deployed.push(answer.body.deploymentResult.success);
      if (acknowledged.length === acknowledgedBeforeStop) process.kill(world.manager.pid, 'SIGTERM');
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, client) => createUntilTheEnd(client)));
  // By itself: a stop that takes too long ends with 1.
  expect(await world.manager.ended).toEqual({ code: 0, signal: null });
  expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  // The node stayed connected as long as a request waited for it.
  expect(deployed).not.toContain(false);

  const store = await openStore({ kind: 'sqlite', path: `${world.folder}/manager/keyplane.db` });
  try {
    await store.read(async (stores) => {
      const project = await stores.projects.find('MyProject');
      const stored = await stores.jwks.listOfProject(project?.id ?? '', '', 10_000);
      const audited = (await stores.audit.list(0, 10_000)).filter(({ action }) => action === 'jwk.create');
      expect(stored.map(({ name }) => name)).toEqual(expect.arrayContaining(acknowledged));
      expect(audited.map(({ objectName }) => objectName).sort()).toEqual(
        stored.map(({ name }) => name).sort(),
      );
      // No manager holds it or has taken it over.
      expect(await stores.leases.isHeld('refresh')).toBe(false);
    });
  } finally {
    await store.close();
  }
});
