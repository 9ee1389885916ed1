import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../../src/node/start-node.ts';
import { type Answer, startTestManager, type TestManager } from '../../support/manager.ts';
import { type Item, noCaches, type RingApi, ringApi } from './support/ring-api.ts';

let world: TestManager;
let rings: RingApi;
let node: RunningNode;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'], settings: noCaches });
  rings = ringApi(world.api);
  node = await world.addNode('production', 'p1');
});
afterAll(() => world.close());

const call = (method: string, path: string, body?: unknown) =>
  world.api(method, `/apiops/projects/MyProject/jwks/${path}`, body);
const refusal = ({ status, body }: Answer) => [status, body.error_description, body.reason];
const jwk = async (name: string): Promise<Item> =>
  (await call('GET', `${name}/?publicOnly=true`)).body.resultList[0];
const policy = { verifierCacheTime: 'PT0S', clockSkew: 'PT0S' };

describe('an adopted JWK', () => {
  test('is the ACTIVE first version of a new ring, under its name and kid, without end', async () => {
    await call('POST', 'generate', { name: 'legacy', type: 'EC', ec: { curveType: 'P384' } });
    const before = await jwk('legacy');
    const { status, body } = await call('POST', 'legacy/adopt', { ringName: 'modern', ...policy });
    expect({ status, ...body }).toMatchObject({
      status: 200,
      success: true,
      deploymentResult: { success: true },
    });
    const ring = await rings.ring('modern');
    expect(ring).toMatchObject({ type: 'EC', use: 'sig', ec: { curveType: 'P384', algorithm: 'ES384' } });
    const [first, second] = ring.members;
    expect(first).toMatchObject({ version: 1, jwkName: 'legacy', kid: before.kid, state: 'ACTIVE' });
    expect(first.publishedAt).toBe(first.activatedAt);
    expect(first.readyAt).toBe(first.activatedAt);
    expect(second).toMatchObject({ version: 2, jwkName: 'modern.2', state: 'NEXT', algorithm: 'ES384' });
    expect(await jwk('legacy')).toMatchObject({
      notBeforeTime: null,
      expirationTime: null,
      ringName: 'modern',
      ringState: 'ACTIVE',
    });
    const set = await (await fetch(`${node.url}/projects/MyProject/.well-known/jwks.json`)).json();
    expect(set).toMatchObject({ keys: [{ kid: before.kid }, { kid: second.kid }] });
    const { body: timeline } = await rings.call('GET', 'modern/timeline');
    expect(timeline.resultList[0]).toEqual({
      at: first.activatedAt,
      version: 1,
      kid: before.kid,
      from: null,
      to: 'ACTIVE',
      planned: false,
      cause: 'ADOPTED',
    });
    await rings.call('POST', 'modern/rotate');
    expect(await rings.states('modern')).toEqual(['RETIRING', 'ACTIVE', 'NEXT']);
  });

  test('may have the name of the first member', async () => {
    await call('POST', 'generate', { name: 'same.1', type: 'EC', ec: { curveType: 'P256' } });
    expect((await call('POST', 'same.1/adopt', { ringName: 'same', ...policy })).status).toBe(200);
    expect((await rings.ring('same')).members).toMatchObject([{ jwkName: 'same.1' }, { jwkName: 'same.2' }]);
  });
});

describe('outlets of an adopted JWK', () => {
  const outlets = '/apiops/projects/MyProject/outlets/';
  const deliver = async (name: string, jwkName: string, content: string) => {
    const target = { path: name };
    const outlet = { name, kind: 'FILES', source: { jwkName }, content, target };
    expect((await world.api('POST', outlets, outlet)).status).toBe(200);
  };
  const generate = (name: string) =>
    call('POST', 'generate', { name, type: 'EC', ec: { curveType: 'P256' } });

  test('deliver the key ring from then on', async () => {
    await generate('delivered');
    await deliver('gateway', 'delivered', 'JWKS');
    const gated = { ringName: 'gated', ...policy };
    expect((await call('POST', 'delivered/adopt', gated)).status).toBe(200);
    const { body } = await world.api('GET', `${outlets}gateway/`);
    expect(body.resultList[0].source).toEqual({ keyRingName: 'gated' });
    const ring = await rings.ringWhen(
      'gated',
      ({ members }) => members.length === 2,
      'the second key is made',
    );
    expect(ring.members[1].state).toBe('STAGED');
    const rotated = await rings.call('POST', 'gated/rotate');
    expect(rotated.body.waitingFor).toMatchObject([{ nodeName: 'p1', outletName: 'gateway' }]);
    expect((await world.api('DELETE', `${outlets}gateway/`)).status).toBe(200);
  });

  test('keep it from being adopted where the key ring would not give them its private keys', async () => {
    await generate('secret');
    await deliver('till', 'secret', 'JWKS_PRIVATE');
    const adopt = (more: object) => call('POST', 'secret/adopt', { ringName: 'secrets', ...policy, ...more });
    expect(refusal(await adopt({}))).toEqual([
      400,
      'JWK (name: secret) can not be adopted: outlet (name: till) delivers its private key! Make the key ring exportable, or delete the outlet.',
      'STILL_NEEDED',
    ]);
    expect((await rings.call('GET', 'secrets/')).status).toBe(400);
    expect((await adopt({ exportable: true })).status).toBe(200);
    expect((await world.api('DELETE', `${outlets}till/`)).status).toBe(200);
  });

  test('keep it from being adopted where they deliver its certificate', async () => {
    await generate('certified');
    await deliver('certificates', 'certified', 'PEM_CERTIFICATE');
    expect(refusal(await call('POST', 'certified/adopt', { ringName: 'certified-ring', ...policy }))).toEqual(
      [
        400,
        'JWK (name: certified) can not be adopted: outlet (name: certificates) delivers its certificate! Give it another source, or delete it.',
        'STILL_NEEDED',
      ],
    );
    expect((await world.api('DELETE', `${outlets}certificates/`)).status).toBe(200);
  });
});

describe('Adopt rejects', () => {
  test.each([
    [
      'a key for encryption',
      { name: 'enc', type: 'RSA', rsa: { keySize: 2048, keyUseType: 'ENCRYPTION' } },
      'JWK (name: enc) can not be adopted: it is not for use type SIGNATURE!',
    ],
    [
      'a key without kid',
      { name: 'nokid', type: 'EC', ec: { curveType: 'P256', keyIdType: 'NONE' } },
      'JWK (name: nokid) can not be adopted: it has no kid!',
    ],
    [
      'a key that has expired',
      {
        name: 'expired',
        type: 'EC',
        ec: {
          curveType: 'P256',
          notBeforeTime: '2020-01-01T00:00:00Z',
          expirationTime: '2021-01-01T00:00:00Z',
        },
      },
      'JWK (name: expired) can not be adopted: it has expired!',
    ],
  ])('%s', async (_what, made, text) => {
    expect((await call('POST', 'generate', made)).status).toBe(200);
    const answer = await call('POST', `${made.name}/adopt`, { ringName: 'x', ...policy });
    expect(refusal(answer)).toEqual([400, text, 'KEY_STATE_NOT_VALID']);
  });

  test('a key without private half', async () => {
    const jwkStr = JSON.stringify({
      kty: 'EC',
      crv: 'P-256',
      use: 'sig',
      x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
      y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
    });
    await call('POST', '', { name: 'half', sourceType: 'COPY_PASTE', jwkStr });
    expect(refusal(await call('POST', 'half/adopt', { ringName: 'x', ...policy }))).toEqual([
      400,
      'JWK (name: half) can not be adopted: it has no private part!',
      'KEY_STATE_NOT_VALID',
    ]);
  });

  test('a JWK that is not there, a ring that is, and no ring name', async () => {
    expect(refusal(await call('POST', 'none/adopt', { ringName: 'x' }))).toEqual([
      400,
      'JWK (name: none) is not found!',
      'NOT_FOUND',
    ]);
    await call('POST', 'generate', { name: 'plain', type: 'EC', ec: { curveType: 'P256' } });
    const taken = await call('POST', 'plain/adopt', { ringName: 'modern', ...policy });
    expect(taken.body.member).toBe('ringName');
    expect(refusal(taken)).toEqual([
      400,
      'Key ring (name: modern) is already exist! Try update operation if want to change its value.',
      'NAME_TAKEN',
    ]);
    const { body } = await call('POST', 'plain/adopt', {});
    expect(body).toMatchObject({ error_description: 'Key ring name can not be empty!', member: 'ringName' });
  });

  test('a JWK that is in a ring', async () => {
    expect(refusal(await call('POST', 'legacy/adopt', { ringName: 'x', ...policy }))).toEqual([
      400,
      'JWK (name: legacy) belongs to key ring (name: modern)!',
      'KEY_RING_MEMBER',
    ]);
  });
});
