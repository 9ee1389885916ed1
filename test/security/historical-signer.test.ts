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
  const refusal = { status: 503, body: { reason: 'ALTERED_IN_DATABASE' } };
  expect(await keyplane.api('PUT', '/apiops/projects/MyProject/', other)).toMatchObject(refusal);
  await expectChosen('later');

  const description = 'an administrator chooses another';
  const answer = await keyplane.api('PUT', '/apiops/projects/MyProject/', {
    description,
    historicalKeyRingName: 'b-other',
    publishKeyTypes: null,
  });
  expect(answer).toMatchObject({ status: 200 });
  const next = await activeKid('b-other');
  await until(async () => (await signerAt(node)) === next, description);
});

/** As if its interval had passed. */
async function makeDue(name: string): Promise<void> {
  await keyplane.manager.services.store.write(async (stores) => {
    const project = await stores.projects.find('MyProject');
    const ring = project && (await stores.rings.find(project.id, name));
    if (!ring) throw new Error(`no ring ${name}`);
    for (const jwk of await stores.rings.members(ring.id)) {
      if (jwk.member.activatedAt === null) continue;
      const activatedAt = new Date(jwk.member.activatedAt.getTime() - 91 * 86_400_000);
      await stores.jwks.update({ ...jwk, member: { ...jwk.member, activatedAt } });
    }
    await stores.rings.update({ ...ring, examineAt: await stores.rings.now() });
  });
}

test('a rotation deploys no ring for historical keys that was altered in the database, and goes on when the settings are saved again', async () => {
  const [before, other] = [await signerAt(node), await activeKid('a-chosen')];
  await keyplane.raw("update projects set historical_key_ring_name = 'a-chosen' where name = 'MyProject'");
  await makeDue('a-chosen');
  const examination = async () => {
    const [row] = await keyplane.raw("select examine_at from key_rings where name = 'a-chosen'");
    return Number(row?.examine_at);
  };
  const asked = Date.now();
  await until(async () => (await examination()) > asked + 1000, 'the scheduler has failed with it');
  expect(await activeKid('a-chosen')).toBe(other);
  expect(await signerAt(node)).toBe(before);

  const settings = { historicalKeyRingName: 'b-other', publishKeyTypes: null };
  expect(await keyplane.api('PUT', '/apiops/projects/MyProject/', settings)).toMatchObject({ status: 200 });
  await rings.ringWhen(
    'a-chosen',
    ({ members }) => members.at(-1).state === 'NEXT' && members.length > 2,
    'it rotates',
  );
  expect(await activeKid('a-chosen')).not.toBe(other);
  expect(await signerAt(node)).toBe(before);
});

test('whatever ring was deployed before, only the one that is saved again signs historical keys', async () => {
  expect(await rings.create({ name: 'c-third' })).toMatchObject({ status: 200 });
  await rings.ringWhen('c-third', isReady, 'the successor is NEXT');
  await keyplane.raw("update projects set historical_key_ring_name = 'a-chosen' where name = 'MyProject'");
  const settings = { historicalKeyRingName: 'c-third', publishKeyTypes: null };
  expect(await keyplane.api('PUT', '/apiops/projects/MyProject/', settings)).toMatchObject({ status: 200 });
  const fresh = await keyplane.addNode('production', 'after-repair');
  const chosen = await activeKid('c-third');
  for (const one of [node, fresh]) {
    await until(async () => (await signerAt(one)) === chosen, 'the ring that was saved signs');
  }
});

test('no other change of a ring deploys one that was altered in the database', async () => {
  await keyplane.raw("update projects set historical_key_ring_name = 'a-chosen' where name = 'MyProject'");
  const [project] = await keyplane.raw("select id from projects where name = 'MyProject'");
  const kid = await activeKid('a-chosen');
  const scope = { projectId: String(project?.id), projectName: 'MyProject', actor: 'system' };
  // As a manager does whose node knows the key as revoked.
  const request = { kid, reason: 'UNSPECIFIED', comment: 'reported by a node' };
  const revocation = keyplane.manager.services.keyRings.revoke(scope, 'a-chosen', request);
  await expect(revocation).rejects.toMatchObject({ reason: 'ALTERED_IN_DATABASE' });
  expect(await activeKid('a-chosen')).toBe(kid);
});
