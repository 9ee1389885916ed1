import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enrollmentTokenText } from '../../src/protocol/enrollment-token.ts';
import { signedIn } from '../support/manager.ts';
import { eventually } from './support/eventually.ts';
import { endAllProcesses, keyplane, node, nodeArguments, serve } from './support/keyplane-process.ts';
import { freePorts } from './support/ports.ts';
import { removeTemporaryFolders, temporaryFolder } from './support/temporary-folder.ts';
import {
  jwksPath,
  kidsOf,
  made,
  password,
  pastedJwk,
  setOf,
  startWorld,
  statusOf,
  type World,
} from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ KEYPLANE_DEPLOY_TIMEOUT: '20000' });
  await made(world.api, jwksPath, pastedJwk('first'));
});
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

const seedOf = (token: string) => Buffer.from(token.slice(4, 47), 'base64url');
const nodesOf = async () =>
  (await world.api('GET', '/apiops/environments/production/nodes/')).body.resultList;

describe('a node process', () => {
  test('does not start without its token, and prints how to get one', async () => {
    const dataDir = join(await temporaryFolder(), 'n');
    const running = keyplane(nodeArguments({ managerUrl: world.url, token: '', dataDir }));
    expect(await running.ended).toEqual({ code: 2, signal: null });
    expect(running.stderr()).toBe(
      'keyplane: KEYPLANE_NODE_TOKEN is not set: the enrollment token of the environment is accepted\n',
    );
  });

  test('with an unknown token keeps trying and serves nothing instead of an empty set', async () => {
    const fingerprint = world.token.split('.')[1] ?? '';
    const token = enrollmentTokenText(Buffer.alloc(32, 5), fingerprint);
    const running = await world.startNode('unknown-node', { token });
    await running.says(/does not accept KEYPLANE_NODE_TOKEN .*: the enrollment token is unknown/);
    expect((await fetch(`${running.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
    expect((await setOf(running)).status).toBe(503);
    expect(await statusOf(running)).toMatchObject({ connected: false, revision: 0 });
    expect(await nodesOf()).toEqual([]);
    expect(running.stdout() + running.stderr()).not.toContain(token);
    expect(await running.stop()).toEqual({ code: 0, signal: null });
  });

  test('with a token of another installation accepts nothing, and logs the reason', async () => {
    const token = enrollmentTokenText(seedOf(world.token), 'A'.repeat(43));
    const running = await world.startNode('moved', { token });
    await running.says(/KEYPLANE_NODE_TOKEN names A{43}: the token is of another installation/);
    expect((await setOf(running)).status).toBe(503);
    expect(await nodesOf()).toEqual([]);
    await running.stop();
  });

  test('does not start with a token that was cut short', async () => {
    const dataDir = join(await temporaryFolder(), 'n');
    const token = world.token.slice(0, -1);
    const running = keyplane(nodeArguments({ managerUrl: world.url, token, dataDir }), {
      settings: { KEYPLANE_NODE_TOKEN: token },
    });
    expect(await running.ended).toEqual({ code: 2, signal: null });
    expect(running.stderr()).toMatch(/^keyplane: KEYPLANE_NODE_TOKEN is not an enrollment token: .*\n$/);
  });

  test('takes nothing when its environment is not that of its token', async () => {
    const running = await world.startNode('lost', { environment: 'staging' });
    await running.says(/the enrollment token is for another environment/);
    expect((await setOf(running)).status).toBe(503);
    expect(await running.stop()).toEqual({ code: 0, signal: null });
  });

  test('keeps the sets as files for other servers to serve', async () => {
    const publishDir = join(world.folder, 'published');
    const running = await world.startNode('publisher', { publishDir });
    await world.connected('publisher');
    await made(world.api, jwksPath, pastedJwk('second'));
    const file = await readFile(join(publishDir, '.well-known/jwks.json'), 'utf8');
    expect(file).toBe(await (await fetch(`${running.url}/.well-known/jwks.json`)).text());
    expect(await kidsOf(running)).toEqual(['first', 'second']);
    await running.stop();
  });

  test('refuses a data directory that another node uses, and leaves that one alone', async () => {
    const first = await world.startNode('sharing');
    await world.connected('sharing');
    const second = keyplane(
      nodeArguments({
        managerUrl: world.url,
        token: '',
        name: 'other',
        dataDir: join(world.folder, 'sharing'),
      }),
      { settings: { KEYPLANE_NODE_TOKEN: world.token } },
    );
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.stderr()).toMatch(
      /^keyplane: Another node \(process \d+\) uses this data directory\. .*\n$/,
    );
    expect(await kidsOf(first)).toEqual(['first', 'second']);
    await first.stop();
  });

  test('that an administrator removes no longer counts, is rejected, and comes back once it is readmitted', async () => {
    const { body: before } = await world.api('POST', jwksPath, pastedJwk('third'));
    expect(before.deploymentResult.environmentResults).toEqual([
      {
        environmentName: 'production',
        success: false,
        message: 'Node (publisher): not connected; Node (sharing): not connected',
      },
    ]);
    for (const name of ['publisher', 'sharing']) {
      const { status } = await world.api('DELETE', `/apiops/environments/production/nodes/${name}/`);
      expect(status).toBe(200);
    }
    expect(await nodesOf()).toEqual([]);
    const { body: none } = await world.api('POST', jwksPath, pastedJwk('fourth'));
    expect(none.deploymentResult.environmentResults[0].message).toBe(
      'No node is registered in this environment',
    );
    // Its key is enough: it joined before.
    const back = await world.startNode('sharing', { token: '' });
    await back.says(/this node was removed: readmit it, or join it with a new key/);
    expect(await nodesOf()).toEqual([]);
    const readmit = '/apiops/environments/production/nodes/sharing/readmit';
    expect(await world.api('POST', readmit)).toMatchObject({ status: 200, body: { success: true } });
    await world.connected('sharing');
    await eventually(async () => (await kidsOf(back)).length === 4, 'it is brought up to date');
    await back.stop();
    await world.api('DELETE', '/apiops/environments/production/nodes/sharing/');
  });

  test('a node that is removed while it is connected gets the reason and keeps what it has', async () => {
    const running = await world.startNode('dropped');
    await world.connected('dropped');
    await world.api('DELETE', '/apiops/environments/production/nodes/dropped/');
    await running.says(/an administrator removed this node/);
    expect((await setOf(running)).status).toBe(200);
    await running.stop();
  });
});

describe('a node that is started before its manager', () => {
  test('joins by itself as soon as the manager is there', async () => {
    const folder = await temporaryFolder();
    const port = await freePorts(1);
    const settings = { KEYPLANE_PORT: String(port), KEYPLANE_ADMIN_PASSWORD: password };
    const first = await serve(join(folder, 'manager'), settings);
    const api = await signedIn(first.url, 'admin', password);
    await made(api, '/apiops/projects/', { name: 'MyProject' });
    await made(api, '/apiops/environments/', { name: 'production', type: 'TEST', environmentSet: true });
    const { token } = await made(api, '/apiops/environments/production/enrollment-tokens/');
    await made(api, jwksPath, pastedJwk('early'));
    await first.stop();

    const early = await node({ managerUrl: first.url, token, dataDir: join(folder, 'n1') });
    await early.says(/the manager cannot be reached/);
    expect((await setOf(early)).status).toBe(503);
    await serve(join(folder, 'manager'), settings);
    await eventually(async () => (await setOf(early)).status === 200, 'it has its first state');
    expect(await kidsOf(early)).toEqual(['early']);
  });
});
