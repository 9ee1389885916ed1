import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiOf, startTestManager, type TestManager } from '../support/manager.ts';
import { startFakeNode } from './support/fake-node.ts';
import { keystoreFixture, p256Public, pemFixture } from './support/sample-keys.ts';

let world: TestManager;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
});
afterAll(() => world.close());

const jwks = '/apiops/projects/MyProject/jwks/';
const pasted = (name: string) => ({ name, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(p256Public) });
const withKey = (key: string, token = world.api.token) => apiOf(world.url, token, { 'idempotency-key': key });
const countOf = async (path: string) => (await world.api('GET', path)).body.resultCount;
const audited = (name: string) =>
  world.manager.services.store.read(async ({ audit }) =>
    (await audit.list(0, 10_000)).filter(({ objectName }) => objectName === name),
  );

describe('a repeated request with the same Idempotency-Key', () => {
  test('answers as the first did, and changes nothing again', async () => {
    const first = await withKey('create-1')('POST', jwks, pasted('once'));
    expect(first).toMatchObject({ status: 200, body: { success: true } });
    const again = await withKey('create-1')('POST', jwks.slice(0, -1), pasted('once'));
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect((await audited('once')).map(({ action }) => action)).toEqual(['jwk.create']);
  });

  test('gets the first response word for word, also when the nodes have changed since', async () => {
    const first = await withKey('words')('POST', jwks, pasted('words'));
    const node = await startFakeNode(world, {
      environment: 'production',
      name: 'late',
      reply: () => undefined,
    });
    const again = await withKey('words')('POST', jwks, pasted('words'));
    expect(again.body).toEqual(first.body);
    await node.close();
    await world.api('DELETE', '/apiops/environments/production/nodes/late/');
  });

  test('is rejected if its contents differ', async () => {
    await withKey('other')('POST', jwks, pasted('other'));
    const refusal = {
      error: 'bad_request',
      error_description: 'This Idempotency-Key was already used for another request! Use a new one.',
      reason: 'CONFLICT',
      member: 'Idempotency-Key',
    };
    expect((await withKey('other')('POST', jwks, pasted('another'))).body).toEqual(refusal);
    expect((await withKey('other')('DELETE', `${jwks}other/`)).body).toEqual(refusal);
    expect((await withKey('other')('DELETE', `${jwks}once/`)).body).toEqual(refusal);
  });

  test('is the same request however its JSON is spelled', async () => {
    const { name, sourceType, jwkStr } = pasted('spelled');
    await withKey('spelled')('POST', jwks, { name, sourceType, jwkStr });
    const turned = JSON.stringify({ jwkStr, sourceType, kid: null, name }, undefined, 2);
    expect((await withKey('spelled')('POST', jwks, turned)).status).toBe(200);
  });

  test('is checked again if the first was rejected', async () => {
    const refused = await withKey('refused')('POST', jwks, { ...pasted('refused'), jwkStr: '{}' });
    expect(refused.status).toBe(400);
    expect((await withKey('refused')('POST', jwks, pasted('refused'))).status).toBe(200);
  });

  test('of another user is another request', async () => {
    const other = await world.as('eve', {
      project: 'MyProject',
      roles: ['ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'],
    });
    await withKey('shared')('POST', jwks, pasted('mine'));
    expect((await withKey('shared', other.token)('POST', jwks, pasted('theirs'))).status).toBe(200);
  });

  test('waits while the first is still running', async () => {
    const sent = Promise.withResolvers<void>();
    let confirm = () => {};
    const node = await startFakeNode(world, {
      environment: 'production',
      name: 'slow-node',
      reply: (revision, socket) => {
        confirm = () => socket.send(JSON.stringify({ type: 'refused', revision, reason: 'not today' }));
        sent.resolve();
        return undefined;
      },
    });
    const answers = [1, 2, 3].map(() => withKey('slow')('POST', jwks, pasted('slow')));
    await sent.promise;
    confirm();
    const bodies = (await Promise.all(answers)).map(({ body }) => body);
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(bodies[0].success).toBe(true);
    expect(await audited('slow')).toHaveLength(1);
    await node.close();
    await world.api('DELETE', '/apiops/environments/production/nodes/slow-node/');
  });

  test('is answered after a restart, also if the first response was never stored', async () => {
    const first = await withKey('restart')('POST', jwks, pasted('restart'));
    const { store } = world.manager.services;
    const userId = (await store.read((stores) => stores.users.find('admin')))?.id ?? '';
    // As a manager leaves it that dies between its commit and the confirmations of the nodes.
    const kept = await store.read((stores) => stores.idempotencyKeys.find({ userId, key: 'restart' }));
    if (!kept) throw new Error('the key is not there');
    await store.write(async (stores) => {
      await stores.idempotencyKeys.prune(-1_000_000, 10_000);
      await stores.idempotencyKeys.insert({ ...kept, answer: null });
    });
    await world.restart();
    const again = await withKey('restart')('POST', jwks, pasted('restart'));
    expect([again.status, again.body]).toEqual([200, first.body]);
    const settled = await world.manager.services.store.read((stores) => stores.idempotencyKeys.find(kept));
    expect(JSON.parse(settled?.answer ?? '')).toEqual(first.body.deploymentResult);
  });
});

describe('Idempotency-Key', () => {
  const pem = pemFixture('ec.key');
  const key = (name: string) => ({
    name,
    keyType: 'PRIVATE_KEY',
    cryptoKeyInfoEnvironmentList: [{ environmentName: 'production', content: pem }],
  });
  const generated = { name: 'made', type: 'EC', ec: { curveType: 'P256' } };
  const certificate = () => {
    const form = new FormData();
    form.set('certificateName', 'c');
    form.set('alias', 'c');
    form.set('environmentList', 'production');
    form.set('pemEncodedFile', new Blob([pemFixture('ec.pem')]), 'ec.pem');
    return form;
  };
  const opened = { environmentName: 'production', password: 'changeit', keyStoreType: 'PKCS12' };
  const keystore = (more: object = {}) => ({
    name: 's',
    keyStoreEnvironmentList: [{ ...opened, file: keystoreFixture('java17/default.p12') }],
    ...more,
  });
  const materials = '/apiops/projects/MyProject/';
  const file = () => {
    const form = new FormData();
    form.set('jwkName', 'imported');
    form.set('jwkFile', new Blob([JSON.stringify(p256Public)]), 'jwk.json');
    return form;
  };

  test.each<[string, string, string, () => unknown]>([
    ['generate', 'POST', `${jwks}generate`, () => generated],
    ['parse', 'POST', `${jwks}parse-from-clipboard`, () => ({ ...pasted('parsed'), sourceType: undefined })],
    ['import', 'POST', `${jwks}import-file/`, file],
    ['update', 'PUT', `${jwks}made/`, () => ({ description: 'changed' })],
    ['delete', 'DELETE', `${jwks}made/`, () => undefined],
    ['key', 'POST', '/apiops/projects/MyProject/keys/', () => key('k')],
    ['update key', 'PUT', '/apiops/projects/MyProject/keys/k/', () => key('k')],
    ['delete key', 'DELETE', '/apiops/projects/MyProject/keys/k/', () => undefined],
    ['certificate', 'POST', `${materials}certificates/`, certificate],
    ['update certificate', 'PUT', `${materials}certificates/c/`, certificate],
    ['delete certificate', 'DELETE', `${materials}certificates/c/`, () => undefined],
    ['keystore', 'POST', `${materials}keystores/`, keystore],
    ['update keystore', 'PUT', `${materials}keystores/s/`, () => keystore({ description: 'new' })],
    ['delete keystore', 'DELETE', `${materials}keystores/s/`, () => undefined],
    ['project', 'POST', '/apiops/projects/', () => ({ name: 'Second' })],
    ['user', 'POST', '/apiops/users/', () => ({ username: 'ann', password: 'password of ann' })],
    ['environment', 'POST', '/apiops/environments/', () => ({ name: 'staging', type: 'TEST' })],
  ])('prevents a second run of: %s', async (name, method, path, body) => {
    const first = await withKey(`settles ${name}`)(method, path, body());
    expect(first).toMatchObject({ status: 200, body: { success: true } });
    const records = await countOf('/apiops/audit/');
    const again = await withKey(`settles ${name}`)(method, path, body());
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(await countOf('/apiops/audit/')).toBe(records);
  });

  test.each(['', 'x'.repeat(256), 'caf\u00e9', 'tab\there'])('is refused as %j', async (bad) => {
    const before = await countOf(jwks);
    const answer = await withKey(bad)('POST', jwks, pasted('bad-key'));
    expect(answer.body).toMatchObject({
      error: 'bad_request',
      error_description: 'Idempotency-Key is not valid! It takes 1 to 255 printable ASCII characters',
    });
    expect(await countOf(jwks)).toBe(before);
  });

  test('leaves nothing of the request behind that a password could be guessed from', async () => {
    const rows = await world.manager.services.store.read(async (stores) => {
      const admin = await stores.users.find('admin');
      return stores.idempotencyKeys.find({ userId: admin?.id ?? '', key: 'settles user' });
    });
    expect(rows).toMatchObject({ deployment: 'null', answer: 'null' });
    expect(rows?.requestHash).toHaveLength(32);
  });

  test('of a user is deleted with the user', async () => {
    const gone = await world.as('gone', {
      project: 'MyProject',
      roles: ['ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'],
    });
    await withKey('of gone', gone.token)('POST', jwks, pasted('of-gone'));
    const { store } = world.manager.services;
    const name = {
      userId: (await store.read((stores) => stores.users.find('gone')))?.id ?? '',
      key: 'of gone',
    };
    expect(await store.read((stores) => stores.idempotencyKeys.find(name))).toBeDefined();
    await world.api('DELETE', '/apiops/users/gone/');
    expect(await store.read((stores) => stores.idempotencyKeys.find(name))).toBeUndefined();
  });
});
