// The files of ENVOY outlets, as a node writes them.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noCaches } from '../api/rings/support/ring-api.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { activeOf, ringDriver } from '../system/support/ring-driver.ts';
import { removeTemporaryFolders, temporaryFolder } from '../system/support/temporary-folder.ts';

const project = '/apiops/projects/MyProject';
const times = {
  rotationInterval: null,
  verifierCacheTime: 'PT0S',
  clockSkew: 'PT0S',
  maxTokenLifetime: 'PT1H',
};

let world: TestManager;
let outletDir: string;
let nodeUrl: string;

beforeAll(async () => {
  outletDir = await temporaryFolder();
  world = await startTestManager({
    environments: ['edge'],
    settings: noCaches,
  });
  // It signs tokens of outlets without an operations listener.
  nodeUrl = (await world.addNode('edge', 'edge-1', { outletDir })).url;
  await made('key-rings', {
    name: 'orders',
    type: 'EC',
    ec: { curveType: 'P256', algorithm: 'ES256' },
    exportable: true,
    ...times,
  });
});
afterAll(async () => {
  await world?.close();
  await removeTemporaryFolders();
});

async function made(path: string, body: unknown): Promise<void> {
  const answer = await world.api('POST', `${project}/${path}/`, body);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

const profile = {
  keyRingName: 'orders',
  issuer: 'https://issuer.example.com',
  audiences: ['stock'],
  lifetime: 'PT1H',
  subject: { mode: 'FROM_CALLER' },
};
const tokenOutlet = (name: string, tokenProfileName: string) => ({
  name,
  kind: 'ENVOY',
  content: 'TOKEN',
  source: { tokenProfileName },
  target: { path: `envoy/${name}.json`, secretName: name },
});

/** Undefined while there is no file. */
async function resource(file: string) {
  const text = await readFile(join(outletDir, 'MyProject/envoy', file), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text).resources[0];
}
const tokenIn = async (file: string): Promise<string> =>
  (await resource(file))?.generic_secret.secret.inline_string ?? '';
const kidIn = async (file: string) => {
  const token = await tokenIn(file);
  return token === '' ? undefined : decodeProtectedHeader(token).kid;
};

test('the filter has the keys that the node publishes of the source, and the keys of a rotation', async () => {
  await made('outlets', {
    name: 'filter',
    kind: 'ENVOY',
    content: 'JWT_AUTHN',
    source: { keyRingName: 'orders' },
    target: { path: 'envoy/filter.json', resourceName: 'keyplane', providers: { orders: {} } },
  });
  const inlineSet = async () =>
    (await resource('filter.json'))?.typed_config.providers.orders.local_jwks.inline_string;
  const publishedSet = async () =>
    (await fetch(`${nodeUrl}/projects/MyProject/.well-known/jwks.json`)).text();
  const isPublished = async () => (await inlineSet()) === (await publishedSet());
  await until(isPublished, 'the filter has the published set, byte for byte');
  const kid = await ringDriver({ ask: world.api }, 'orders').rotate();
  await until(async () => JSON.parse((await inlineSet()) ?? '').keys[0].kid === kid, 'the new key is first');
  await until(isPublished, 'the filter has the published set again');
});

test('a view is a source, and is not deleted while it is one', async () => {
  await made('key-rings', {
    name: 'other',
    type: 'OKP',
    okp: { curveType: 'ED25519', algorithm: 'EdDSA' },
    ...times,
  });
  await made('views', { name: 'edwards', include: { keyTypes: ['OKP'] } });
  await made('outlets', {
    name: 'view-filter',
    kind: 'ENVOY',
    content: 'JWT_AUTHN',
    source: { viewName: 'edwards' },
    target: { path: 'envoy/view.json', resourceName: 'keyplane', providers: { orders: {} } },
  });
  const published = async () =>
    (await fetch(`${nodeUrl}/projects/MyProject/views/edwards/.well-known/jwks.json`)).text();
  await until(async () => {
    const set = (await resource('view.json'))?.typed_config.providers.orders.local_jwks.inline_string;
    return set !== undefined && set === (await published()) && JSON.parse(set).keys.length === 2;
  }, 'the filter has the set of the view');
  const { status, body } = await world.api('DELETE', `${project}/views/edwards/`);
  expect([status, body]).toMatchObject([400, { reason: 'STILL_NEEDED' }]);
  expect((await world.api('DELETE', `${project}/outlets/view-filter/`)).status).toBe(200);
  await until(async () => (await resource('view.json')) === undefined, 'the file is removed');
  expect((await world.api('DELETE', `${project}/views/edwards/`)).status).toBe(200);
  expect((await world.api('DELETE', `${project}/key-rings/other/?force=true&reason=over`)).status).toBe(200);
});

test('a token is issued again as soon as its key or its profile changes, and not before', async () => {
  await made('token-profiles', { name: 'to-stock', ...profile });
  await made('outlets', tokenOutlet('stock-token', 'to-stock'));
  const ring = ringDriver({ ask: world.api }, 'orders');
  await until(async () => (await kidIn('stock-token.json')) !== undefined, 'the token is delivered');
  const first = await tokenIn('stock-token.json');
  expect(decodeProtectedHeader(first).kid).toBe(activeOf(await ring.get())?.kid);
  expect(decodeJwt(first)).toMatchObject({ iss: profile.issuer, aud: 'stock', sub: 'stock-token' });

  // Another object of the project: everything of it is looked at again.
  await made('token-profiles', { name: 'another', ...profile });
  await made('outlets', tokenOutlet('other-token', 'another'));
  await until(async () => (await kidIn('other-token.json')) !== undefined, 'another token is delivered');
  expect(await tokenIn('stock-token.json')).toBe(first);

  const kid = await ring.rotate();
  await until(async () => (await kidIn('stock-token.json')) === kid, 'the token has the new key');

  const changed = { ...profile, issuer: 'https://other.example.com' };
  expect((await world.api('PUT', `${project}/token-profiles/to-stock/`, changed)).status).toBe(200);
  const hasIssuer = async () => decodeJwt(await tokenIn('stock-token.json')).iss === changed.issuer;
  await until(hasIssuer, 'the token has the new issuer');
});

test.each([
  ['a subject', { subject: { mode: 'GIVEN' } }, 'subject'],
  ['an audience', { audiences: ['a', 'b'], audienceMode: 'ONE_OF' }, 'audience'],
  ['a claim', { claims: { required: ['tenant'] } }, 'claims.tenant'],
])('a token profile that requires %s of its caller is no source', async (what, change, required) => {
  const name = `needs-${what.replace(' ', '-')}`;
  await made('token-profiles', { name, ...profile, ...change });
  const { status, body } = await world.api('POST', `${project}/outlets/`, tokenOutlet(name, name));
  expect([status, body]).toMatchObject([
    400,
    {
      reason: 'KEY_NOT_SUPPORTED',
      member: 'source.tokenProfileName',
      error_description: `Token profile (name: ${name}) requires ${required} of its caller, and an outlet gives nothing!`,
    },
  ]);
});

test('the password of a keystore has characters that Java reads', async () => {
  const { status, body } = await world.api('POST', `${project}/outlets/`, {
    name: 'keystore',
    kind: 'FILES',
    content: 'PKCS12',
    source: { keyRingName: 'orders' },
    target: { path: 'keys.p12' },
    credential: { password: 'pässword' },
  });
  expect([status, body]).toMatchObject([400, { member: 'credential.password' }]);
});

test('a node without private keys fails with the reason, and the other one delivers', async () => {
  await made('token-profiles', { name: 'everywhere', ...profile });
  await world.addNode('edge', 'edge-2', { outletDir: await temporaryFolder(), privateKeys: false });
  await made('outlets', tokenOutlet('everywhere-token', 'everywhere'));
  await until(async () => {
    const { body } = await world.api('GET', `${project}/outlets/everywhere-token/`);
    const { environments } = body.resultList[0];
    return environments.every(({ state }: { state: string }) => state !== 'LAGGING');
  }, 'both nodes have tried');
  const { body } = await world.api('GET', `${project}/outlets/everywhere-token/`);
  expect(body.resultList[0].environments).toMatchObject([
    { nodeName: 'edge-1', state: 'CURRENT', lastError: null },
    { nodeName: 'edge-2', state: 'FAILING', digest: null, lastError: 'This node holds no private keys!' },
  ]);
});
