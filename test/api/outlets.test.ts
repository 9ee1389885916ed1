// Outlets through the API: what they hold, and what every refusal says.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';

const base = '/apiops/projects/MyProject';
const deployer = ['ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'];
let world: TestManager;
let api: Api;

beforeAll(async () => {
  world = await startTestManager({ environments: ['gate', 'lab'] });
  ({ api } = world);
  await world.addNode('gate', 'g1');
  const ec = { curveType: 'P256', algorithm: 'ES256' };
  for (const body of [
    { name: 'kept', type: 'EC', ec },
    { name: 'leaving', type: 'EC', ec, exportable: true },
    { name: 'secrets', type: 'OCT', oct: { keySize: 256, algorithm: 'HS256' }, exportable: true },
  ]) {
    expect((await api('POST', `${base}/key-rings/`, body)).body).toMatchObject({ success: true });
  }
  for (const body of [
    { name: 'orders', type: 'EC', ec },
    { name: 'shared', type: 'OCT', oct: { keySize: 256, algorithm: 'HS256' } },
  ]) {
    expect((await api('POST', `${base}/jwks/generate`, body)).body).toMatchObject({ success: true });
  }
});

afterAll(() => world?.close());

const files = (name: string, more: object = {}) => ({
  name,
  kind: 'FILES',
  content: 'JWKS',
  target: { path: `${name}.json`, layout: 'RENAME' },
  ...more,
});
const create = (body: object, as = api) => as('POST', `${base}/outlets/`, body);
const detail = async (name: string) => (await api('GET', `${base}/outlets/${name}/`)).body.resultList[0];

test('an outlet is stored with all that it was given; its credential is never returned', async () => {
  const given = {
    name: 'java',
    description: 'For the checkout',
    kind: 'FILES',
    source: { keyRingName: 'leaving' },
    content: 'PKCS12',
    environmentNames: ['gate'],
    target: { path: 'java/keys.p12', layout: 'SYMLINK', afterChange: { touch: 'java/changed' } },
    gate: false,
  };
  const made = await create({ ...given, credential: { password: 'a long password' } });
  expect([made.status, made.body]).toMatchObject([
    200,
    { success: true, deploymentResult: { environmentResults: [{ environmentName: 'gate' }] } },
  ]);
  expect(await detail('java')).toMatchObject({ ...given, hasCredential: true });
  const { body } = await api('GET', `${base}/outlets/?search=java`);
  expect(body).toMatchObject({ resultCount: 1, resultList: [given] });
  expect(JSON.stringify(body)).not.toContain('a long password');
  const changed = await api('PUT', `${base}/outlets/java/`, { description: 'For the till' });
  expect(changed.body).toMatchObject({ success: true });
  expect(await detail('java')).toMatchObject({ ...given, description: 'For the till', hasCredential: true });
  const records = await api('GET', '/apiops/audit/?size=100');
  expect(JSON.stringify(records.body)).not.toContain('a long password');
});

test('a node without --outlet-dir is FAILING, and the text names the flag', async () => {
  await create(files('flagless', { environmentNames: ['gate'] }));
  await expect
    .poll(async () => (await detail('flagless')).environments, { timeout: 60_000 })
    .toMatchObject([
      {
        environmentName: 'gate',
        nodeName: 'g1',
        state: 'FAILING',
        digest: null,
        deliveredAt: null,
        lastError: 'This node was started without --outlet-dir: it delivers no outlets!',
      },
    ]);
  const { body } = await api('POST', `${base}/outlets/flagless/test`);
  expect(body.resultList).toMatchObject([
    {
      environmentName: 'gate',
      nodeName: 'g1',
      success: false,
      message: expect.stringContaining('--outlet-dir'),
    },
  ]);
});

test.each([
  ['no name', { ...files('x'), name: '' }, 'Outlet name can not be empty!', 'FIELD_REQUIRED', 'name'],
  [
    'no kind',
    files('x', { kind: undefined }),
    'kind can not be empty! Valid values: FILES, ENVOY, VAULT_KV, WEBHOOK',
    'FIELD_REQUIRED',
    'kind',
  ],
  [
    'an unknown kind',
    files('x', { kind: 'FTP' }),
    'kind (FTP) is not valid! Valid values: FILES, ENVOY, VAULT_KV, WEBHOOK',
    'FIELD_NOT_VALID',
    'kind',
  ],
  [
    'a content of another kind',
    files('x', { content: 'TOKEN' }),
    'content (TOKEN) is not valid! Valid values: JWKS, JWKS_PRIVATE, PEM_PUBLIC, PEM_PRIVATE, PEM_CERTIFICATE, PKCS12',
    'FIELD_NOT_VALID',
    'content',
  ],
  ['no target', files('x', { target: undefined }), 'target can not be empty!', 'FIELD_REQUIRED', 'target'],
  [
    'two sources',
    files('x', { source: { keyRingName: 'kept', jwkName: 'orders' } }),
    "Give one of keyRingName, jwkName, viewName, certificateName, tokenProfileName in source, or null for the project's set!",
    'FIELD_NOT_VALID',
    'source',
  ],
  [
    'a source without a name',
    files('x', { source: {} }),
    "Give one of keyRingName, jwkName, viewName, certificateName, tokenProfileName in source, or null for the project's set!",
    'FIELD_REQUIRED',
    'source',
  ],
  [
    'a source that the content is not made from',
    files('x', { source: { tokenProfileName: 'p' } }),
    'source is not valid for JWKS of FILES! Valid: null, keyRingName, jwkName, viewName',
    'FIELD_NOT_VALID',
    'source',
  ],
  ...(
    [
      ['keyRingName', 'Key ring'],
      ['jwkName', 'JWK'],
      ['viewName', 'View'],
    ] as const
  ).map(
    ([member, what]) =>
      [
        `no such ${what}`,
        files('x', { source: { [member]: 'none' } }),
        `${what} (name: none) is not found!`,
        'NOT_FOUND',
        `source.${member}`,
      ] as const,
  ),
  [
    'a member of a key ring',
    files('x', { source: { jwkName: 'kept.1' } }),
    'JWK (name: kept.1) belongs to key ring (name: kept)!',
    'KEY_RING_MEMBER',
    'source.jwkName',
  ],
  [
    'an OCT key in public content',
    files('x', { source: { jwkName: 'shared' } }),
    'JWK (name: shared) is of type OCT, and JWKS is public!',
    'KEY_NOT_SUPPORTED',
    'source.jwkName',
  ],
  [
    'an OCT ring in public content',
    files('x', { source: { keyRingName: 'secrets' } }),
    'Key ring (name: secrets) is of type OCT, and JWKS is public!',
    'KEY_NOT_SUPPORTED',
    'source.keyRingName',
  ],
  [
    'an OCT key as PEM',
    files('x', { content: 'PEM_PRIVATE', source: { jwkName: 'shared' } }),
    'JWK (name: shared) is of type OCT, which has no form in PEM!',
    'KEY_NOT_SUPPORTED',
    'source.jwkName',
  ],
  [
    'an OCT ring as PEM in Vault',
    {
      name: 'x',
      kind: 'VAULT_KV',
      content: 'PEM_PRIVATE',
      source: { keyRingName: 'secrets' },
      target: { address: 'https://vault.example', mount: 'secret', path: 'orders' },
      credential: { type: 'APPROLE', roleId: 'role', secretId: 'secret' },
    },
    'Key ring (name: secrets) is of type OCT, which has no form in PEM!',
    'KEY_NOT_SUPPORTED',
    'source.keyRingName',
  ],
  [
    'an unknown environment',
    files('x', { environmentNames: ['none'] }),
    'Environment (none) is not found or user does not have privilege to access it!',
    'NOT_FOUND',
    'environmentNames',
  ],
  [
    'a credential that is not taken',
    files('x', { credential: { password: 'p' } }),
    'JWKS of FILES takes no credential!',
    'FIELD_NOT_VALID',
    'credential',
  ],
  [
    'a PKCS#12 file without a password',
    files('x', { content: 'PKCS12', source: { jwkName: 'orders' } }),
    'credential can not be empty!',
    'FIELD_REQUIRED',
    'credential',
  ],
] as const)('%s is rejected', async (_what, body, text, reason, member) => {
  const { status, body: answer } = await create(body);
  expect([status, answer]).toMatchObject([
    400,
    { error: 'bad_request', error_description: text, reason, ...(member && { member }) },
  ]);
});

test('a name that is taken, a path that is taken and an outlet that is not there are rejected', async () => {
  await create(files('first'));
  expect((await create(files('first'))).body).toMatchObject({
    error_description:
      'Outlet (name: first) is already exist! Try update operation if want to change its value.',
    reason: 'NAME_TAKEN',
  });
  expect((await create({ ...files('second'), target: files('first').target })).body).toMatchObject({
    error_description: 'Path (first.json) is already used by outlet (name: first)!',
    reason: 'NAME_TAKEN',
    member: 'target.path',
  });
  for (const [method, path] of [
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', 'deliver'],
    ['POST', 'test'],
  ] as const) {
    const { status, body } = await api(
      method,
      `${base}/outlets/none/${path}`,
      method === 'PUT' ? {} : undefined,
    );
    expect([status, body]).toMatchObject([400, { error_description: 'Outlet (name: none) is not found!' }]);
  }
});

describe('private content', () => {
  const secret = (name: string, source: object) => files(name, { content: 'JWKS_PRIVATE', source });

  test('of a key ring that is not exportable is forbidden', async () => {
    const { status, body } = await create(secret('p1', { keyRingName: 'kept' }));
    expect([status, body]).toMatchObject([
      403,
      { error: 'forbidden', reason: 'KEY_NOT_EXPORTABLE', member: 'source.keyRingName' },
    ]);
  });

  test('takes ROLE_READ_PRIVATE_KEYS, to create and to change it', async () => {
    const without = await world.as('without', { project: 'MyProject', roles: deployer });
    const permitted = await world.as('permitted', {
      project: 'MyProject',
      roles: [...deployer, 'ROLE_READ_PRIVATE_KEYS'],
    });
    const body = secret('p2', { keyRingName: 'leaving' });
    expect((await create(body, without)).status).toBe(403);
    expect((await create(body, permitted)).status).toBe(200);
    const target = { path: 'elsewhere.json', layout: 'RENAME' };
    expect((await without('PUT', `${base}/outlets/p2/`, { target })).status).toBe(403);
    expect((await permitted('PUT', `${base}/outlets/p2/`, { target })).status).toBe(200);
    expect((await create(files('p3', { source: { keyRingName: 'leaving' } }), without)).status).toBe(200);
    const change = { content: 'JWKS_PRIVATE' };
    expect((await without('PUT', `${base}/outlets/p3/`, change)).status).toBe(403);
  });

  test('keeps its key ring exportable', async () => {
    await create(secret('p4', { keyRingName: 'leaving' }));
    const { status, body } = await api('PUT', `${base}/key-rings/leaving/`, { exportable: false });
    expect([status, body]).toMatchObject([400, { reason: 'STILL_NEEDED', member: 'exportable' }]);
  });
});

test('what an outlet delivers is not deleted', async () => {
  await create(files('holder', { source: { jwkName: 'orders' } }));
  expect((await api('DELETE', `${base}/jwks/orders/`)).body).toMatchObject({
    error_description:
      'JWK (name: orders) is used by outlet (name: holder)! Give it another source, or delete it.',
    reason: 'STILL_NEEDED',
  });
  await create(files('holder2', { source: { keyRingName: 'kept' } }));
  expect((await api('DELETE', `${base}/key-rings/kept/?force=true&reason=test`)).body).toMatchObject({
    reason: 'STILL_NEEDED',
  });
  const view = await api('POST', `${base}/views/`, { name: 'part', include: { jwkNames: ['orders'] } });
  expect(view.body).toMatchObject({ success: true });
  await create(files('holder3', { source: { viewName: 'part' } }));
  expect((await api('DELETE', `${base}/views/part/`)).body).toMatchObject({
    error_description:
      'View (name: part) is used by outlet (name: holder3)! Give it another source, or delete it.',
  });
  expect((await api('DELETE', `${base}/outlets/holder/`)).body).toMatchObject({ success: true });
});

describe('a token profile that a credential names', () => {
  const vault = (name: string, tokenProfileName: string) => ({
    name,
    kind: 'VAULT_KV',
    content: 'JWKS',
    gate: false,
    target: { address: 'https://vault.invalid', mount: 'secret', path: name },
    credential: { type: 'JWT', role: 'keyplane', tokenProfileName },
  });
  const appRole = { type: 'APPROLE', roleId: 'r', secretId: 's' };
  const profile = (name: string, more: object = {}) =>
    api('POST', `${base}/token-profiles/`, {
      name,
      keyRingName: 'kept',
      issuer: 'https://keyplane.example',
      audiences: ['vault'],
      subject: { mode: 'FIXED', value: 'keyplane' },
      ...more,
    });
  const remove = (name: string) => api('DELETE', `${base}/token-profiles/${name}/`);

  test('is there, and asks nothing of its caller: otherwise the outlet is rejected and not stored', async () => {
    const member = 'credential.tokenProfileName';
    expect((await create(vault('v1', 'nowhere'))).body).toMatchObject({
      error_description: 'Token profile (name: nowhere) is not found!',
      reason: 'NOT_FOUND',
      member,
    });
    expect((await profile('asking', { subject: { mode: 'GIVEN' } })).body).toMatchObject({ success: true });
    expect((await create(vault('v1', 'asking'))).body).toMatchObject({
      error_description:
        'Token profile (name: asking) requires subject of its caller, and an outlet gives nothing!',
      member,
    });
    const recipient = { name: 'recipient', type: 'RSA', rsa: { keySize: 2048, keyUseType: 'ENCRYPTION' } };
    expect((await api('POST', `${base}/jwks/generate`, recipient)).body).toMatchObject({ success: true });
    const encrypted = await profile('sealing', { encryptTo: { jwkName: 'recipient', enc: 'A256GCM' } });
    expect(encrypted.body).toMatchObject({ success: true });
    expect((await create(vault('v1', 'sealing'))).body).toMatchObject({
      error_description:
        'Token profile (name: sealing) encrypts its tokens, and no server signs in with those!',
      member,
    });
    expect((await api('GET', `${base}/outlets/v1/`)).status).toBe(400);
  });

  test('is not deleted until no outlet names it', async () => {
    await profile('signer');
    expect((await create(vault('v2', 'signer'))).body).toMatchObject({ success: true });
    const inUse = {
      error_description:
        'Token profile (name: signer) is used by outlet (name: v2)! Give it another credential, or delete it.',
      reason: 'STILL_NEEDED',
    };
    expect((await remove('signer')).body).toMatchObject(inUse);
    await api('PUT', `${base}/outlets/v2/`, { description: 'its credential stays' });
    expect((await remove('signer')).body).toMatchObject(inUse);
    await world.restart();
    expect((await remove('signer')).body).toMatchObject(inUse);
    const unknown = await api('PUT', `${base}/outlets/v2/`, {
      credential: vault('v2', 'nowhere').credential,
    });
    expect(unknown.body).toMatchObject({ reason: 'NOT_FOUND' });
    expect((await remove('signer')).body).toMatchObject(inUse);
    await api('PUT', `${base}/outlets/v2/`, { credential: appRole });
    expect((await remove('signer')).body).toMatchObject({ success: true });
    await api('DELETE', `${base}/outlets/v2/`);
  });
});

test('kind and name stay as they are', async () => {
  await create(files('fixed'));
  const kind = await api('PUT', `${base}/outlets/fixed/`, { kind: 'ENVOY' });
  expect(kind.body).toMatchObject({
    error_description: 'kind can not be changed! It is FILES',
    member: 'kind',
  });
  const name = await api('PUT', `${base}/outlets/fixed/`, { name: 'other' });
  expect(name.body).toMatchObject({ error_description: 'Outlet name can not be changed! It is fixed' });
});

test('taking an outlet out of the gate is in the audit log', async () => {
  await create(files('gated'));
  expect(await detail('gated')).toMatchObject({ gate: true });
  await api('PUT', `${base}/outlets/gated/`, { gate: false });
  expect(await detail('gated')).toMatchObject({ gate: false });
  const { body } = await api('GET', '/apiops/audit/?size=100');
  const actions = body.resultList.map(
    ({ action, details }: { action: string; details: { gate: boolean } }) => [action, details.gate],
  );
  expect(actions).toContainEqual(['outlet.update', false]);
});

test('the list of outlets can be filtered by one source', async () => {
  const include = { keyTypes: ['EC'] };
  expect((await api('POST', `${base}/views/`, { name: 'ec', include })).body).toMatchObject({
    success: true,
  });
  const sources = {
    'of-ring': { keyRingName: 'kept' },
    'of-jwk': { jwkName: 'orders' },
    'of-view': { viewName: 'ec' },
    'of-project': null,
  };
  for (const [name, source] of Object.entries(sources)) {
    expect((await create(files(name, { source }))).body).toMatchObject({ success: true });
  }
  const named = async (query: string) => {
    const { body } = await api('GET', `${base}/outlets/?search=of-&${query}`);
    return [body.resultCount, body.resultList?.map(({ name }: { name: string }) => name)];
  };
  expect(await named('keyRingName=kept')).toEqual([1, ['of-ring']]);
  expect(await named('jwkName=orders')).toEqual([1, ['of-jwk']]);
  expect(await named('viewName=ec&page=1&size=1')).toEqual([1, ['of-view']]);
  expect(await named('keyRingName=leaving')).toEqual([0, []]);
  expect((await named(''))[0]).toBe(4);
  const refused = async (query: string) => (await api('GET', `${base}/outlets/?${query}`)).body;
  expect(await refused('certificateName=nothing')).toMatchObject({
    reason: 'NOT_FOUND',
    member: 'certificateName',
    error_description: 'Certificate (name: nothing) is not found!',
  });
  expect(await refused('keyRingName=kept&jwkName=orders')).toMatchObject({
    reason: 'FIELD_NOT_VALID',
    member: 'jwkName',
  });
  for (const name of Object.keys(sources)) await api('DELETE', `${base}/outlets/${name}/`);
});
