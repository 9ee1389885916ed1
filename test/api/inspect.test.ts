import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { accepted, type Item, type ProjectApi, pemFile, projectApi, refusal } from './support/project-api.ts';
import {
  keystoreFixture,
  makeCurveKey,
  octKey,
  p256Private,
  p256Public,
  p256Thumbprint,
  pemFixture,
} from './support/sample-keys.ts';

let world: TestManager;
let project: ProjectApi;
let node: RunningNode;

beforeAll(async () => {
  world = await startTestManager({
    environments: ['production', 'staging'],
    projects: ['MyProject', 'Other'],
  });
  node = await world.addNode('production', 'p1');
  project = projectApi(world.api);
  accepted(await project.paste('signing', { ...p256Private, use: 'sig', alg: 'ES256', kid: 'one' }));
  accepted(await project.paste('secret', octKey(32)));
  const opened = {
    environmentName: 'production',
    file: keystoreFixture('java17/store.jks'),
    password: 'changeit',
    keyStoreType: 'JKS',
  };
  accepted(await project.call('POST', 'keystores/', { name: 'store', keyStoreEnvironmentList: [opened] }));
  const chain = pemFixture('leaf.pem') + pemFixture('intermediate.pem');
  accepted(
    await project.certificate({
      certificateName: 'leaf',
      alias: 'leaf',
      environmentList: 'production',
      pemEncodedFile: pemFile(chain),
    }),
  );
});
afterAll(() => world.close());

const listed = async (path: string): Promise<readonly Item[]> => {
  const answer = await project.call('GET', path);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.resultList;
};
const inspect = async (body: object) => {
  const answer = await project.call('POST', 'jwks/inspect/', body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};

describe('the inspection of a source', () => {
  test('lists each key of a set, with the algorithms that fit or the reason why it would be rejected', async () => {
    const ed = makeCurveKey('Ed25519');
    const set = {
      keys: [{ ...p256Public, kid: 'a', use: 'sig' }, { ...ed, kid: 'b' }, { kty: 'EC', kid: 'c' }, 7],
    };
    const { resultList, resultCount } = await inspect({
      sourceType: 'COPY_PASTE',
      jwkStr: JSON.stringify(set),
    });
    expect(resultCount).toBe(4);
    expect(resultList[0]).toMatchObject({
      kid: 'a',
      type: 'EC',
      curve: 'P-256',
      size: 256,
      private: false,
      use: 'sig',
      algorithms: { SIGNATURE: ['ES256'] },
      problem: null,
    });
    expect(resultList[1]).toMatchObject({ kid: 'b', type: 'OKP', private: true, problem: null });
    expect(resultList[1].algorithms).toEqual({ SIGNATURE: ['EdDSA', 'Ed25519'], ENCRYPTION: [] });
    expect(resultList[2]).toMatchObject({ kid: 'c', type: null, problem: expect.stringContaining('crv') });
    expect(resultList[3]).toMatchObject({ kid: null, problem: expect.stringContaining('JSON object') });
    expect(JSON.stringify(resultList)).not.toContain(String(ed.d));
  });

  test('lists the first hundred keys of a set and counts them all', async () => {
    const keys = Array.from({ length: 120 }, (_, index) => ({ ...p256Public, kid: String(index) }));
    const { resultList, resultCount } = await inspect({
      sourceType: 'COPY_PASTE',
      jwkStr: JSON.stringify({ keys }),
    });
    expect([resultList.length, resultCount]).toEqual([100, 120]);
  });

  test('reads a document of several megabytes without blocking the event loop', async () => {
    const jwkStr = JSON.stringify({ keys: [{ ...p256Public, kid: 'x', note: 'n'.repeat(600_000) }] });
    const padded = `${jwkStr.slice(0, -1)}${' '.repeat(350_000)}}`;
    expect((await inspect({ sourceType: 'COPY_PASTE', jwkStr: padded })).resultList[0].kid).toBe('x');
  });

  test('lists a keystore alias by alias, and one alias with its key', async () => {
    const asked = { sourceType: 'KEYSTORE', keyStoreName: 'store', environmentName: 'production' };
    const { resultList } = await inspect(asked);
    expect(resultList.length).toBeGreaterThan(1);
    const rsa = resultList.find((one: Item) => one.private && one.type === 'RSA');
    expect(rsa).toMatchObject({ private: true, problem: null });
    const one = await inspect({ ...asked, aliasName: rsa.aliasName });
    expect(one.resultList).toHaveLength(1);
    expect(one.resultList[0]).toMatchObject({ type: rsa.type, size: rsa.size, private: true });
  });

  test('lists the validity and the algorithms of a certificate', async () => {
    const { resultList } = await inspect({
      sourceType: 'CERTIFICATE',
      certificateName: 'leaf',
      environmentName: 'production',
    });
    expect(resultList[0]).toMatchObject({
      private: false,
      problem: null,
      expirationTime: expect.any(String),
    });
  });

  test('rejects with the same errors as Create JWK, and stores nothing', async () => {
    const before = await project.names('jwks');
    const ask = (body: object) => project.call('POST', 'jwks/inspect/', body);
    expect(refusal(await ask({}))).toBe('Source type is required!');
    expect(refusal(await ask({ sourceType: 'URL' }))).toBe('URL is required for URL source type!');
    const missing = { sourceType: 'CERTIFICATE', certificateName: 'nope', environmentName: 'production' };
    expect(refusal(await ask(missing))).toBe('Certificate (name: nope) is not found!');
    expect(refusal(await ask({ sourceType: 'COPY_PASTE', jwkStr: '{}' }))).toContain('No key found');
    await inspect({ sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(p256Private) });
    expect(await project.names('jwks')).toEqual(before);
  });
});

describe('the inspection of files before they are stored', () => {
  test('a keystore is described by its type and its entries, or by the reason why it does not open', async () => {
    const look = (path: string, password: string) =>
      project.call('POST', 'keystores/inspect/', { file: keystoreFixture(path), password });
    const jks = await look('java17/store.jks', 'changeit');
    expect(jks.body.keyStoreType).toBe('JKS');
    expect((await look('java17/default.p12', 'changeit')).body.keyStoreType).toBe('PKCS12');
    expect(jks.body.resultList).toEqual(await listed('keystores/store/entries/?environmentName=production'));
    const [entry] = jks.body.resultList.filter(({ kind }: Item) => kind === 'PRIVATE_KEY');
    expect(entry).toMatchObject({ locked: false, subjectDn: expect.stringContaining('CN=') });
    expect(refusal(await look('java17/store.jks', 'wrong'))).toContain('the password is wrong');
  });

  test('a secret key is described by its size, never by its bytes', async () => {
    const file = keystoreFixture('java17/secrets.p12');
    const { body } = await project.call('POST', 'keystores/inspect/', { file, password: 'changeit' });
    const secrets = body.resultList.filter(({ kind }: Item) => kind === 'SECRET_KEY');
    expect(secrets.length).toBeGreaterThan(0);
    for (const one of secrets) expect(one).toMatchObject({ type: 'OCT', size: expect.any(Number) });
  });

  test('a certificate file is listed with each certificate, and a key file with its key type', async () => {
    const pem = pemFixture('leaf.pem') + pemFixture('intermediate.pem');
    const chain = await project.call('POST', 'certificates/inspect/', { pemEncodedFile: pem });
    expect(chain.body.resultList).toHaveLength(2);
    expect(chain.body.resultList[0].issuerDn).toBe(chain.body.resultList[1].subjectDn);
    const key = await project.call('POST', 'keys/inspect/', { content: pemFixture('ec.key') });
    expect(key.body.resultList).toEqual([
      { keyType: expect.any(String), type: 'EC', curve: 'P-256', size: 256 },
    ]);
    expect(refusal(await project.call('POST', 'keys/inspect/', { content: 'x' }))).toContain('neither PEM');
  });
});

describe('one JWK', () => {
  test('has a public half in JSON and PEM with its thumbprint; an OCT key has none', async () => {
    const [half] = await listed('jwks/signing/public/');
    expect(half).toMatchObject({ name: 'signing', thumbprint: p256Thumbprint, certificates: [] });
    expect(half?.jwk).toMatchObject({ ...p256Public, kid: 'one' });
    expect(half?.jwk.d).toBeUndefined();
    expect(half?.pem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(half?.hasPrivatePart).toBe(true);
    expect((await listed('jwks/secret/public/'))[0]).toEqual({
      name: 'secret',
      jwk: null,
      pem: null,
      thumbprint: null,
      certificates: [],
      hasPrivatePart: true,
    });
  });

  test('made from a certificate shows the chain', async () => {
    const source = { sourceType: 'CERTIFICATE', certificateName: 'leaf', environmentName: 'production' };
    const seen = (await inspect(source)).resultList[0];
    const algorithm = seen.algorithms.SIGNATURE[0];
    accepted(await project.create({ name: 'certified', ...source, useType: 'SIGNATURE', algorithm }));
    const [half] = await listed('jwks/certified/public/');
    expect(half?.certificates).toHaveLength(2);
    expect(half?.certificates[0].issuerDn).toBe(half?.certificates[1].subjectDn);
    expect(half?.hasPrivatePart).toBe(false);
  });

  test('lists its deployment node by node, also after a node disconnects', async () => {
    const found = await listed('jwks/signing/deployment/');
    expect(found.map(({ environmentName }) => environmentName)).toEqual(['production', 'staging']);
    expect(found[0]).toMatchObject({ success: true, message: 'Deployed successfully' });
    expect(found[0]?.nodes).toEqual([
      expect.objectContaining({ name: 'p1', connected: true, hasIt: true, reason: null }),
    ]);
    expect(found[1]).toMatchObject({ success: false, message: 'No node is registered in this environment' });
    await node.close();
    await until(
      async () => (await listed('jwks/signing/deployment/'))[0]?.nodes[0].connected === false,
      'the node is seen to be gone',
    );
    accepted(await project.paste('later', makeCurveKey('P-256')));
    const [production] = await listed('jwks/later/deployment/');
    expect(production).toMatchObject({ success: false, message: 'Node (p1): not connected' });
    // The node still has what it confirmed before.
    expect((await listed('jwks/signing/deployment/'))[0]).toMatchObject({ success: true });
  });

  test('has an audit history, which includes each access to its private members', async () => {
    await project.jwk('signing', '?publicOnly=true');
    await project.call('GET', 'jwks/signing/export-file/?publicOnly=true');
    const actions = async () => (await listed('jwks/signing/history/')).map(({ action }) => action);
    expect(await actions()).toEqual(['jwk.create']);
    await project.jwk('signing');
    await project.call('GET', 'jwks/signing/export-file/');
    expect(await actions()).toEqual(['jwk.reveal', 'jwk.reveal', 'jwk.create']);
    const [newest] = await listed('jwks/signing/history/?size=1');
    expect(newest).toMatchObject({ actor: 'admin', objectName: 'signing', projectName: 'MyProject' });
  });

  test('of the same name as a deleted one has a history of its own', async () => {
    accepted(await project.paste('again', makeCurveKey('P-256')));
    accepted(await project.call('DELETE', 'jwks/again/'));
    accepted(await project.paste('again', makeCurveKey('P-256')));
    expect((await listed('jwks/again/history/')).map(({ action }) => action)).toEqual(['jwk.create']);
  });

  test('is found by type, use and source type', async () => {
    const names = async (query: string) => (await listed(`jwks/?${query}`)).map(({ name }) => name);
    expect(await names('type=OCT')).toEqual(['secret']);
    expect(await names('sourceType=CERTIFICATE')).toEqual(['certified']);
    expect(await names('type=EC&use=sig&sourceType=COPY_PASTE')).toEqual(['signing']);
    expect(refusal(await project.call('GET', 'jwks/?type=DSA'))).toContain('type');
  });
});

describe('the audit record', () => {
  const search = async (query: string) => {
    const answer = await world.api('GET', `/apiops/audit/?${query}`);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };

  test('is searched from the newest record back, by any of its members', async () => {
    const all = await search('size=100');
    const sequences = all.resultList.map(({ sequence }: Item) => sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => b - a));
    expect(all.resultCount).toBe(sequences.length);
    const created = await search('action=jwk.create&projectName=MyProject&objectName=secret');
    expect(created.resultList).toEqual([
      expect.objectContaining({ actor: 'admin', objectType: 'jwk', outcome: 'SUCCESS' }),
    ]);
    const first = await search('action=jwk.create&size=1&page=2');
    expect(first.resultList).toHaveLength(1);
    expect(first.resultCount).toBeGreaterThan(2);
    expect((await search('from=2999-01-01T00:00:00Z')).resultCount).toBe(0);
    expect((await search('to=2000-01-01')).resultCount).toBe(0);
    expect((await search(`from=2000-01-01&outcome=SUCCESS`)).resultCount).toBeGreaterThan(0);
    expect(refusal(await world.api('GET', '/apiops/audit/?from=yesterday'))).toContain('ISO 8601');
  });

  test('is for administrators alone and shows no hash', async () => {
    const member = await world.as('grace', { project: 'MyProject', roles: ['ROLE_ADMIN'] });
    expect((await member('GET', '/apiops/audit/')).status).toBe(403);
    expect(JSON.stringify(await search('size=100'))).not.toContain('hash');
  });
});

describe('the overview', () => {
  test('counts all objects and lists those that need attention', async () => {
    const expirationTime = '2020-01-01T00:00:00Z';
    accepted(
      await project.call('POST', 'jwks/generate', {
        name: 'expired',
        type: 'EC',
        ec: { curveType: 'P256', expirationTime, notBeforeTime: '2019-01-01T00:00:00Z' },
      }),
    );
    const { body } = await world.api('GET', '/apiops/overview/');
    const total = (await project.names('jwks')).length;
    expect(body.projects).toEqual([
      { name: 'MyProject', jwks: total },
      { name: 'Other', jwks: 0 },
    ]);
    const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
    expect(sum(body.jwksByType)).toBe(total);
    expect(sum(body.jwksByUse)).toBe(total);
    expect(body.jwksByType.OCT).toBe(1);
    expect(body.expiring[0]).toEqual({
      projectName: 'MyProject',
      name: 'expired',
      expirationTime: '2020-01-01T00:00:00.000Z',
    });
    expect(body.expiringCount).toBeGreaterThan(0);
    expect(body.failingSourceCount).toBe(0);
    expect(body.lastChanges[0]).toMatchObject({ objectName: 'expired' });
    const [production, staging] = body.environments;
    expect(production).toMatchObject({ name: 'production', type: 'TEST' });
    expect(production.nodes).toEqual([expect.objectContaining({ name: 'p1', state: 'DISCONNECTED' })]);
    expect(staging.nodes).toEqual([]);
  });

  test('lists the first 20 of the keys that expire, and counts all', async () => {
    const before = (await world.api('GET', '/apiops/overview/')).body.expiringCount;
    for (let number = 0; number < 20; number += 1) {
      const times = { notBeforeTime: '2019-01-01T00:00:00Z', expirationTime: '2020-02-01T00:00:00Z' };
      const jwk = { type: 'EC', ec: { curveType: 'P256', ...times } };
      accepted(await project.call('POST', 'jwks/generate', { name: `expired-${number}`, ...jwk }));
    }
    const { body } = await world.api('GET', '/apiops/overview/');
    expect(body.expiring).toHaveLength(20);
    expect(body.expiringCount).toBe(before + 20);
  });

  test('shows members only their own projects', async () => {
    const member = await world.as('hopper', { project: 'Other', roles: ['ROLE_API_SECURITY'] });
    const { body } = await member('GET', '/apiops/overview/');
    expect(body.projects).toEqual([{ name: 'Other', jwks: 0 }]);
    expect(body.expiring).toEqual([]);
    expect(body.lastChanges).toEqual([]);
    expect(body.environments.map(({ name }: Item) => name)).toEqual(['production', 'staging']);
    const nobody = await world.as('nobody');
    const seen = (await nobody('GET', '/apiops/overview/')).body;
    expect([seen.projects, seen.environments]).toEqual([[], []]);
    const reader = await world.as('reader', { project: 'MyProject', roles: ['ROLE_MANAGE_PROXIES'] });
    expect((await reader('GET', '/apiops/overview/')).body.projects).toEqual([]);
  });
});
