// VAULT_KV against the real OpenBao. Skipped where it neither is nor can be had.

import { createHash, createPublicKey, type JsonWebKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { type BaoServer, findBao, startBao } from '../support/bao-server.ts';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';

const path = findBao();
const base = '/apiops/projects/MyProject';
const outlets = `${base}/outlets/`;

describe.skipIf(path === undefined)('an outlet to the key/value engine of OpenBao', () => {
  let bao: BaoServer;
  let world: TestManager;
  let api: Api;
  let node: RunningNode;
  let credential: Record<string, string>;

  beforeAll(async () => {
    bao = await startBao(String(path));
    await bao.call('POST', 'sys/auth/approle', { type: 'approle' });
    const policy = 'path "secret/data/*" { capabilities = ["create", "read", "update"] }';
    await bao.call('POST', 'sys/policies/acl/keyplane', { policy });
    await bao.call('POST', 'auth/approle/role/keyplane', { token_policies: 'keyplane', token_ttl: '1m' });
    const role = await bao.call('GET', 'auth/approle/role/keyplane/role-id');
    const secret = await bao.call('POST', 'auth/approle/role/keyplane/secret-id', {});
    credential = { type: 'APPROLE', roleId: role.body.data.role_id, secretId: secret.body.data.secret_id };
    world = await startTestManager({
      environments: ['production'],
      settings: {
        KEYPLANE_URL_ALLOW: '127.0.0.1',
        KEYPLANE_JWKS_MAX_AGE: '0',
        KEYPLANE_JWKS_STALE_WHILE_REVALIDATE: '0',
      },
    });
    ({ api } = world);
    node = await world.addNode('production', 'p1');
  });
  afterAll(async () => {
    await world?.close();
    await bao?.end();
  });

  const targetOf = (name: string) => ({ address: bao.url, mount: 'secret', path: `keys/${name}` });
  const detail = async (name: string) => (await api('GET', `${outlets}${name}/`)).body.resultList[0];
  const stateOf = async (name: string) => (await detail(name)).environments[0];
  const isIn = (name: string, state: string) =>
    until(async () => (await stateOf(name)).state === state, `outlet ${name} is ${state}`);
  const secretOf = async (name: string) => (await bao.call('GET', `secret/data/keys/${name}`)).body.data;
  const kidsIn = async (name: string) =>
    JSON.parse((await secretOf(name)).data['jwks.json']).keys.map(({ kid }: { kid: string }) => kid);
  const policy = {
    rotationInterval: null,
    verifierCacheTime: 'PT0S',
    clockSkew: 'PT0S',
    maxTokenLifetime: 'PT1S',
  };
  const es256 = { type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' }, ...policy };

  async function create(name: string, more: Record<string, unknown> = {}): Promise<void> {
    const outlet = { name, kind: 'VAULT_KV', content: 'JWKS', target: targetOf(name), credential, ...more };
    const { status, body } = await api('POST', outlets, outlet);
    expect([status, body.success]).toEqual([200, true]);
  }

  test('writes one version a change, and a key ring waits for it', async () => {
    await api('POST', `${base}/key-rings/`, { name: 'tokens', ...es256 });
    await create('tokens', { source: { keyRingName: 'tokens' } });
    await isIn('tokens', 'CURRENT');
    const first = await secretOf('tokens');
    const bytes = first.data['jwks.json'];
    expect(await stateOf('tokens')).toMatchObject({
      environmentName: 'production',
      digest: createHash('sha256').update(bytes).digest('hex'),
      lastError: null,
    });
    expect(await stateOf('tokens')).not.toHaveProperty('nodeName');
    const { metadata } = first;
    await api('POST', `${base}/key-rings/tokens/rotate`);
    const ring = async () => (await api('GET', `${base}/key-rings/tokens/`)).body.resultList[0];
    await until(async () => (await ring()).members[1]?.state === 'ACTIVE', 'the ring has rotated');
    const { members } = await ring();
    await until(async () => (await kidsIn('tokens'))[0] === members[1].kid, 'the new key comes first');
    expect((await secretOf('tokens')).metadata.version).toBeGreaterThan(metadata.version);
  });

  test('never replaces what another program wrote, until it is delivered with force', async () => {
    await bao.call('POST', 'secret/data/keys/taken', { data: { mine: 'yes' } });
    await create('taken', { source: null });
    await isIn('taken', 'FAILING');
    expect((await stateOf('taken')).lastError).toBe(
      'Version 1 of the secret was not written by this outlet! Deliver it with force to replace what another program wrote.',
    );
    expect((await secretOf('taken')).data).toEqual({ mine: 'yes' });
    await api('POST', `${outlets}taken/deliver`, {});
    await until(async () => (await stateOf('taken')).attempts > 0, 'it was attempted again');
    expect((await secretOf('taken')).data).toEqual({ mine: 'yes' });
    await api('POST', `${outlets}taken/deliver`, { force: true });
    await isIn('taken', 'CURRENT');
    expect((await secretOf('taken')).metadata.version).toBe(2);
    expect(Object.keys((await secretOf('taken')).data)).toEqual(['jwks.json']);
    await bao.call('POST', 'secret/data/keys/taken', { data: { mine: 'again' } });
    await api('POST', `${outlets}taken/deliver`, {});
    await isIn('taken', 'FAILING');
    expect((await secretOf('taken')).data).toEqual({ mine: 'again' });
    // Key rings of the project would wait for it.
    await api('DELETE', `${outlets}taken/`);
  });

  test('says why the server does not take it: a credential that ended, and a path that is not permitted', async () => {
    await create('refused', { credential: { ...credential, secretId: 'wrong' }, source: null });
    await isIn('refused', 'FAILING');
    expect((await stateOf('refused')).lastError).toMatch(
      /^The server responded with status 400 to the attempt to sign in at auth\/approle: .*secret/,
    );
    const [trial] = (await api('POST', `${outlets}refused/test`)).body.resultList;
    expect(trial).toMatchObject({ success: false, message: expect.stringContaining('sign in') });
    const other = { target: { address: bao.url, mount: 'other', path: 'x' }, credential };
    await api('PUT', `${outlets}refused/`, other);
    await until(
      async () => /read the secret/.test((await stateOf('refused')).lastError),
      'the other mount is refused',
    );
    await api('PUT', `${outlets}refused/`, { target: targetOf('refused') });
    await isIn('refused', 'CURRENT');
    expect((await api('POST', `${outlets}refused/test`)).body.resultList[0]).toMatchObject({ success: true });
  });

  test('goes on when the server is unsealed again', async () => {
    await create('sealed', { source: null });
    await isIn('sealed', 'CURRENT');
    const { version } = (await secretOf('sealed')).metadata;
    await bao.call('POST', 'sys/policies/acl/keyplane', {
      policy: 'path "secret/data/*" { capabilities = ["deny"] }',
    });
    await api('POST', `${base}/jwks/generate`, {
      name: 'later',
      ...es256,
      rotationInterval: undefined,
      verifierCacheTime: undefined,
      clockSkew: undefined,
      maxTokenLifetime: undefined,
    });
    await isIn('sealed', 'FAILING');
    expect((await stateOf('sealed')).lastError).toContain('status 403');
    const policy = 'path "secret/data/*" { capabilities = ["create", "read", "update"] }';
    await bao.call('POST', 'sys/policies/acl/keyplane', { policy });
    await isIn('sealed', 'CURRENT');
    expect((await secretOf('sealed')).metadata.version).toBe(version + 1);
  });

  test('signs in with a token of a token profile of the project', async () => {
    await api('POST', `${base}/key-rings/`, { name: 'identity', ...es256, maxTokenLifetime: 'PT1H' });
    const ring = async () => (await api('GET', `${base}/key-rings/identity/`)).body.resultList[0];
    await until(async () => (await ring()).members[0].state === 'ACTIVE', 'the ring signs');
    const profile = {
      name: 'vault',
      keyRingName: 'identity',
      issuer: 'https://keyplane.example',
      audiences: ['bao'],
      subject: { mode: 'FIXED', value: 'keyplane' },
    };
    expect((await api('POST', `${base}/token-profiles/`, profile)).status).toBe(200);
    const set = await fetch(`${node.url}/projects/MyProject/.well-known/jwks.json`);
    const { keys } = (await set.json()) as { keys: (JsonWebKey & { kid: string })[] };
    const { kid } = (await ring()).members[0];
    const key = createPublicKey({ key: keys.find((jwk) => jwk.kid === kid) ?? {}, format: 'jwk' });
    const pem = key.export({ type: 'spki', format: 'pem' });
    await bao.call('POST', 'sys/auth/jwt', { type: 'jwt' });
    await bao.call('POST', 'auth/jwt/config', {
      jwt_validation_pubkeys: [pem],
      bound_issuer: 'https://keyplane.example',
    });
    const role = {
      role_type: 'jwt',
      bound_audiences: ['bao'],
      user_claim: 'sub',
      bound_subject: 'keyplane',
      token_policies: ['keyplane'],
    };
    await bao.call('POST', 'auth/jwt/role/keyplane', role);
    await create('by-token', {
      source: null,
      credential: { type: 'JWT', role: 'keyplane', tokenProfileName: 'vault' },
    });
    await isIn('by-token', 'CURRENT');
    expect((await kidsIn('by-token')).length).toBeGreaterThan(0);
    const usage = await api('GET', `${base}/usage/?keyRingName=identity`);
    expect(usage.body.resultList).toEqual([
      expect.objectContaining({
        applicationName: null,
        outletName: 'by-token',
        keyRingName: 'identity',
        operation: 'ISSUE',
        outcome: 'SUCCEEDED',
      }),
    ]);
  });
});
