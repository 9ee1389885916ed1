import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { startFakeNode } from './support/fake-node.ts';
import { accepted, type ProjectApi, projectApi, publishedKeys } from './support/project-api.ts';
import { p256Private, p256Public } from './support/sample-keys.ts';

let world: TestManager;
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({
    environments: ['fussy', 'leaving', 'lying', 'mute'],
    settings: { KEYPLANE_DEPLOY_TIMEOUT: '2500' },
  });
  project = projectApi(world.api);
});
afterAll(() => world.close());

let made = 0;
async function resultIn(environmentName: string) {
  made += 1;
  const { status, body } = await project.paste(`key-${made}`, p256Public, `key-${made}`);
  expect({ status, success: body.success }).toEqual({ status: 200, success: true });
  expect(await project.names('jwks')).toContain(`key-${made}`);
  const results: readonly { environmentName: string }[] = body.deploymentResult.environmentResults;
  return results.find((result) => result.environmentName === environmentName);
}

describe('the answer names a node', () => {
  test('that did not confirm in time, and waits no longer than that', async () => {
    const mute = await startFakeNode(world, { environment: 'mute', name: 'mute-1', reply: () => undefined });
    expect(await resultIn('mute')).toEqual({
      environmentName: 'mute',
      success: false,
      message: 'Node (mute-1): did not confirm in 2500 ms',
    });
    accepted(await project.paste('private', p256Private));
    for (const text of mute.heard) expect(text).not.toMatch(/870MB6gf|"kty"|"crv"/);
    await mute.close();
  });

  test('that rejected the change, with its reason', async () => {
    const reply = (revision: number) => ({ type: 'refused' as const, revision, reason: 'its disk is full' });
    const fussy = await startFakeNode(world, { environment: 'fussy', name: 'fussy-1', reply });
    const message = 'Node (fussy-1): its disk is full';
    expect(await resultIn('fussy')).toEqual({ environmentName: 'fussy', success: false, message });
    expect(await resultIn('fussy')).toMatchObject({ message });
    await fussy.close();
  });

  test('that rejected the change, also in later queries', async () => {
    const reply = (revision: number) => ({ type: 'refused' as const, revision, reason: 'its disk is full' });
    const fussy = await startFakeNode(world, { environment: 'fussy', name: 'fussy-1', reply });
    await resultIn('fussy');
    const where = await project.call('GET', `jwks/key-${made}/deployment/`);
    expect(where.body.resultList[0]).toMatchObject({
      environmentName: 'fussy',
      success: false,
      message: 'Node (fussy-1): its disk is full',
      nodes: [{ name: 'fussy-1', hasIt: false, reason: 'its disk is full' }],
    });
    const { body } = await world.api('GET', '/apiops/overview/');
    const seen = body.environments.find(({ name }: { name: string }) => name === 'fussy');
    expect(seen.nodes).toMatchObject([{ name: 'fussy-1', state: 'REFUSED', reason: 'its disk is full' }]);
    await fussy.close();
  });

  test('that confirms other contents than those that were sent', async () => {
    const digest = '11'.repeat(32);
    const reply = (revision: number) => ({ type: 'applied' as const, revision, digest });
    const lying = await startFakeNode(world, { environment: 'lying', name: 'lying-1', reply });
    expect(await resultIn('lying')).toMatchObject({
      success: false,
      message: 'Node (lying-1): the digest of what it holds is not that of what was sent',
    });
    await lying.close();
  });

  test('that disconnected, beside one that confirmed', async () => {
    const real = await world.addNode('leaving', 'l-real');
    let states = 0;
    const leaving = await startFakeNode(world, {
      environment: 'leaving',
      name: 'l-fake',
      // The first message is what the environment had already.
      reply(_revision, socket) {
        states += 1;
        if (states === 2) socket.terminate();
        return undefined;
      },
    });
    const result = await resultIn('leaving');
    expect(result).toMatchObject({ success: false, message: 'Node (l-fake): not connected' });
    expect((await publishedKeys(real)).map(({ kid }) => kid)).toContain(`key-${made}`);
    await leaving.close();
  });

  test('each of several, in the order of their names', async () => {
    const reply = () => undefined;
    const second = await startFakeNode(world, { environment: 'mute', name: 'mute-2', reply });
    expect(await resultIn('mute')).toMatchObject({
      message: 'Node (mute-1): not connected; Node (mute-2): did not confirm in 2500 ms',
    });
    await second.close();
  });

  test('no longer once an operator removed it', async () => {
    for (const name of ['mute-1', 'mute-2']) {
      accepted(await world.api('DELETE', `/apiops/environments/mute/nodes/${name}/`));
    }
    expect(await resultIn('mute')).toMatchObject({ message: 'No node is registered in this environment' });
    await world.addNode('mute', 'mute-1');
    expect(await resultIn('mute')).toMatchObject({ success: true, message: 'Deployed successfully' });
  });
});

test('and counts the environments that failed', async () => {
  const { body } = await project.paste('counted', p256Public);
  expect(body.deploymentResult).toMatchObject({
    success: false,
    message: 'Deployment failed in 3 of 4 environments',
  });
  const names = body.deploymentResult.environmentResults.map(
    ({ environmentName }: { environmentName: string }) => environmentName,
  );
  expect(names).toEqual(['fussy', 'leaving', 'lying', 'mute']);
});
