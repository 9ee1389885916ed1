import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFakeNode } from '../api/support/fake-node.ts';
import { type ProjectApi, projectApi } from '../api/support/project-api.ts';
import { p256Public } from '../api/support/sample-keys.ts';
import { until } from '../support/manager.ts';
import { isConnected, nodesOf, type SeveralManagers, startManagers } from './support/several-managers.ts';

/** Where no manager hears another, each of two looks once a second before the third knows. */
const timeoutMs = 6_000;

const environments = ['fussy', 'gone', 'mute', 'pair'];

/** The answers are the same whether or not notifications reach the other managers. */
describe.each([
  { how: 'that hear each other', deaf: false },
  { how: 'of which no one hears another', deaf: true },
])('managers $how', ({ deaf }) => {
  let several: SeveralManagers;
  let here: ProjectApi;
  let there: ProjectApi;
  beforeAll(async () => {
    const settings = { KEYPLANE_DEPLOY_TIMEOUT: String(timeoutMs) };
    several = await startManagers({ count: 3, environments, settings, deaf });
    here = projectApi(several.managers[0].api);
    there = projectApi(several.managers[1].api);
  });
  afterAll(() => several.close());

  let made = 0;
  async function resultIn(environmentName: string, project = here) {
    made += 1;
    const { body } = await project.paste(`key-${made}`, p256Public, `key-${made}`);
    const results: readonly { environmentName: string; success: boolean; message: string }[] =
      body.deploymentResult.environmentResults;
    const { success, message } = results.find((one) => one.environmentName === environmentName) ?? {};
    return { success, message };
  }
  const apis = () => several.managers.map(({ api }) => api);

  test("managers wait for each other's nodes, whichever manager serves the request", async () => {
    const [first, second] = several.managers;
    const nodes = [
      await several.addNode(first.url, 'pair', 'pair-1'),
      await several.addNode(second.url, 'pair', 'pair-2'),
    ];
    const done = { success: true, message: 'Deployed successfully' };
    const third = projectApi(several.managers[2]?.api ?? first.api);
    for (const project of [here, there, third]) {
      expect(await resultIn('pair', project)).toEqual(done);
      for (const node of nodes) {
        const served = await fetch(`${node.url}/.well-known/jwks.json`);
        expect(await served.text()).toContain(`"key-${made}"`);
      }
    }
  });

  test('list the same nodes as connected, wherever they are', async () => {
    const revisions = async (api: (typeof several)['managers'][0]['api']) =>
      (await nodesOf(api, 'pair')).map(({ name, connected, appliedRevision }) => [
        name,
        connected,
        appliedRevision > 0,
      ]);
    for (const api of apis()) {
      expect(await revisions(api)).toEqual([
        ['pair-1', true, true],
        ['pair-2', true, true],
      ]);
    }
  });

  test('report why a node of another manager rejects a change', async () => {
    const reply = (revision: number) => ({ type: 'refused' as const, revision, reason: 'its disk is full' });
    const fussy = await startFakeNode(several.managers[1], { environment: 'fussy', name: 'fussy-1', reply });
    await until(() => isConnected(several.managers[0].api, 'fussy', 'fussy-1'), 'it is known');
    const message = 'Node (fussy-1): its disk is full';
    expect(await resultIn('fussy')).toEqual({ success: false, message });
    await fussy.close();
  });

  test('report that a node of another manager did not confirm in time', async () => {
    const mute = await startFakeNode(several.managers[1], {
      environment: 'mute',
      name: 'mute-1',
      reply: () => undefined,
    });
    await until(() => isConnected(several.managers[0].api, 'mute', 'mute-1'), 'it is known');
    const message = `Node (mute-1): did not confirm in ${timeoutMs} ms`;
    expect(await resultIn('mute')).toEqual({ success: false, message });
    await mute.close();
  });

  test('report that a node that disconnected from another manager is not connected', async () => {
    const gone = await startFakeNode(several.managers[1], {
      environment: 'gone',
      name: 'gone-1',
      reply: () => undefined,
    });
    const seen = () => isConnected(several.managers[0].api, 'gone', 'gone-1');
    await until(seen, 'it is known');
    await gone.close();
    await until(async () => !(await seen()), 'its leaving is known');
    expect(await resultIn('gone')).toEqual({ success: false, message: 'Node (gone-1): not connected' });
  });
});
