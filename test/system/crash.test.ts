import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { endAllProcesses, type ServeProcess } from './support/keyplane-process.ts';
import { removeTemporaryFolders } from './support/temporary-folder.ts';
import {
  jwkNames,
  jwksPath,
  kidsOf,
  pastedJwk,
  type ServedSet,
  setOf,
  startWorld,
  type World,
} from './support/world.ts';

const clients = 8;
const acknowledgedBeforeKill = 120;

let world: World;
let node: ServeProcess;
const acknowledged: string[] = [];
let served: ServedSet;

beforeAll(async () => {
  world = await startWorld();
  node = await world.startNode('n1');
  await world.connected('n1');
});
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

/** One client: it creates JWKs as fast as it gets answers, until it gets none. */
async function createUntilTheEnd(client: number, onAnswer: () => void): Promise<void> {
  for (let number = 0; ; number += 1) {
    const name = `jwk-${client}-${number}`;
    try {
      const { status } = await world.api('POST', jwksPath, pastedJwk(name));
      if (status !== 200) return;
      acknowledged.push(name);
      onAnswer();
    } catch {
      return;
    }
  }
}

describe('a manager that is killed under load', () => {
  test('dies while eight clients create JWKs', async () => {
    const kill = () => {
      if (acknowledged.length === acknowledgedBeforeKill) process.kill(world.manager.pid, 'SIGKILL');
    };
    await Promise.all(Array.from({ length: clients }, (_, client) => createUntilTheEnd(client, kill)));
    expect(await world.manager.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(acknowledged.length).toBeGreaterThanOrEqual(acknowledgedBeforeKill);
  });

  test('leaves its node serving, and what was answered with 200 is on it', async () => {
    served = await setOf(node);
    expect(served.status).toBe(200);
    expect(await kidsOf(node)).toEqual(expect.arrayContaining(acknowledged));
    expect((await fetch(`${node.url}/readyz`)).status).toBe(200);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'is not missed by a node that ends by %s and starts again: same bytes, and never a 503',
    async (signal) => {
      await node.stop(signal);
      const starting = world.startNode('n1', { port: Number(new URL(node.url).port) });
      const statuses = new Set<number>();
      let running: ServeProcess | undefined;
      void starting.then((started) => {
        running = started;
      });
      await eventually(async () => {
        const answer = await setOf(node).catch(() => undefined);
        if (answer) statuses.add(answer.status);
        return running !== undefined;
      }, 'the node starts again');
      node = await starting;
      expect(await setOf(node)).toEqual(served);
      expect([...statuses].filter((status) => status !== 200)).toEqual([]);
    },
  );

  test('does not take a node for connected, when it is back, because it was when it died', async () => {
    await node.stop();
    await world.startManager();
    const { body } = await world.api('GET', '/apiops/environments/production/nodes/');
    expect(body.resultList).toMatchObject([{ name: 'n1', connected: false }]);
    node = await world.startNode('n1');
  });

  test('has every JWK that it acknowledged, sound and readable', async () => {
    const names = await jwkNames(world.api);
    expect(names).toEqual(expect.arrayContaining(acknowledged));
    // One more per client may have been stored without its answer having arrived.
    expect(names.length).toBeLessThanOrEqual(acknowledged.length + clients);
    for (const name of acknowledged.slice(-clients)) {
      const { status, body } = await world.api('GET', `${jwksPath}${name}/`);
      expect(status).toBe(200);
      expect(body.resultList).toMatchObject([{ name, kid: name, ec: { crv: 'P-256' } }]);
    }
  });

  test('brings its node to all that it has, unasked', async () => {
    await world.connected('n1');
    const names = await jwkNames(world.api);
    await eventually(async () => (await kidsOf(node)).length === names.length, 'the node has them all');
    expect((await kidsOf(node)).sort()).toEqual(names.sort());
    const answer = await world.api('POST', jwksPath, pastedJwk('after-the-crash'));
    expect(answer.body.deploymentResult.success).toBe(true);
    expect(await kidsOf(node)).toContain('after-the-crash');
  });
});
