// A manager that is killed between a change and its delivery, and between a delivery and its record.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Receiver, startReceiver } from '../webhooks/support/receiver.ts';
import { eventually } from './support/eventually.ts';
import { endAllProcesses } from './support/keyplane-process.ts';
import { removeTemporaryFolders } from './support/temporary-folder.ts';
import { jwksPath, made, pastedJwk, startWorld, type World } from './support/world.ts';

const preload = [fileURLToPath(new URL('../../faults/preload/kill-at-fault-point.ts', import.meta.url))];
const settings = { KEYPLANE_URL_ALLOW: '127.0.0.1' };
let world: World;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  world = await startWorld(settings);
  await made(world.api, '/apiops/projects/MyProject/outlets/', {
    name: 'killed',
    kind: 'WEBHOOK',
    target: { url: receiver.origin, events: ['jwk.*'] },
    credential: { secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` },
  });
});
afterAll(async () => {
  await endAllProcesses();
  await receiver?.close();
  await removeTemporaryFolders();
});

const idsOf = (name: string) =>
  receiver.accepted.filter(({ data }) => data.objectName === name).map(({ id }) => id);

test.each([
  ['before it is sent', 'keyplane:delivery.before', 0],
  ['before its delivery is recorded', 'keyplane:delivery.after', 1],
])('an event of a manager that is killed %s is delivered after the restart', async (_when, point, before) => {
  const name = point.replace(':', '-');
  await world.manager.stop();
  await world.startManager({ settings: { FAULT_KILL_AT: `${point}#1` }, preload });
  const { ended } = world.manager;
  // The manager may be killed before it has answered.
  await made(world.api, jwksPath, pastedJwk(name)).catch(() => undefined);
  expect((await ended).signal).toBe('SIGKILL');
  expect(idsOf(name)).toHaveLength(before);
  await world.startManager();
  await eventually(() => idsOf(name).length === before + 1, 'the event arrives');
  // Sent a second time, it has the same id.
  expect(new Set(idsOf(name)).size).toBe(1);
});
