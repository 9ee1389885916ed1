// Applications through the API: their names, grants and tokens, and what every refusal says.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;

beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'] });
  ({ api } = world);
  const generated = await api('POST', `${base}/jwks/generate`, {
    name: 'signing',
    type: 'EC',
    ec: { curveType: 'P256', algorithm: 'ES256' },
  });
  expect(generated.status).toBe(200);
});

afterAll(() => world?.close());

const grants = [{ jwkName: 'signing', operations: ['SIGN'] }];

async function detail(name: string) {
  const { body } = await api('GET', `${base}/applications/${name}/`);
  return body.resultList[0];
}

test('an application is created with a token that is shown once and stored as its hash', async () => {
  const made = await api('POST', `${base}/applications/`, {
    name: 'checkout',
    description: 'Signs orders',
    grants: [...grants, { jwkName: 'signing', operations: ['VERIFY', 'SIGN'] }],
  });
  expect(made.status).toBe(200);
  expect(made.body).toMatchObject({
    success: true,
    token: expect.stringMatching(/^kpa_[\w-]{43}$/),
    deploymentResult: { environmentResults: [{ environmentName: 'gate' }] },
  });
  const found = await detail('checkout');
  expect(found).toMatchObject({
    name: 'checkout',
    description: 'Signs orders',
    expiresAt: null,
    grants: [{ jwkName: 'signing', operations: ['SIGN', 'VERIFY'] }],
    formerTokensValidUntil: [],
    lastUsedAt: null,
    usage: [],
  });
  const { token } = made.body;
  const [row] = await world.raw("select tokens from applications where name = 'checkout'");
  expect(row?.tokens).toContain(createHash('sha256').update(token).digest('hex'));
  const audit = await api('GET', '/apiops/audit/?size=100');
  for (const text of [JSON.stringify(found), JSON.stringify(row), JSON.stringify(audit.body)]) {
    expect(text).not.toContain(token);
  }
  expect(audit.body.resultList).toContainEqual(
    expect.objectContaining({
      action: 'application.create',
      objectName: 'checkout',
      projectName: 'MyProject',
    }),
  );
});

test.for([
  [{}, 'Application name can not be empty!'],
  [{ name: ' ' }, 'Application name can not be empty!'],
  [{ name: 'a b' }, /^Application name \(a b\) is not valid!/],
  [
    { name: 'checkout' },
    'Application (name: checkout) is already exist! Try update operation if want to change its value.',
  ],
  [{ name: 'x', expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt must be in the future!'],
  [{ name: 'x', expiresAt: 'soon' }, /^expiresAt must be an ISO 8601 date and time/],
  [
    { name: 'x', grants: [{ operations: ['SIGN'] }] },
    'Give either keyRingName, jwkName or tokenProfileName in grants[0]!',
  ],
  [
    { name: 'x', grants: [{ keyRingName: 'r', jwkName: 'signing', operations: ['SIGN'] }] },
    'Give either keyRingName, jwkName or tokenProfileName in grants[0]!',
  ],
  [{ name: 'x', grants: [{ keyRingName: 'r', operations: ['SIGN'] }] }, 'Key ring (name: r) is not found!'],
  [{ name: 'x', grants: [{ jwkName: 'none', operations: ['SIGN'] }] }, 'JWK (name: none) is not found!'],
  [
    { name: 'x', grants: [{ jwkName: 'signing', operations: ['READ'] }] },
    'grants[0].operations[0] (READ) is not valid! Valid values: SIGN, SIGN_RAW, VERIFY, ENCRYPT, DECRYPT, MAC, ISSUE',
  ],
  [
    { name: 'x', grants: [{ jwkName: 'signing', operations: [] }] },
    'grants[0].operations must have at least 1 items!',
  ],
  [{ name: 'x', role: 'admin' }, /^Unknown member: role!/],
] as const)('the application %j is rejected', async ([body, text]) => {
  const { status, body: answer } = await api('POST', `${base}/applications/`, body);
  expect(status).toBe(400);
  expect(answer.error_description).toEqual(text instanceof RegExp ? expect.stringMatching(text) : text);
});

test('an update keeps what it does not name, and null ends the expiry', async () => {
  const expiresAt = '2099-01-01T00:00:00.000Z';
  await api('POST', `${base}/applications/`, { name: 'changing', description: 'old', expiresAt, grants });
  const path = `${base}/applications/changing/`;
  expect((await api('PUT', path, { description: 'new' })).status).toBe(200);
  expect(await detail('changing')).toMatchObject({ description: 'new', expiresAt, grants });
  expect((await api('PUT', path, { expiresAt: null, grants: [] })).status).toBe(200);
  expect(await detail('changing')).toMatchObject({ description: 'new', expiresAt: null, grants: [] });
  const renamed = await api('PUT', path, { name: 'other' });
  expect(renamed.body.error_description).toBe('Application name can not be changed! It is changing');
});

test('a replaced token overlaps for as long as was requested', async () => {
  await api('POST', `${base}/applications/`, { name: 'rolling' });
  const path = `${base}/applications/rolling/token`;
  const before = Date.now();
  const first = await api('POST', path, { overlap: 'PT1H' });
  expect(first.body).toMatchObject({ success: true, token: expect.stringMatching(/^kpa_/) });
  const [until] = (await detail('rolling')).formerTokensValidUntil;
  expect(Date.parse(until) - before).toBeGreaterThanOrEqual(3_600_000);
  const second = await api('POST', path, { overlap: 'PT1M' });
  const ends = (await detail('rolling')).formerTokensValidUntil.map((end: string) => Date.parse(end));
  expect(ends).toHaveLength(2);
  expect(Math.max(...ends) - before).toBeLessThan(3_600_000);
  const third = await api('POST', path);
  expect(new Set([first, second, third].map(({ body }) => body.token)).size).toBe(3);
  expect((await detail('rolling')).formerTokensValidUntil).toEqual([]);
  for (const overlap of ['P31D', '1h']) {
    const { body } = await api('POST', path, { overlap });
    expect(body.error_description).toMatch(/^overlap \(.+\) is not valid!/);
  }
});

test.for([{ name: 'once' }, { name: 'once-empty', credentials: [] }])(
  'a repeated request with an Idempotency-Key makes no second token and shows the first no more: %j',
  async (members) => {
    const send = () =>
      fetch(`${world.url}${base}/applications/`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${api.token}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': members.name,
        },
        body: JSON.stringify({ ...members, grants }),
      }).then((response): Promise<Record<string, unknown>> => response.json() as never);
    const [first, second] = [await send(), await send()];
    const [made] = first.tokens as { token: string }[];
    expect(made?.token).toMatch(/^kpa_/);
    expect(second).toMatchObject({ success: true, warnings: [expect.stringMatching(/first response/)] });
    expect(second).not.toHaveProperty('token');
    expect(second).not.toHaveProperty('tokens');
    const stored = await world.raw('select * from idempotency_keys');
    expect(JSON.stringify(stored)).not.toContain(made?.token);
  },
);

test('applications are listed in pages, found by their names, and deleted', async () => {
  const list = await api('GET', `${base}/applications/?search=roll&sort=name,desc`);
  expect(list.body).toMatchObject({ resultCount: 1, resultList: [{ name: 'rolling', lastUsedAt: null }] });
  expect(list.body.resultList[0]).not.toHaveProperty('usage');
  const deleted = await api('DELETE', `${base}/applications/rolling/`);
  expect(deleted.body).toMatchObject({ success: true, deploymentResult: {} });
  for (const [method, path] of [
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', 'token'],
  ] as const) {
    const { status, body } = await api(
      method,
      `${base}/applications/rolling/${path}`,
      method === 'PUT' ? {} : undefined,
    );
    expect([status, body.error_description]).toEqual([400, 'Application (name: rolling) is not found!']);
  }
});

test('a deleted JWK takes its grants along', async () => {
  const jwk = { type: 'OKP', okp: { curveType: 'ED25519', algorithm: 'EdDSA' } };
  await api('POST', `${base}/jwks/generate`, { name: 'going', ...jwk });
  const going = { jwkName: 'going', operations: ['VERIFY'] };
  await api('POST', `${base}/applications/`, { name: 'left', grants: [going, ...grants] });
  expect((await api('DELETE', `${base}/jwks/going/`)).status).toBe(200);
  expect((await detail('left')).grants).toEqual(grants);
  await api('POST', `${base}/jwks/generate`, { name: 'going', ...jwk });
  expect((await detail('left')).grants).toEqual(grants);
});

test('reading applications takes one role, changing them two', async () => {
  const reader = await world.as('reader', { project: 'MyProject', roles: ['ROLE_API_SECURITY'] });
  expect((await reader('GET', `${base}/applications/`)).status).toBe(200);
  expect((await reader('POST', `${base}/applications/`, { name: 'mine' })).status).toBe(403);
  expect((await reader('POST', `${base}/applications/checkout/token`)).status).toBe(403);
  const other = await world.as('other', { project: 'MyProject', roles: ['ROLE_MANAGE_PROXIES'] });
  expect((await other('GET', `${base}/applications/checkout/`)).status).toBe(403);
});
