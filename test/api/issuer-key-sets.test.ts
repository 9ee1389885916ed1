// Key sets of issuers: how the manager fetches and follows them, and what of them is deployed to nodes.

import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpTestServer, startHttpServer } from '../support/http-servers.ts';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';
import { deployedApplication } from './support/deployed-application.ts';
import { makeCurveKey, publicHalf } from './support/sample-keys.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;
let server: HttpTestServer;
type Page = (request: IncomingMessage, response: ServerResponse) => void;
const pages = new Map<string, Page>();

const json =
  (document: unknown, headers: Record<string, string> = {}): Page =>
  (_request, response) =>
    response.writeHead(200, headers).end(JSON.stringify(document));
const publicKey = (kid: string) => ({ ...publicHalf(makeCurveKey('P-256')), kid });

beforeAll(async () => {
  world = await startTestManager({
    environments: ['gate'],
    projects: ['MyProject'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  ({ api } = world);
  server = await startHttpServer((request, response) => {
    const page = pages.get(request.url ?? '');
    if (page) page(request, response);
    else response.writeHead(404).end();
  });
});

afterAll(async () => {
  await world?.close();
  await server?.close();
});

const create = (body: object) => api('POST', `${base}/applications/`, body);
const update = (name: string, body: object) => api('PUT', `${base}/applications/${name}/`, body);
const jwt = (over: object) => ({
  type: 'JWT',
  issuer: 'https://issuer.example',
  audience: 'keyplane',
  subject: 'system:serviceaccount:shop:*',
  ...over,
});

async function detail(name: string) {
  const { body } = await api('GET', `${base}/applications/${name}/`);
  return body.resultList[0];
}

const deployed = (name: string) => deployedApplication(world, name);

describe('the keys behind a jwksUri', () => {
  /** Makes the set due and lets the manager fetch it. */
  async function comeDue(uri: string) {
    const { services } = world.manager;
    await world.raw(`update issuer_key_sets set refresh_at = 1 where jwks_uri = '${uri}'`);
    await services.keySetFollower.followDue();
  }

  test('are fetched at the creation and deployed without private members', async () => {
    const first = publicKey('k1');
    const secret = { kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA', kid: 'o' };
    const whole = { ...makeCurveKey('P-256'), kid: 'k2' };
    const encrypting = { ...publicKey('k3'), use: 'enc' };
    pages.set('/set', json({ keys: [first, secret, whole, encrypting, { kty: 'unknown' }] }));
    const jwksUri = `${server.origin}/set`;
    const made = await create({ name: 'followed', credentials: [jwt({ jwksUri, issuer: 'followed' })] });
    expect(made.status).toBe(200);
    expect(made.body).not.toHaveProperty('tokens');
    const [credential] = (await deployed('followed')).credentials ?? [];
    expect(credential).toEqual({
      type: 'JWT',
      issuer: 'followed',
      audience: 'keyplane',
      subject: 'system:serviceaccount:shop:*',
      claims: {},
      singleUse: false,
      keys: [first, { ...publicHalf(whole), kid: 'k2' }],
    });
    expect((await detail('followed')).keySets).toEqual([
      expect.objectContaining({ jwksUri, keyCount: 2, state: 'FRESH', stateReason: null }),
    ]);
  });

  test('may be for jwt-svid, as SPIFFE has them, and those that cannot verify are left out', async () => {
    const [svid, unused] = [publicKey('svid'), { ...publicKey('bundle'), use: 'x509-svid' }];
    const { x } = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });
    const agreeing = { kty: 'OKP', crv: 'X25519', x, kid: 'x' };
    pages.set('/bundle', json({ keys: [agreeing, unused, { ...svid, use: 'jwt-svid' }] }));
    pages.set('/agreeing', json({ keys: [agreeing] }));
    const following = (path: string) =>
      create({
        name: 'bundle',
        credentials: [jwt({ jwksUri: `${server.origin}${path}`, issuer: 'bundle' })],
      });
    expect((await following('/agreeing')).body.reason).toBe('KEY_NOT_FOUND');
    expect((await following('/bundle')).status).toBe(200);
    const [credential] = (await deployed('bundle')).credentials ?? [];
    expect(credential).toMatchObject({ keys: [{ ...svid, use: 'sig' }] });
  });

  test('that cannot be read are rejected at their member, and nothing is stored', async () => {
    pages.set('/empty', json({ keys: [{ ...publicKey('e'), use: 'enc' }] }));
    for (const [path, text] of [
      ['/nowhere', /404/],
      ['/empty', /has no public key that verifies signatures!/],
    ] as const) {
      const jwksUri = `${server.origin}${path}`;
      const { status, body } = await create({
        name: 'unread',
        credentials: [{ type: 'TOKEN', name: 'a' }, jwt({ jwksUri, issuer: path })],
      });
      expect(status).toBe(400);
      expect(body.error_description).toMatch(text);
      expect(body.member).toBe('credentials[1].jwksUri');
    }
    const blocked = await create({ name: 'unread', credentials: [jwt({ jwksUri: 'http://10.0.0.1/keys' })] });
    expect(blocked.body).toMatchObject({ reason: 'URL_NOT_ALLOWED', member: 'credentials[0].jwksUri' });
    expect((await api('GET', `${base}/applications/?search=unread`)).body.resultCount).toBe(0);
  });

  test('are not fetched for a request that is rejected anyway', async () => {
    pages.set('/untouched', json({ keys: [publicKey('u')] }));
    await create({ name: 'followed', credentials: [jwt({ jwksUri: `${server.origin}/untouched` })] });
    expect(server.requests.filter(({ url }) => url === '/untouched')).toEqual([]);
  });

  test('are followed: new keys are deployed to all that name the URI, the last good ones stay on failure', async () => {
    const jwksUri = `${server.origin}/rotating`;
    const [before, after] = [publicKey('r1'), publicKey('r2')];
    pages.set('/rotating', json({ keys: [before] }, { etag: '"1"' }));
    for (const name of ['one', 'other']) {
      await create({ name: `rotating-${name}`, credentials: [jwt({ jwksUri, issuer: `rotating-${name}` })] });
    }
    const fetched = () => server.requests.filter(({ url }) => url === '/rotating');
    expect(fetched()).toHaveLength(1);
    pages.set('/rotating', (request, response) => {
      response.writeHead(request.headers['if-none-match'] === '"1"' ? 304 : 500).end();
    });
    await comeDue(jwksUri);
    expect((await detail('rotating-one')).keySets[0].state).toBe('FRESH');
    pages.set('/rotating', (_request, response) => response.writeHead(503).end());
    await comeDue(jwksUri);
    expect((await detail('rotating-one')).keySets[0]).toMatchObject({
      state: 'FAILING',
      stateReason: expect.stringMatching(/503/),
      keyCount: 1,
    });
    const keysOf = async (name: string) => {
      const [credential] = (await deployed(name)).credentials ?? [];
      return credential?.type === 'JWT' ? credential.keys : undefined;
    };
    expect(await keysOf('rotating-one')).toEqual([before]);
    pages.set('/rotating', json({ keys: [after, before] }));
    await comeDue(jwksUri);
    for (const name of ['one', 'other']) expect(await keysOf(`rotating-${name}`)).toEqual([after, before]);
    expect((await detail('rotating-other')).keySets[0]).toMatchObject({ state: 'FRESH', keyCount: 2 });
    const audit = await api('GET', '/apiops/audit/?size=100');
    expect(audit.body.resultList).toContainEqual(
      expect.objectContaining({
        action: 'issuerkeys.refresh',
        objectName: jwksUri,
        projectName: 'MyProject',
      }),
    );
  });

  test('that fail do not keep other credentials from being revoked', async () => {
    const jwksUri = `${server.origin}/failing`;
    const key = publicKey('f');
    pages.set('/failing', json({ keys: [key] }));
    const credential = jwt({ jwksUri, issuer: 'failing' });
    await create({ name: 'failing', credentials: [credential, { type: 'TOKEN', name: 'leaked' }] });
    pages.delete('/failing');
    await comeDue(jwksUri);
    expect((await update('failing', { credentials: [credential] })).status).toBe(200);
    const { tokens, credentials } = await deployed('failing');
    expect(tokens).toEqual([]);
    expect(credentials).toMatchObject([{ keys: [key] }]);
    expect((await detail('failing')).keySets[0].state).toBe('FAILING');
  });

  test('that were refreshed while a request fetched them are kept', async () => {
    const jwksUri = `${server.origin}/overtaken`;
    const [older, newer] = [publicKey('older'), publicKey('newer')];
    pages.set('/overtaken', json({ keys: [older] }));
    const credentials = [jwt({ jwksUri, issuer: 'overtaken' })];
    await create({ name: 'overtaken', credentials });
    pages.delete('/overtaken');
    await comeDue(jwksUri);
    pages.set('/overtaken', (request, response) => {
      pages.set('/overtaken', json({ keys: [newer] }));
      void comeDue(jwksUri).then(() => json({ keys: [older] })(request, response));
    });
    expect((await update('overtaken', { credentials })).status).toBe(200);
    expect((await deployed('overtaken')).credentials).toMatchObject([{ keys: [newer] }]);
  });

  test('are forgotten with the last application that names the URI', async () => {
    const jwksUri = `${server.origin}/rotating`;
    const followed = () => world.raw(`select id from issuer_key_sets where jwks_uri = '${jwksUri}'`);
    await api('DELETE', `${base}/applications/rotating-one/`);
    expect(await followed()).toHaveLength(1);
    await update('rotating-other', { credentials: [] });
    expect(await followed()).toEqual([]);
  });

  test('that were altered in the database are not deployed, and are fetched again', async () => {
    const jwksUri = `${server.origin}/altered`;
    const genuine = publicKey('g');
    pages.set('/altered', json({ keys: [genuine] }, { etag: '"g"' }));
    await create({ name: 'altered', credentials: [jwt({ jwksUri, issuer: 'altered' })] });
    const forged = JSON.stringify([publicKey('g')]);
    await world.raw(`update issuer_key_sets set keys = '${forged}' where jwks_uri = '${jwksUri}'`);
    await expect(deployed('altered')).rejects.toThrow(/altered in the database/);
    await comeDue(jwksUri);
    const [credential] = (await deployed('altered')).credentials ?? [];
    expect(credential).toMatchObject({ keys: [genuine] });
  });
});
