import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { endAllProcesses, type ServeProcess } from './support/keyplane-process.ts';
import { type RecordingRelay, startRelay } from './support/recording-relay.ts';
import { removeTemporaryFolders } from './support/temporary-folder.ts';
import {
  jwkNames,
  jwksPath,
  kidsOf,
  made,
  pastedJwk,
  setOf,
  startWorld,
  statusOf,
  type World,
} from './support/world.ts';

const jwks = 400;
const secrets = 50;
const clients = 16;

let world: World;
let relay: RecordingRelay;
beforeAll(async () => {
  world = await startWorld();
  relay = await startRelay(world.url);
});
afterAll(async () => {
  await relay.close();
  await endAllProcesses();
  await removeTemporaryFolders();
});

/** Distributes the requests among `clients` concurrent clients. */
async function share(works: readonly (() => Promise<unknown>)[]): Promise<void> {
  const waiting = [...works];
  const client = async () => {
    for (let work = waiting.shift(); work; work = waiting.shift()) await work();
  };
  await Promise.all(Array.from({ length: clients }, client));
}

const keysPath = '/apiops/projects/MyProject/keys/';
const secretKey = (name: string) => ({
  name,
  keyType: 'SECRET_KEY',
  algorithm: 'AES',
  cryptoKeyInfoEnvironmentList: [
    { environmentName: 'production', content: Buffer.alloc(32, 7).toString('base64') },
  ],
});

async function environmentRevision(): Promise<number> {
  const { body } = await world.api('GET', '/apiops/environments/production/nodes/');
  return Math.max(...body.resultList.map((node: { appliedRevision: number }) => node.appliedRevision));
}

const changes = jwks + 2 * secrets;

describe(`a node that is away for ${changes} changes`, () => {
  let revisionBefore: number;
  let node: ServeProcess;

  test('has some state before it goes', async () => {
    node = await world.startNode('n1', { managerUrl: relay.url });
    await world.connected('n1');
    for (const name of ['kept', 'seen']) await made(world.api, jwksPath, pastedJwk(name));
    revisionBefore = (await statusOf(node)).revision;
    expect(revisionBefore).toBe(2);
    await node.stop();
    await eventually(async () => {
      const { body } = await world.api('GET', '/apiops/environments/production/nodes/');
      return body.resultList.every(({ connected }: { connected: boolean }) => !connected);
    }, 'the manager sees it go');
  });

  test('gets a delta, not a snapshot', async () => {
    const names = Array.from({ length: jwks }, (_, index) => `jwk-${index}`);
    const keys = Array.from({ length: secrets }, (_, index) => `key-${index}`);
    await share([
      ...names.map((name) => () => made(world.api, jwksPath, pastedJwk(name))),
      ...keys.map((name) => async () => {
        await made(world.api, keysPath, secretKey(name));
        const { status } = await world.api('DELETE', `${keysPath}${name}/`);
        if (status !== 200) throw new Error(`${name} was not deleted: ${status}`);
      }),
    ]);
    relay.clear();
    node = await world.startNode('n1', { managerUrl: relay.url });
    await eventually(async () => (await kidsOf(node)).length === jwks + 2, 'it has all of them');
    const { hellos, states } = relay;
    expect(hellos).toHaveLength(1);
    expect(states.length).toBeGreaterThan(0);
    expect(states.every(({ reset, from }) => !reset && from >= revisionBefore)).toBe(true);
    // Each part begins where the one before it ended.
    expect(states.slice(1).map(({ from }) => from)).toEqual(states.slice(0, -1).map(({ to }) => to));
    expect(states.at(-1)).toMatchObject({ to: revisionBefore + changes, final: true });
    await eventually(async () => (await environmentRevision()) === revisionBefore + changes, 'it confirms');
    expect(relay.sealedByNode.length).toBeLessThanOrEqual(states.length);
    expect(await kidsOf(node)).toEqual((await jwkNames(world.api)).sort());
  });

  test('takes what comes afterwards in the order in which it was made', async () => {
    relay.clear();
    const order = Array.from({ length: 40 }, (_, index) => `later-${index}`);
    await share(order.map((name) => () => made(world.api, jwksPath, pastedJwk(name))));
    const { states } = relay;
    expect(states.every(({ reset }) => !reset)).toBe(true);
    expect(states.slice(1).map(({ from }) => from)).toEqual(states.slice(0, -1).map(({ to }) => to));
    const last = revisionBefore + changes + order.length;
    expect(states.at(-1)?.to).toBe(last);
    await eventually(async () => (await environmentRevision()) === last, 'the manager knows');
    // Confirmed, sealed, and no two confirmations look alike; one can be of several changes that came together.
    const { sealedByNode } = relay;
    expect(sealedByNode.length).toBeGreaterThan(0);
    expect(new Set(sealedByNode).size).toBe(sealedByNode.length);
  });

  test('serves, to the byte, what a node with a fresh disk serves', async () => {
    const fresh = await world.startNode('fresh');
    await world.connected('fresh');
    await eventually(async () => (await setOf(fresh)).status === 200, 'the fresh node has its first state');
    const { revision } = await statusOf(fresh);
    expect(revision).toBe(revisionBefore + changes + 40);
    expect(await statusOf(node)).toMatchObject({ revision });
    expect(await setOf(fresh)).toEqual(await setOf(node));
  });
});
