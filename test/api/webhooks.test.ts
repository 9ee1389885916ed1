// Webhooks through the API: events that reach a receiver, in order, for every behavior of the receiver.

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventLimits } from '../../src/events/delete-ended-events.ts';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';
import { type Receiver, rightSignatures, startReceiver, status } from '../webhooks/support/receiver.ts';
import { noCaches } from './rings/support/ring-api.ts';

const base = '/apiops/projects/MyProject';
const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
let world: TestManager;
let api: Api;
const receivers: Receiver[] = [];

beforeAll(async () => {
  world = await startTestManager({
    environments: ['gate'],
    settings: { ...noCaches, KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  ({ api } = world);
  await world.addNode('gate', 'g1');
});
afterEach(async () => {
  const { body } = await api('GET', `${base}/outlets/`);
  for (const { name } of body.resultList) await api('DELETE', `${base}/outlets/${name}/`);
  for (const receiver of receivers.splice(0)) await receiver.close();
});
afterAll(() => world?.close());

async function receive(name: string, events: readonly string[], path = '/hook'): Promise<Receiver> {
  const receiver = await startReceiver();
  receivers.push(receiver);
  await createOutlet(name, { url: receiver.origin + path, events });
  return receiver;
}

async function createOutlet(name: string, target: object): Promise<void> {
  const credential = { secret: secretOf(1) };
  const { status: code, body } = await api('POST', `${base}/outlets/`, {
    name,
    kind: 'WEBHOOK',
    target,
    credential,
  });
  expect([code, body.success], JSON.stringify(body)).toEqual([200, true]);
}

const generate = async (name: string) => {
  const { body } = await api('POST', `${base}/jwks/generate`, {
    name,
    type: 'EC',
    ec: { curveType: 'P256' },
  });
  expect(body).toMatchObject({ success: true });
};
const update = (name: string, description: string) => api('PUT', `${base}/jwks/${name}/`, { description });
const delivery = async (name: string) =>
  (await api('GET', `${base}/outlets/${name}/`)).body.resultList[0].environments[0];
const received = (receiver: Receiver) =>
  receiver.accepted.map(({ type, data }) => `${type} ${data.objectName}`);

test('a rotation is delivered in order, signed, without key material', async () => {
  const receiver = await receive('rotations', ['keyring.*']);
  const policy = { verifierCacheTime: 'PT0S', clockSkew: 'PT0S' };
  await api('POST', `${base}/key-rings/`, { name: 'ring', type: 'EC', ec: { curveType: 'P256' }, ...policy });
  await api('POST', `${base}/key-rings/ring/rotate`);
  const activated = () => receiver.accepted.filter(({ type }) => type === 'keyring.activated');
  await until(() => activated().length === 2, 'both activations arrive');
  const [first, second] = activated();
  const typesOf = (kid: unknown) =>
    receiver.accepted.filter(({ data }) => data.kid === kid).map(({ type }) => type);
  for (const one of [first, second]) {
    expect(typesOf(one?.data.kid)).toEqual(['keyring.staged', 'keyring.ready', 'keyring.activated']);
  }
  for (const one of receiver.accepted) {
    expect(rightSignatures(one, secretOf(1))).toBe(1);
    expect(one.headers['content-type']).toBe('application/json');
    expect(one.text).not.toMatch(/"(d|x|y|n|k)":/);
  }
  expect(JSON.parse(first?.text ?? '')).toEqual({
    type: 'keyring.activated',
    timestamp: expect.any(String),
    data: {
      projectName: 'MyProject',
      objectType: 'key-ring',
      objectName: 'ring',
      kid: expect.any(String),
      jwkName: 'ring.1',
      version: 1,
    },
  });
  const { body } = await api('GET', `${base}/events/?types=keyring.activated`);
  expect(body.resultList.map(({ id }: { id: string }) => id)).toEqual(activated().map(({ id }) => id));
  await until(async () => (await delivery('rotations')).state === 'CURRENT', 'it is CURRENT');
  expect(await delivery('rotations')).toMatchObject({
    environmentName: 'gate',
    attempts: 0,
    lastError: null,
  });
});

test('an outlet gets the events that its patterns name, from its creation on', async () => {
  await generate('earlier');
  const receiver = await receive('deletions', ['jwk.deleted', 'keyring.*']);
  await generate('brief');
  await api('DELETE', `${base}/jwks/brief/`);
  await api('DELETE', `${base}/jwks/earlier/`);
  await until(() => receiver.accepted.length === 2, 'both arrive');
  expect(received(receiver).sort()).toEqual(['jwk.deleted brief', 'jwk.deleted earlier']);
});

test('a receiver that fails gets every event once it accepts again, those of an object in order', async () => {
  const receiver = await receive('away', ['jwk.*']);
  receiver.answerWith(status(503));
  for (const name of ['x', 'y']) await generate(name);
  for (const text of ['one', 'two', 'three']) for (const name of ['x', 'y']) await update(name, text);
  await until(async () => (await delivery('away')).state === 'FAILING', 'it is FAILING');
  expect(await delivery('away')).toMatchObject({ lastError: 'The receiver responded with status 503!' });
  const { body } = await api('GET', `${base}/events/?types=outlet.failing`);
  expect(body.resultList.at(-1)?.data).toMatchObject({
    objectType: 'outlet',
    objectName: 'away',
    lastError: 'The receiver responded with status 503!',
  });
  receiver.answerWith(undefined);
  await until(() => receiver.accepted.length === 8, 'all arrive');
  const times = (name: string) =>
    receiver.accepted
      .filter(({ data }) => data.objectName === name)
      .map(({ text }) => JSON.parse(text).timestamp);
  for (const name of ['x', 'y']) expect(times(name)).toEqual(times(name).toSorted());
  expect(new Set(receiver.accepted.map(({ id }) => id)).size).toBe(8);
  await until(async () => (await delivery('away')).state === 'CURRENT', 'it is CURRENT again');
});

test('what was not delivered is delivered after a restart of the manager', async () => {
  const receiver = await receive('restarted', ['jwk.created']);
  receiver.answerWith(status(500));
  await generate('before-restart');
  await until(() => receiver.requested > 0, 'it is tried');
  await world.restart();
  receiver.answerWith(undefined);
  await until(() => receiver.accepted.length === 1, 'it arrives');
  expect(received(receiver)).toEqual(['jwk.created before-restart']);
});

test('status 410 stops deliveries until the outlet is delivered or changed', async () => {
  const receiver = await receive('stopped', ['jwk.created']);
  receiver.answerWith(status(410));
  await generate('first-410');
  await until(async () => (await delivery('stopped')).state === 'FAILING', 'it is FAILING');
  expect((await delivery('stopped')).lastError).toBe(
    'The receiver responded with status 410: nothing is sent until the outlet is changed or delivered!',
  );
  // For as long as another one, which fails, is tried several times.
  const failing = await receive('failing-beside', ['jwk.created']);
  failing.answerWith(status(503));
  await generate('second-410');
  await until(() => failing.requested >= 3, 'the other one is tried three times');
  expect(receiver.requested).toBe(1);
  receiver.answerWith(undefined);
  await api('POST', `${base}/outlets/stopped/deliver`);
  await until(() => receiver.accepted.length === 2, 'both arrive');
  // Of two objects, so they are sent at the same time.
  expect(received(receiver).sort()).toEqual(['jwk.created first-410', 'jwk.created second-410']);
  receiver.answerWith(status(410));
  await generate('third-410');
  await until(async () => (await delivery('stopped')).state === 'FAILING', 'it is FAILING again');
  receiver.answerWith(undefined);
  await api('PUT', `${base}/outlets/stopped/`, { description: 'changed' });
  await until(() => receiver.accepted.length === 3, 'the third arrives');
});

test('a redirect is not followed', async () => {
  const other = await startReceiver();
  receivers.push(other);
  const receiver = await receive('redirected', ['jwk.created']);
  receiver.answerWith(status(307, { location: `${other.origin}/private` }));
  await generate('redirected');
  await until(async () => (await delivery('redirected')).state === 'FAILING', 'it is FAILING');
  expect((await delivery('redirected')).lastError).toBe(
    'The receiver responded with status 307, and redirects are not followed!',
  );
  expect(other.requested).toBe(0);
});

test('an address that is not allowed is sent nothing', async () => {
  await createOutlet('private', { url: 'http://127.0.0.2:9/hook', events: ['jwk.created'] });
  await generate('private');
  await until(async () => (await delivery('private')).state === 'FAILING', 'it is FAILING');
  expect((await delivery('private')).lastError).toMatch(
    /127\.0\.0\.2.* not allowed unless KEYPLANE_URL_ALLOW names it/,
  );
});

test('a receiver that does not answer delays no other', async () => {
  const hanging = await receive('hanging', ['jwk.created']);
  hanging.answerWith(() => {});
  const receiver = await receive('quick', ['jwk.created']);
  for (let count = 0; count < 6; count++) await generate(`fair-${count}`);
  await until(() => receiver.accepted.length === 6, 'the other gets all');
  expect(hanging.accepted).toEqual([]);
});

test('a replaced secret signs beside the new one', async () => {
  const receiver = await receive('replaced', ['jwk.created']);
  await api('PUT', `${base}/outlets/replaced/`, { credential: { secret: secretOf(2) } });
  await generate('replaced');
  await until(() => receiver.accepted.length === 1, 'it arrives');
  const [only] = receiver.accepted;
  if (!only) throw new Error('nothing arrived');
  expect(String(only.headers['webhook-signature']).split(' ')).toHaveLength(2);
  expect([1, 2, 3].map((byte) => rightSignatures(only, secretOf(byte)))).toEqual([1, 1, 0]);
});

test('a test sends one event of type outlet.test, and reports what the receiver answered', async () => {
  const receiver = await receive('tested', ['jwk.created']);
  const trial = async () => (await api('POST', `${base}/outlets/tested/test`)).body.resultList;
  expect(await trial()).toEqual([{ success: true, message: 'The receiver accepted a test event' }]);
  expect(receiver.accepted).toMatchObject([
    { type: 'outlet.test', data: { projectName: 'MyProject', objectType: 'outlet', objectName: 'tested' } },
  ]);
  receiver.answerWith(status(401));
  expect(await trial()).toEqual([{ success: false, message: 'The receiver responded with status 401!' }]);
});

test('events that are deleted undelivered are reported by one gap event before those that are left', async () => {
  const receiver = await receive('late', ['jwk.created']);
  receiver.answerWith(status(500));
  for (let count = 0; count < 3; count++) await generate(`lost-${count}`);
  await update('lost-0', 'an event that the outlet does not take');
  await until(async () => (await delivery('late')).state === 'FAILING', 'it is FAILING');
  await world.raw(`update events set at = ${Date.now() - eventLimits.keptMs - 1}`);
  await generate('kept');
  await world.manager.services.maintenance.run();
  // A delivery may know of the deletion only a quarter of a second later.
  let isReported = false;
  receiver.answerWith((response, { type }) => {
    isReported ||= type === 'events.gap';
    response.writeHead(500).end();
  });
  await until(() => isReported, 'the gap is attempted');
  receiver.answerWith(undefined);
  await until(() => receiver.accepted.length === 2, 'the gap and the event arrive');
  expect(receiver.accepted).toMatchObject([
    {
      type: 'events.gap',
      data: { projectName: 'MyProject', objectType: 'outlet', objectName: 'late', lost: 3 },
    },
    { type: 'jwk.created', data: { objectName: 'kept' } },
  ]);
  await generate('after-gap');
  await until(() => receiver.accepted.length === 3, 'the next arrives');
  expect(received(receiver).at(-1)).toBe('jwk.created after-gap');
});

test.each([
  [{ secret: 'no prefix' }, 'credential.secret'],
  [{ secret: 'whsec_c2hvcnQ=' }, 'credential.secret'],
])('a secret that is no whsec_ secret is rejected: %j', async (credential, member) => {
  const target = { url: 'https://example.com/hook', events: ['*'] };
  const { status: code, body } = await api('POST', `${base}/outlets/`, {
    name: 'weak',
    kind: 'WEBHOOK',
    target,
    credential,
  });
  expect([code, body.reason, body.member]).toEqual([400, 'FIELD_NOT_VALID', member]);
  expect(JSON.stringify(body)).not.toContain(credential.secret);
});

test('an event type that does not exist is rejected', async () => {
  const { status: code, body } = await api('POST', `${base}/outlets/`, {
    name: 'unknown-type',
    kind: 'WEBHOOK',
    target: { url: 'https://example.com/hook', events: ['jwk.create'] },
    credential: { secret: secretOf(1) },
  });
  expect([code, body.member]).toEqual([400, 'target.events']);
  expect(body.error_description).toContain('keyring.*');
});
