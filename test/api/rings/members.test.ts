import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, startTestManager, type TestManager } from '../../support/manager.ts';
import { projectApi } from '../support/project-api.ts';
import { noCaches, type RingApi, ringApi } from './support/ring-api.ts';

let world: TestManager;
let rings: RingApi;
let project: ReturnType<typeof projectApi>;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'], settings: noCaches });
  rings = ringApi(world.api);
  project = projectApi(world.api);
  await world.addNode('production', 'p1');
  await rings.create({ name: 'api-signing' });
  await rings.create({ name: 'open', exportable: true });
});
afterAll(() => world.close());

const refusal = ({ status, body: { error_description, reason } }: Answer) => [
  status,
  error_description,
  reason,
];

describe('a member of a key ring', () => {
  test('is a JWK of the project that names its ring and its state', async () => {
    const { body } = await project.call('GET', 'jwks/?search=api-signing');
    expect(body.resultList).toMatchObject([
      { name: 'api-signing.1', ringName: 'api-signing', ringState: 'ACTIVE', sourceType: 'GENERATE' },
      { name: 'api-signing.2', ringName: 'api-signing', ringState: 'NEXT', expirationTime: null },
    ]);
    expect(await project.jwk('api-signing.1')).toMatchObject({
      ringName: 'api-signing',
      notBeforeTime: null,
    });
  });

  test('of no ring has neither', async () => {
    await project.call('POST', 'jwks/generate', { name: 'alone', type: 'EC', ec: { curveType: 'P256' } });
    expect(await project.jwk('alone')).toMatchObject({ ringName: null, ringState: null });
  });

  test.each([
    ['updated', 'PUT', { description: 'mine' }],
    ['replaced', 'PUT', { sourceType: 'COPY_PASTE', jwkStr: '{}' }],
    ['deleted', 'DELETE', undefined],
    ['adopted', 'POST', { ringName: 'other' }],
  ])('cannot be %s by itself', async (verb, method, body) => {
    const path = `jwks/api-signing.1/${verb === 'adopted' ? 'adopt' : ''}`;
    expect(refusal(await project.call(method, path, body))).toEqual([
      400,
      'JWK (name: api-signing.1) belongs to key ring (name: api-signing)!',
      'KEY_RING_MEMBER',
    ]);
    expect(await rings.states('api-signing')).toEqual(['ACTIVE', 'NEXT']);
  });

  test('shows its public members only, where the ring is not exportable', async () => {
    const { body } = await project.call('GET', 'jwks/api-signing.1/');
    expect(body.resultList[0].ec).toMatchObject({ kty: 'EC', crv: 'P-256' });
    expect(body.resultList[0].ec).not.toHaveProperty('d');
    expect(body.warnings).toEqual(['The private key of JWK (name: api-signing.1) is not exportable!']);
  });

  test.each(['', '?format=pem'])('cannot be exported to a file (%s)', async (query) => {
    const { status, body } = await project.call('GET', `jwks/api-signing.1/export-file/${query}`);
    expect({ status, ...body }).toEqual({
      status: 403,
      error: 'forbidden',
      error_description: 'The private key of JWK (name: api-signing.1) is not exportable!',
      reason: 'KEY_NOT_EXPORTABLE',
    });
  });

  test('has a public part that can be exported', async () => {
    const { status } = await project.call('GET', 'jwks/api-signing.1/export-file/?publicOnly=true');
    expect(status).toBe(200);
  });

  test('of an exportable ring is shown and exported with its private members', async () => {
    expect(await project.material('open.1')).toHaveProperty('d');
    const { status, body } = await project.call('GET', 'jwks/open.1/export-file/');
    expect([status, body.keys?.[0] ?? JSON.parse(body).keys[0]]).toMatchObject([
      200,
      { d: expect.any(String) },
    ]);
  });

  test('of a ring that is exportable no more is not', async () => {
    await rings.create({ name: 'closing', exportable: true });
    expect((await rings.call('PUT', 'closing/', { exportable: false })).status).toBe(200);
    expect(await project.material('closing.1')).not.toHaveProperty('d');
    expect(refusal(await rings.call('PUT', 'closing/', { exportable: true }))).toEqual([
      400,
      'exportable can be changed from true to false only!',
      'FIELD_NOT_VALID',
    ]);
  });

  test('has a history with its transitions', async () => {
    const { body } = await project.call('GET', 'jwks/api-signing.1/history/');
    expect(body.resultList.map(({ action }: { action: string }) => action)).toEqual([
      'keyring.activate',
      'keyring.publish',
      'keyring.stage',
    ]);
  });
});

describe('names of members', () => {
  test.each([
    ['generated', 'jwks/generate', { type: 'EC', ec: { curveType: 'P256' } }],
    ['created', 'jwks/', { sourceType: 'COPY_PASTE', jwkStr: JSON.stringify({ kty: 'oct', k: 'AAAA' }) }],
  ])('are reserved while the ring exists: a JWK of such a name cannot be %s', async (_verb, path, body) => {
    const answer = await project.call('POST', path, { name: 'api-signing.17', ...body });
    expect(refusal(answer)).toEqual([
      400,
      'JWK name (api-signing.17) is reserved for key ring (name: api-signing)!',
      'NAME_RESERVED',
    ]);
  });

  test('are not names that end in something else', async () => {
    const body = { name: 'api-signing.1x', type: 'EC', ec: { curveType: 'P256' } };
    expect((await project.call('POST', 'jwks/generate', body)).status).toBe(200);
  });
});

describe('access to key rings', () => {
  test('reading takes ROLE_API_SECURITY, changing also ROLE_DEPLOY_UNDEPLOY_PROXIES', async () => {
    const reader = ringApi(await world.as('reader', { project: 'MyProject', roles: ['ROLE_API_SECURITY'] }));
    const other = ringApi(await world.as('other', { project: 'MyProject', roles: ['ROLE_MANAGE_PROXIES'] }));
    expect((await reader.call('GET', 'api-signing/')).status).toBe(200);
    expect((await reader.call('GET', 'api-signing/timeline')).status).toBe(200);
    for (const [method, path, body] of [
      ['POST', '', { name: 'theirs', type: 'EC', ec: { curveType: 'P256' } }],
      ['PUT', 'api-signing/', {}],
      ['DELETE', 'api-signing/', undefined],
      ['POST', 'api-signing/rotate', undefined],
      ['POST', 'api-signing/activate', { kid: 'x' }],
      ['POST', 'api-signing/hold', undefined],
      ['POST', 'api-signing/resume', undefined],
      ['POST', 'api-signing/revoke', { all: true, reason: 'COMPROMISED' }],
    ] as const) {
      expect((await reader.call(method, path, body)).status).toBe(403);
    }
    expect((await other.call('GET', '')).status).toBe(403);
  });
});
