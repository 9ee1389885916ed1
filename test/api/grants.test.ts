// What applications may do with which key or token profile, as the API takes it, and what of it is deployed to nodes.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';
import { deployedApplication } from './support/deployed-application.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;

beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'] });
  ({ api } = world);
  const key = { type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' } };
  for (const [path, name] of [
    ['jwks/generate', 'granted'],
    ['key-rings/', 'ring'],
  ] as const) {
    const { status } = await api('POST', `${base}/${path}`, { name, ...key });
    expect(status).toBe(200);
  }
});

afterAll(() => world?.close());

const create = (body: object) => api('POST', `${base}/applications/`, body);
const update = (name: string, body: object) => api('PUT', `${base}/applications/${name}/`, body);
const deployed = (name: string) => deployedApplication(world, name);

async function detail(name: string) {
  const { body } = await api('GET', `${base}/applications/${name}/`);
  return body.resultList[0];
}

test('grants of all operations of keys are accepted, with a rate and its burst', async () => {
  const operations = ['SIGN', 'SIGN_RAW', 'VERIFY', 'ENCRYPT', 'DECRYPT', 'MAC'];
  const made = await create({
    name: 'granted',
    grants: [{ jwkName: 'granted', operations, ratePerSecond: 2.5 }],
  });
  expect(made.status).toBe(200);
  expect(made.body).not.toHaveProperty('warnings');
  const grants = [{ jwkName: 'granted', operations, ratePerSecond: 2.5, burst: 3 }];
  expect((await detail('granted')).grants).toEqual(grants);
  expect((await deployed('granted')).grants).toEqual([
    expect.objectContaining({ operations, rate: { perSecond: 2.5, burst: 3 } }),
  ]);
  const unlimited = await update('granted', { grants: [{ jwkName: 'granted', operations: ['SIGN'] }] });
  expect(unlimited.status).toBe(200);
  expect((await deployed('granted')).grants[0]).not.toHaveProperty('rate');
});

test('grants warn of operations that have no effect, and of SIGN_RAW on a key ring', async () => {
  const { body } = await create({
    name: 'warned',
    grants: [{ keyRingName: 'ring', operations: ['SIGN_RAW', 'ISSUE'] }],
  });
  expect(body.warnings).toEqual([
    'ISSUE has no effect on a key (grants[0])',
    'SIGN_RAW signs what maxTokenLifetime of key ring (name: ring) does not bound (grants[0])',
  ]);
});

test.for([
  [{ burst: 3 }, 'burst needs ratePerSecond in grants[0]!'],
  [{ ratePerSecond: 0 }, /^grants\[0\]\.ratePerSecond/],
  [{ ratePerSecond: 1, burst: 0 }, /^grants\[0\]\.burst/],
] as const)('grants with %j are rejected', async ([rate, text]) => {
  const grants = [{ jwkName: 'granted', operations: ['SIGN'], ...rate }];
  const { status, body } = await create({ name: 'x', grants });
  expect(status).toBe(400);
  expect(body.error_description).toEqual(text instanceof RegExp ? expect.stringMatching(text) : text);
});

test('grants of one operation at two rates are rejected, of two operations are not', async () => {
  const at = (operation: string, ratePerSecond: number) => ({
    jwkName: 'granted',
    operations: [operation],
    ratePerSecond,
  });
  const twice = await create({ name: 'rates', grants: [at('SIGN', 1), at('SIGN', 2)] });
  expect(twice.body.error_description).toBe('SIGN is granted twice at different rates, again in grants[1]!');
  const apart = await create({ name: 'rates', grants: [at('SIGN', 1), at('VERIFY', 2)] });
  expect(apart.status).toBe(200);
  expect((await detail('rates')).grants).toHaveLength(2);
});

test('grants name token profiles, and end with them', async () => {
  const profile = {
    name: 'access',
    keyRingName: 'ring',
    issuer: 'https://issuer.example',
    audiences: ['a'],
    audienceMode: 'FIXED',
    lifetime: 'PT5M',
    maxLifetime: 'PT10M',
    tokenType: 'JWT',
    subject: { mode: 'FROM_CALLER' },
    claims: {},
  };
  const made = await api('POST', `${base}/token-profiles/`, profile);
  expect(made.body).toMatchObject({ success: true });
  const grants = [{ tokenProfileName: 'access', operations: ['ISSUE'] }];
  expect((await create({ name: 'issuing', grants })).status).toBe(200);
  expect((await detail('issuing')).grants).toEqual(grants);
  const missing = await create({ name: 'x', grants: [{ tokenProfileName: 'y', operations: ['ISSUE'] }] });
  expect(missing.body.error_description).toBe('Token profile (name: y) is not found!');
  expect((await api('DELETE', `${base}/token-profiles/access/`)).status).toBe(200);
  expect((await detail('issuing')).grants).toEqual([]);
  expect((await deployed('issuing')).grants).toEqual([]);
});
