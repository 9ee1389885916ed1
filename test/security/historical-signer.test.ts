// A writer to the database lets another key ring sign the historical keys of a project.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { type Item, noCaches, type RingApi, ringApi } from '../api/rings/support/ring-api.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';

let keyplane: TestManager;
let node: RunningNode;
let rings: RingApi;
beforeAll(async () => {
  keyplane = await startTestManager({ environments: ['production'], settings: noCaches });
  node = await keyplane.addNode('production', 'first');
  rings = ringApi(keyplane.api);
});
afterAll(() => keyplane.close());

/** The kid that signed the historical keys, or the status. */
async function signerAt({ url }: RunningNode): Promise<string> {
  const response = await fetch(`${url}/projects/MyProject/.well-known/historical-jwks`);
  if (response.status !== 200) return `status ${response.status}`;
  const [header = ''] = (await response.text()).split('.');
  return JSON.parse(Buffer.from(header, 'base64url').toString()).kid;
}

const activeKid = async (name: string): Promise<string> => {
  const { members } = await rings.ring(name);
  return members.find(({ state }: Item) => state === 'ACTIVE').kid;
};
const isReady = (ring: Item) => ring.members.at(-1).state === 'NEXT' && ring.state === 'STEADY';
const choose = (historicalKeyRingName: string | null) =>
  keyplane.api('PUT', '/apiops/projects/MyProject/', { historicalKeyRingName });

test('a ring for historical keys that was altered in the database reaches no node, with a change of other settings either', async () => {
  for (const name of ['a-chosen', 'b-other']) {
    expect(await rings.create({ name })).toMatchObject({ status: 200 });
    await rings.ringWhen(name, isReady, 'the successor is NEXT');
  }
  expect(await choose('a-chosen')).toMatchObject({ status: 200 });
  const chosen = await activeKid('a-chosen');
  await until(async () => (await signerAt(node)) === chosen, 'the ring that was chosen signs');
  const expectChosen = async (name: string) => {
    const fresh = await keyplane.addNode('production', name);
    await until(async () => !(await signerAt(fresh)).startsWith('status'), `node ${name} signs`);
    for (const one of [node, fresh]) expect(await signerAt(one)).toBe(chosen);
  };
  const alter = (value: string) =>
    keyplane.raw(`update projects set historical_key_ring_name = ${value} where name = 'MyProject'`);
  for (const [index, altered] of ['null', "'none'", "'b-other'"].entries()) {
    await alter(altered);
    await expectChosen(`fresh-${index}`);
  }
  const other = { description: 'other', publishKeyTypes: ['EC'] };
  expect(await keyplane.api('PUT', '/apiops/projects/MyProject/', other)).toMatchObject({ status: 200 });
  await expectChosen('later');

  const description = 'an administrator chooses another';
  const answer = await keyplane.api('PUT', '/apiops/projects/MyProject/', {
    description,
    historicalKeyRingName: 'b-other',
  });
  expect(answer).toMatchObject({ status: 200 });
  const next = await activeKid('b-other');
  await until(async () => (await signerAt(node)) === next, description);
});
