// Nodes that are away: an event each absence, in every project that reaches their environment.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { AbsentNodes } from '../../src/environments/absent-nodes.ts';
import { Lease } from '../../src/leases/lease.ts';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';

let world: TestManager;
let node: RunningNode;
let absent: AbsentNodes;
const failed = (error: unknown) => {
  throw error;
};
beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'], projects: ['MyProject', 'Other', 'Elsewhere'] });
  await world.api('PUT', '/apiops/environments/gate/', {
    name: 'gate',
    type: 'TEST',
    projects: ['MyProject', 'Other'],
  });
  node = await world.addNode('gate', 'g1');
  const { store } = world.manager.services;
  absent = new AbsentNodes({
    store,
    lease: new Lease({ store, name: 'absent nodes of a test', holder: 'test', onError: failed }),
    clock: () => new Date(),
    onError: failed,
    absentAfterMs: 1,
  });
});
afterAll(async () => {
  await absent?.close();
  await world?.close();
});

const eventsOf = async (project: string) => {
  const { body } = await world.api('GET', `/apiops/projects/${project}/events/?types=node.away`);
  return body.resultList;
};
const isConnected = async () => {
  const { body } = await world.api('GET', '/apiops/environments/gate/nodes/');
  return body.resultList[0]?.connected === true;
};

test('a node that is connected is not away', async () => {
  await absent.poll();
  expect(await eventsOf('MyProject')).toEqual([]);
});

test('a node that stays disconnected is one event in every project that reaches its environment', async () => {
  await node.close();
  await until(async () => !(await isConnected()), 'it is disconnected');
  await until(async () => {
    await absent.poll();
    return (await eventsOf('MyProject')).length > 0;
  }, 'its absence is reported');
  await absent.poll();
  for (const projectName of ['MyProject', 'Other']) {
    expect(await eventsOf(projectName)).toMatchObject([
      {
        type: 'node.away',
        data: {
          projectName,
          objectType: 'node',
          objectName: 'g1',
          environmentName: 'gate',
          lastSeenAt: expect.any(String),
        },
      },
    ]);
  }
  expect(await eventsOf('Elsewhere')).toEqual([]);
});

test('the next absence is another event', async () => {
  const again = await world.addNode('gate', 'g1');
  await absent.poll();
  await again.close();
  await until(async () => !(await isConnected()), 'it is disconnected again');
  await until(async () => {
    await absent.poll();
    return (await eventsOf('MyProject')).length === 2;
  }, 'its second absence is reported');
});

test('a manager that started just now reports no node as away', async () => {
  const { store } = world.manager.services;
  const fresh = new AbsentNodes({
    store,
    lease: new Lease({ store, name: 'absent nodes, fresh', holder: 'test', onError: failed }),
    clock: () => new Date(),
    onError: failed,
  });
  await world.raw('delete from node_absences');
  await world.raw('update nodes set last_seen_at = last_seen_at - 600000');
  await fresh.poll();
  await fresh.close();
  expect(await eventsOf('MyProject')).toHaveLength(2);
});
