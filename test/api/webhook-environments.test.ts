// A webhook that names environments: of what happened in one environment it gets only what happened in those.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventLimits } from '../../src/events/delete-ended-events.ts';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';
import { type Receiver, startReceiver, status } from '../webhooks/support/receiver.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  world = await startTestManager({
    environments: ['gate', 'lab'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  ({ api } = world);
  // Without --outlet-dir: each outlet of files fails at both.
  await world.addNode('gate', 'g1');
  await world.addNode('lab', 'l1');
});
afterAll(async () => {
  await world?.close();
  await receiver?.close();
});

async function done(path: string, body: object): Promise<void> {
  expect((await api('POST', `${base}/${path}`, body)).body).toMatchObject({ success: true });
}
async function failsInBoth(name: string): Promise<void> {
  await done('outlets/', { name, kind: 'FILES', content: 'JWKS', target: { path: name } });
  const failed = async () =>
    (await api('GET', `${base}/events/?types=outlet.failing&limit=1000`)).body.resultList.filter(
      ({ data }: { data: { objectName: string } }) => data.objectName === name,
    );
  await until(async () => (await failed()).length === 2, 'it fails in both environments');
}
const generate = (name: string) => done('jwks/generate', { name, type: 'EC', ec: { curveType: 'P256' } });
const placesOf = (name: string) =>
  receiver.accepted
    .filter(({ data }) => data.objectName === name)
    .map(({ data }) => data.environmentName ?? 'none');
const isAccepted = (name: string) => until(() => placesOf(name).length > 0, `${name} arrives`);

test('gets events of its environments, and those that happened in none', async () => {
  await done('outlets/', {
    name: 'hook',
    kind: 'WEBHOOK',
    environmentNames: ['gate'],
    target: { url: `${receiver.origin}/`, events: ['*'] },
    credential: { secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` },
  });
  await failsInBoth('first');
  await generate('after-first');
  await isAccepted('after-first');
  await isAccepted('first');
  expect(placesOf('first')).toEqual(['gate']);
  expect(placesOf('after-first')).toEqual(['none']);
});

test('counts only those as lost', async () => {
  receiver.answerWith(status(500));
  await failsInBoth('second');
  const delivery = async () => (await api('GET', `${base}/outlets/hook/`)).body.resultList[0].environments[0];
  await until(async () => (await delivery()).state === 'FAILING', 'the receiver fails');
  await world.raw(`update events set at = ${Date.now() - eventLimits.keptMs - 1}`);
  await generate('kept');
  await world.manager.services.maintenance.run();
  const { resultList } = (await api('GET', `${base}/events/?limit=1000`)).body;
  expect(resultList.map(({ data }: { data: { objectName: string } }) => data.objectName)).not.toContain(
    'second',
  );
  receiver.answerWith(undefined);
  await isAccepted('kept');
  const gapsIn = () => receiver.accepted.filter(({ type }) => type === 'events.gap');
  await until(() => gapsIn().length > 0, 'the gap is reported');
  const gaps = gapsIn();
  // That of `second` in one environment, and that of the webhook itself.
  expect(gaps.map(({ data }) => data.lost)).toEqual([2]);
});

test('gets events of another environment once it names it', async () => {
  const change = await api('PUT', `${base}/outlets/hook/`, { environmentNames: ['lab'] });
  expect(change.body).toMatchObject({ success: true });
  await failsInBoth('third');
  await isAccepted('third');
  await generate('after-third');
  await isAccepted('after-third');
  expect(placesOf('third')).toEqual(['lab']);
});
