// VAULT_KV while the server, the network or the manager fails: what a manager wrote itself never has to be forced.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Manager } from '../../src/compose/manager.ts';
import type { Answer } from '../support/http-servers.ts';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';
import { databaseKind } from '../support/postgres-databases.ts';
import { startVaultStandIn, type VaultStandIn, vaultError } from '../support/vault-stand-in.ts';

const base = '/apiops/projects/MyProject';
const outlets = `${base}/outlets/`;
let world: TestManager;
let api: Api;
let vault: VaultStandIn;

beforeAll(async () => {
  vault = await startVaultStandIn();
  world = await startTestManager({
    environments: ['gate'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  ({ api } = world);
});
afterEach(async () => {
  vault.answerWith(undefined);
  const { body } = await api('GET', outlets);
  for (const { name } of body.resultList) await api('DELETE', `${outlets}${name}/`);
});
afterAll(async () => {
  await world?.close();
  await vault?.close();
});

const outletOf = (name: string, target: object = {}) => ({
  name,
  kind: 'VAULT_KV',
  content: 'JWKS',
  target: { address: vault.url, mount: 'secret', path: name, ...target },
  credential: { type: 'APPROLE', roleId: 'role', secretId: 'secret' },
});
const create = (name: string, target: object = {}) => api('POST', outlets, outletOf(name, target));
const stateOf = async (name: string) =>
  (await api('GET', `${outlets}${name}/`)).body.resultList[0].environments[0];
const isIn = (name: string, state: string) =>
  until(async () => (await stateOf(name)).state === state, `outlet ${name} is ${state}`);
const secretOf = (name: string) => vault.secrets.get(`secret/${name}`);
const kidsIn = (name: string): readonly string[] => {
  const keys: { kid: string }[] = JSON.parse(secretOf(name)?.data?.['jwks.json'] ?? '{"keys":[]}').keys;
  return keys.map(({ kid }) => kid);
};
let made = 0;
async function addKey(): Promise<string> {
  made += 1;
  const kid = `kid-${made}`;
  const jwk = { name: `jwk-${made}`, type: 'EC', ec: { curveType: 'P256' }, kid };
  expect((await api('POST', `${base}/jwks/generate`, jwk)).body).toMatchObject({ success: true });
  return kid;
}

const redirecting: Answer = (_request, response) =>
  response.writeHead(307, { location: 'http://10.0.0.1/' }).end();
const noVault: Answer = (_request, response) => response.end('<html>');

test.each([
  ['is sealed', vaultError(503, 'Vault is sealed'), 'The server is sealed, or not ready!'],
  [
    'denies access',
    vaultError(403, 'permission denied'),
    'The server responded with status 403 to the attempt to sign in at auth/approle: permission denied!',
  ],
  [
    'redirects, which is not followed',
    redirecting,
    'The server responded with status 307 to the attempt to sign in at auth/approle!',
  ],
  ['is no Vault', noVault, 'The server responded with status 200 to the attempt to sign in at auth/approle!'],
])(
  'a server that %s is FAILING with the cause, and is delivered to once it is well',
  async (_, answer, text) => {
    await create('faults');
    await isIn('faults', 'CURRENT');
    const digest = (await stateOf('faults')).digest;
    vault.answerWith(answer);
    const kid = await addKey();
    await isIn('faults', 'FAILING');
    expect(await stateOf('faults')).toMatchObject({ lastError: text, digest });
    vault.answerWith(undefined);
    await isIn('faults', 'CURRENT');
    expect(await stateOf('faults')).toMatchObject({ lastError: null });
    expect(kidsIn('faults')).toContain(kid);
  },
);

test('a version whose answer was lost is the outlet’s own, also after another change', async () => {
  await create('lost');
  await isIn('lost', 'CURRENT');
  const before = secretOf('lost')?.version ?? 0;
  vault.loseNextAnswer();
  await addKey();
  await until(() => secretOf('lost')?.version === before + 1, 'the version is written');
  vault.answerWith(vaultError(503, 'Vault is sealed'));
  const kid = await addKey();
  await isIn('lost', 'FAILING');
  vault.answerWith(undefined);
  await isIn('lost', 'CURRENT');
  expect(kidsIn('lost')).toContain(kid);
  expect(secretOf('lost')?.version).toBe(before + 2);
});

test('a version of another program is never taken for one whose answer was lost', async () => {
  await create('foreign');
  await isIn('foreign', 'CURRENT');
  const { version = 0, data = null } = secretOf('foreign') ?? {};
  vault.answerWith(vaultError(503, 'Vault is sealed'));
  await addKey();
  await isIn('foreign', 'FAILING');
  vault.secrets.set('secret/foreign', { version: version + 1, data: { ...data, mine: 'yes' } });
  vault.answerWith(undefined);
  await until(
    async () => /not written by this outlet/.test((await stateOf('foreign')).lastError),
    'the foreign version is reported',
  );
  expect(secretOf('foreign')?.data).toMatchObject({ mine: 'yes' });
});

test('a secret that another program writes after it was read is not replaced', async () => {
  await create('overtaken');
  await isIn('overtaken', 'CURRENT');
  vault.overtakeNextWrite();
  await addKey();
  await isIn('overtaken', 'FAILING');
  expect((await stateOf('overtaken')).lastError).toMatch(
    /^(The|Version 2 of the) secret was not written by this outlet! Deliver it with force/,
  );
  expect(secretOf('overtaken')?.data).toEqual({ mine: 'yes' });
});

test('a secret that was removed with all of its versions is written again at the next change', async () => {
  await create('removed');
  await isIn('removed', 'CURRENT');
  vault.secrets.delete('secret/removed');
  const kid = await addKey();
  await until(() => kidsIn('removed').includes(kid), 'it is there again');
  await isIn('removed', 'CURRENT');
  expect(secretOf('removed')?.version).toBe(1);
});

test('two outlets have no secret in common, however its address is written; one below the other are two', async () => {
  await create('a', { path: 'keys' });
  for (const target of [
    { path: '/keys/' },
    { path: 'keys', address: vault.url.replace('http', 'HTTP') },
    { path: 'keys', address: `${vault.url}/` },
  ]) {
    expect((await create('b', target)).body).toMatchObject({
      error_description: expect.stringContaining('is already used by outlet (name: a)!'),
      reason: 'NAME_TAKEN',
      member: 'target.path',
    });
  }
  expect((await create('b', { path: 'keys/below' })).body).toMatchObject({ success: true });
  expect((await create('c', { path: 'Keys' })).body).toMatchObject({ success: true });
  for (const name of ['a', 'b', 'c']) await isIn(name, 'CURRENT');
});

test.each([
  ['no certificate', 'It has no certificate: it takes certificates in PEM'],
  [
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    'It has a damaged certificate, number 1: it takes certificates in PEM',
  ],
  [
    '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
    'It has a private key, which no server is trusted by: it takes certificates in PEM',
  ],
])('certificates that cannot be read are rejected with the outlet: %j', async (caPem, why) => {
  expect((await create('ca', { caPem })).body).toMatchObject({
    error_description: `target.caPem is not valid! ${why}`,
    reason: 'FIELD_NOT_VALID',
    member: 'target.caPem',
  });
});

test('key types that were altered in the database are not delivered, and the outlet says why', async () => {
  await addKey();
  expect((await create('of-altered')).status).toBe(200);
  await isIn('of-altered', 'CURRENT');
  const before = kidsIn('of-altered');
  vault.answerWith(vaultError(503, 'Vault is sealed'));
  await addKey();
  await isIn('of-altered', 'FAILING');
  await world.raw(`update projects set publish_key_types = '["RSA"]' where name = 'MyProject'`);
  vault.answerWith(undefined);
  await until(
    async () =>
      String((await stateOf('of-altered')).lastError).includes('Project (name: MyProject) was altered'),
    'the outlet says why it delivers nothing',
  );
  expect(kidsIn('of-altered')).toEqual(before);
  const settings = { publishKeyTypes: null, historicalKeyRingName: null };
  expect((await api('PUT', `${base}/`, settings)).status).toBe(200);
  await isIn('of-altered', 'CURRENT');
  expect(kidsIn('of-altered')).toHaveLength(before.length + 1);
});

describe.runIf(databaseKind() === 'postgres')('with two managers', () => {
  let other: Manager;
  beforeAll(async () => {
    other = await world.addManager();
  });
  afterAll(() => other?.close());

  test('a manager that takes over goes on from the version that the other one wrote', async () => {
    await create('taken-over');
    await isIn('taken-over', 'CURRENT');
    await other.services.outletRunner.poll();
    const kid = await addKey();
    await until(() => kidsIn('taken-over').includes(kid), 'the first manager delivers');
    await isIn('taken-over', 'CURRENT');
    vault.answerWith(vaultError(503, 'Vault is sealed'));
    const last = await addKey();
    await world.manager.services.outletRunner.close();
    vault.answerWith(undefined);
    await until(() => kidsIn('taken-over').includes(last), 'the second manager delivers');
    await isIn('taken-over', 'CURRENT');
  });
});
