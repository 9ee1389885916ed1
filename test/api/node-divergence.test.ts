import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Resume, State } from '../../src/protocol/messages.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { ringApi } from './rings/support/ring-api.ts';
import { projectApi } from './support/project-api.ts';
import { enrollmentToken, rawNode } from './support/raw-node.ts';
import { p256Public } from './support/sample-keys.ts';

let world: TestManager;
let token: string;
let told: { environmentId: string; lineage: string };
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  token = await enrollmentToken(world, 'production');
  await projectApi(world.api, 'MyProject').paste('first', p256Public, 'first');
  const node = rawNode(world, token);
  const { environmentId, lineage = '' } = await node.welcomed;
  told = { environmentId, lineage };
  node.socket.close();
  await node.closed;
});
afterAll(() => world.close());

const listed = async () => (await world.api('GET', '/apiops/environments/production/nodes/')).body.resultList;
const audited = async () =>
  (await world.raw("select details from audit_records where action = 'node.diverged'")).length;

async function refused(resume: Partial<Resume>): Promise<void> {
  const node = rawNode(world, token, { resume: { ...told, ...resume } });
  expect((await node.closed).code).toBe(4412);
  expect(node.heard).toEqual([expect.objectContaining({ type: 'ended', code: 4412 })]);
}

test('a node that has a later revision than the database is sent nothing, listed, and recorded once', async () => {
  await refused({ revision: 7 });
  await refused({ revision: 7 });
  expect(await listed()).toMatchObject([{ name: 'raw', connected: false, divergedRevision: 7 }]);
  expect(await audited()).toBe(1);
  const { body } = await world.api('GET', '/apiops/projects/MyProject/events/?types=node.diverged');
  expect(body.resultList).toMatchObject([
    { data: { objectType: 'node', objectName: 'raw', environmentName: 'production', nodeRevision: 7 } },
  ]);
});

test('a node that has the same revision with another digest is sent nothing either', async () => {
  await refused({ revision: 1, digest: 'ab'.repeat(32) });
  expect(await listed()).toMatchObject([{ divergedRevision: 1 }]);
  expect(await audited()).toBe(2);
  const { body } = await world.api('GET', '/metrics');
  expect(body).toMatch(/keyplane_nodes_diverged\{environment="production"\} 1/);
});

test('a node that rejects a delta reports it, is closed, and agrees again once it confirms', async () => {
  const resume = { ...told, revision: 0 };
  const node = rawNode(world, token, { resume });
  await until(() => node.heard.length > 1, 'it gets the difference');
  const { to } = node.heard[1] as State;
  node.say({ type: 'refused', revision: to, reason: 'digest differs', diverged: true });
  expect((await node.closed).code).toBe(4412);
  const again = rawNode(world, token, { resume });
  await until(() => again.heard.length > 1, 'it gets the difference');
  const [, state] = again.heard as [unknown, State];
  again.say({ type: 'applied', revision: state.to, digest: state.digest ?? '' });
  await until(async () => (await listed())[0].divergedRevision === undefined, 'the mark is gone');
  again.socket.close();
});

test('a node that has a later revision than the database holds all key rings, which may be those of an older backup', async () => {
  const rings = ringApi(world.api);
  await rings.create({ name: 'api-signing' });
  expect((await rings.ring('api-signing')).heldBecause).toBeNull();
  await refused({ revision: 1_000 });
  expect(await rings.ring('api-signing')).toMatchObject({ state: 'HELD', heldBecause: 'RESTORED' });
});
