import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PublicJwk } from '../../src/jose/jwk.ts';
import { thumbprint } from '../../src/jose/thumbprint.ts';
import type { RunningNode } from '../../src/node/start-node.ts';
import { onBehalfOf } from '../../src/runtime/requester.ts';
import {
  accepted,
  type Body,
  footprint,
  type Item,
  type ProjectApi,
  projectApi,
  publishedKeys,
  refusal,
} from '../api/support/project-api.ts';
import { octKey, p256Public } from '../api/support/sample-keys.ts';
import { type HttpTestServer, startHttpServer } from '../support/http-servers.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { fails, freshKey, json, type Page } from './support/pages.ts';

let world: TestManager;
let node: RunningNode;
let project: ProjectApi;
let server: HttpTestServer;
/** The responses of the server, by path. */
const pages = new Map<string, Page>();

beforeAll(async () => {
  world = await startTestManager({
    environments: ['production'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  node = await world.addNode('production', 'p1');
  project = projectApi(world.api);
  server = await startHttpServer((request, response) => {
    const page = pages.get(request.url ?? '') ?? fails;
    page(request, response);
  });
});
afterAll(async () => {
  await world.close();
  await server.close();
});
beforeEach(async () => {
  pages.clear();
  // Each test has its kids for itself.
  for (const name of await project.names('jwks')) await project.call('DELETE', `jwks/${name}/`);
});

const follow = (name: string, more: Body = {}) =>
  project.create({
    name,
    sourceType: 'URL',
    url: `${server.origin}/${name}`,
    refreshInterval: 'PT1H',
    ...more,
  });

/** Makes this JWK due for its refresh and lets the manager refresh it. */
async function comeDue(name: string, refreshAt = new Date(Date.now() - 1)): Promise<void> {
  const { services } = world.manager;
  await services.store.write(async (stores) => {
    const [myProject] = await stores.projects.list();
    const jwk = await stores.jwks.find(myProject?.id ?? '', name);
    const refresh = await stores.refreshes.find(jwk?.id ?? '');
    if (!refresh) throw new Error(`${name} is not followed`);
    await stores.refreshes.put({ ...refresh, refreshAt });
  });
  await services.refresher.refreshDue();
}

const requestsTo = (name: string) => server.requests.filter(({ url }) => url === `/${name}`);
const publishes = (name: string, jwk: Item) =>
  until(async () => {
    const mine = await fetch(`${node.url}/projects/MyProject/jwks/${name}`);
    return mine.ok && ((await mine.json()) as Item).x === jwk.x;
  }, `the node publishes the new ${name}`);

describe('a JWK that follows its URL', () => {
  test('reports its refresh status', async () => {
    pages.set('/shown', json(freshKey('a')));
    const before = Date.now();
    accepted(await follow('shown', { refreshInterval: 'P1DT12H' }));
    const shown = await project.jwk('shown');
    expect(shown).toMatchObject({
      refreshInterval: 'P1DT12H',
      sourceState: 'FRESH',
      sourceStateReason: null,
      sourceStateSince: shown.createdAt,
    });
    expect(Date.parse(shown.nextRefreshAt) - 36 * 3_600_000).toBeGreaterThanOrEqual(before);
    const { body } = await project.call('GET', 'jwks/?search=shown');
    expect(body.resultList[0]).toMatchObject({ refreshInterval: 'P1DT12H', sourceState: 'FRESH' });
  });

  test('is refreshed although a clock ten years ahead had scheduled the next refresh', async () => {
    pages.set('/ahead', json(freshKey('a')));
    accepted(await follow('ahead'));
    await comeDue('ahead', new Date(Date.now() + 3600_000));
    expect(requestsTo('ahead'), 'an hour ahead is what was asked for').toHaveLength(1);
    const inTenYears = new Date(Date.now() + 10 * 365 * 24 * 3600_000);
    await comeDue('ahead', inTenYears);
    expect(requestsTo('ahead')).toHaveLength(2);
    expect(Date.parse((await project.jwk('ahead')).nextRefreshAt)).toBeLessThan(inTenYears.getTime());
  });

  test('takes new material of the same kid and brings it to the nodes', async () => {
    const [first, second] = [freshKey('a'), freshKey('a')];
    pages.set('/rolled', json({ keys: [freshKey('z'), first] }));
    accepted(await follow('rolled', { kid: 'a' }));
    const before = await project.jwk('rolled');
    pages.set('/rolled', json({ keys: [second, freshKey('b')] }));
    await comeDue('rolled');
    const after = await project.jwk('rolled');
    expect(after.ec).toMatchObject(second);
    expect(after).toMatchObject({ kid: 'a', sourceState: 'FRESH', sourceUrl: before.sourceUrl });
    expect(Date.parse(after.updatedAt)).toBeGreaterThan(Date.parse(before.updatedAt));
    expect(Date.parse(after.nextRefreshAt)).toBeGreaterThan(Date.now());
    await publishes('rolled', second);
    expect(await publishedKeys(node)).not.toContainEqual(first);
  });

  test('sends the validators of the last response, and a 304 leaves the JWK as it is', async () => {
    const key = freshKey('a');
    const headers = { etag: '"v1"', 'last-modified': 'Mon, 05 Jan 2026 00:00:00 GMT' };
    pages.set('/cached', json(key, headers));
    accepted(await follow('cached'));
    const before = await footprint(project, [node]);
    pages.set('/cached', (request, response) => {
      const known = request.headers['if-none-match'] === '"v1"';
      response.writeHead(known ? 304 : 500).end();
    });
    await comeDue('cached');
    await comeDue('cached');
    const [, ...again] = requestsTo('cached');
    expect(again).toHaveLength(2);
    for (const { headers: asked } of again) {
      expect(asked['if-none-match']).toBe('"v1"');
      expect(asked['if-modified-since']).toBe('Mon, 05 Jan 2026 00:00:00 GMT');
    }
    const withoutSchedule = (text: string) => text.replace(/"nextRefreshAt":"[^"]+"/g, '');
    const after = await footprint(project, [node]);
    expect(withoutSchedule(JSON.stringify(after))).toBe(withoutSchedule(JSON.stringify(before)));
  });

  test('does not change while its URL gives the same, however it is written', async () => {
    const key = freshKey('a');
    pages.set('/same', json(key));
    accepted(await follow('same'));
    const before = await project.jwk('same');
    pages.set(
      '/same',
      json({ keys: [{ comment: 'new', ...Object.fromEntries(Object.entries(key).toReversed()) }] }),
    );
    await comeDue('same');
    expect((await project.jwk('same')).updatedAt).toBe(before.updatedAt);
  });

  test.each<[what: string, page: Page, reason: RegExp]>([
    ['is not there', fails, /responded with status 503/],
    ['is no JSON', (_request, response) => response.end('<html>'), /is not valid JSON/],
    ['has no key', json({ keys: [] }), /No key found! The JWK Set is empty/],
    ['has a key that is not sound', json({ ...p256Public, kid: 'a', y: p256Public.x }), /./],
    ['has two keys of its kid', json({ keys: [freshKey('a'), freshKey('a')] }), /names different keys/],
    [
      'leads inside',
      (_request, response) => response.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
      /10\.0\.0\.1/,
    ],
  ])(
    'keeps its last good key when the URL %s, with the time since when, and recovers',
    async (what, page, reason) => {
      const name = what.replaceAll(' ', '-');
      const key = freshKey('a');
      pages.set(`/${name}`, json(key, { etag: '"v1"' }));
      accepted(await follow(name));
      const fresh = await project.jwk(name);
      pages.set(`/${name}`, page);
      await comeDue(name);
      const failing = await project.jwk(name);
      expect(failing).toMatchObject({ sourceState: 'FAILING', ec: fresh.ec, updatedAt: fresh.updatedAt });
      expect(failing.sourceStateReason).toMatch(reason);
      expect(Date.parse(failing.sourceStateSince)).toBeGreaterThan(Date.parse(fresh.sourceStateSince));
      await comeDue(name);
      expect((await project.jwk(name)).sourceStateSince).toBe(failing.sourceStateSince);
      expect(await publishedKeys(node)).toContainEqual(key);
      // What failed must not be confirmed by a "not modified" of before.
      pages.set(`/${name}`, (request, response) => {
        if (request.headers['if-none-match']) response.writeHead(304).end();
        else json(key)(request, response);
      });
      await comeDue(name);
      expect(requestsTo(name).at(-1)?.headers['if-none-match']).toBeUndefined();
      expect(await project.jwk(name)).toMatchObject({ sourceState: 'FRESH', sourceStateReason: null });
    },
  );

  test.each<[what: string, asked: Body, first: unknown, then: unknown]>([
    [
      'asked-for',
      { kid: 'a' },
      { keys: [freshKey('a'), freshKey('b')] },
      { keys: [freshKey('b'), freshKey('c')] },
    ],
    ['its-own', {}, freshKey('a'), { keys: [freshKey('b'), freshKey()] }],
    ['its-own-in-a-set', {}, { keys: [freshKey('a')] }, { keys: [freshKey('b'), freshKey('c')] }],
  ])('is GONE when the URL no longer has the kid %s, and keeps its key', async (what, asked, first, then) => {
    pages.set(`/${what}`, json(first));
    accepted(await follow(what, asked));
    const before = await project.jwk(what);
    pages.set(`/${what}`, json(then));
    await comeDue(what);
    expect(await project.jwk(what)).toMatchObject({
      sourceState: 'GONE',
      sourceStateReason: 'kid (a) is not found in the JWK Set!',
      ec: before.ec,
      kid: 'a',
    });
    pages.set(`/${what}`, json(first));
    await comeDue(what);
    expect((await project.jwk(what)).sourceState).toBe('FRESH');
  });

  test('takes the kid of the only usable key where no kid was requested', async () => {
    pages.set('/alone-again', json(freshKey('a')));
    accepted(await follow('alone-again'));
    const next = freshKey('b');
    pages.set('/alone-again', json({ keys: [{ kty: 'XYZ', kid: 'later' }, next] }));
    await comeDue('alone-again');
    expect(await project.jwk('alone-again')).toMatchObject({ sourceState: 'FRESH', kid: 'b', ec: next });
  });

  test('that has no kid stays FRESH when others join its set, and takes the only key that replaces it', async () => {
    const key = freshKey();
    pages.set('/nameless', json(key));
    accepted(await follow('nameless'));
    const { kid } = await project.jwk('nameless');
    pages.set('/nameless', json({ keys: [freshKey(), { kty: 'XYZ' }, key] }));
    await comeDue('nameless');
    expect(await project.jwk('nameless')).toMatchObject({ sourceState: 'FRESH', kid, ec: key });
    const next = freshKey();
    pages.set('/nameless', json(next));
    await comeDue('nameless');
    const after = await project.jwk('nameless');
    expect(after.ec).toMatchObject(next);
    expect(after.kid).not.toBe(kid);
  });

  test('that was selected by its thumbprint is GONE without it, and no other key gets that kid', async () => {
    const key = freshKey();
    const kid = thumbprint(key as PublicJwk);
    pages.set('/thumbprint', json({ keys: [freshKey(), key] }));
    accepted(await follow('thumbprint', { kid }));
    pages.set('/thumbprint', json({ keys: [key, { kty: 'XYZ' }, freshKey(), freshKey()] }));
    await comeDue('thumbprint');
    expect(await project.jwk('thumbprint')).toMatchObject({ sourceState: 'FRESH', kid });
    for (const others of [[freshKey()], [freshKey(kid)], [freshKey(kid), freshKey('b')]]) {
      pages.set('/thumbprint', json({ keys: others }));
      await comeDue('thumbprint');
      expect(await project.jwk('thumbprint')).toMatchObject({ sourceState: 'GONE', kid, ec: key });
    }
  });

  test('keeps the requested use and algorithm until its key has others', async () => {
    const wish = { useType: 'SIGNATURE', algorithm: 'ES256' };
    pages.set('/wished', json(freshKey('a')));
    accepted(await follow('wished', wish));
    const next = freshKey('a');
    pages.set('/wished', json({ ...next, use: null }));
    await comeDue('wished');
    const { ec, sourceState } = await project.jwk('wished');
    expect({ ec, sourceState }).toMatchObject({
      sourceState: 'FRESH',
      ec: { ...next, use: 'sig', alg: 'ES256' },
    });
    pages.set('/wished', json({ ...freshKey('a'), alg: 'ECDH-ES' }));
    await comeDue('wished');
    expect(await project.jwk('wished')).toMatchObject({
      sourceState: 'FAILING',
      sourceStateReason: 'Use type (SIGNATURE) contradicts alg (ECDH-ES) of the key! Leave useType out',
      ec: next,
    });
    // A JWK whose request had no use type and algorithm takes those of its key.
    pages.set('/unasked', json({ ...freshKey('u'), alg: 'ES256' }));
    accepted(await follow('unasked'));
    pages.set('/unasked', json({ ...freshKey('u'), alg: 'ECDH-ES' }));
    await comeDue('unasked');
    expect(await project.jwk('unasked')).toMatchObject({ sourceState: 'FRESH', algorithm: 'ECDH-ES' });
  });

  test('is refreshed even if another URL never answers', async () => {
    pages.set('/hanging', json(freshKey('h')));
    // The first fetch, which is answered, has no more time either.
    accepted(await follow('hanging', { urlOptionReadTimeout: 2_000 }));
    pages.set('/hanging', () => undefined);
    pages.set('/prompt', json(freshKey('a')));
    accepted(await follow('prompt'));
    const next = freshKey('a');
    pages.set('/prompt', json(next));
    await Promise.all([comeDue('hanging'), comeDue('prompt')]);
    expect((await project.jwk('prompt')).ec).toMatchObject(next);
    expect((await project.jwk('hanging')).sourceStateReason).toMatch(/timed out/);
  });

  test('keeps its schedule over a restart of the manager', async () => {
    pages.set('/restarted', json(freshKey('a')));
    accepted(await follow('restarted'));
    const before = await project.jwk('restarted');
    await world.restart();
    expect(await project.jwk('restarted')).toEqual(before);
    const next = freshKey('a');
    pages.set('/restarted', json(next));
    await comeDue('restarted');
    expect((await project.jwk('restarted')).ec).toMatchObject(next);
    await publishes('restarted', next);
  });

  test('is refreshed by the manager without a request', async () => {
    pages.set('/alone', json(freshKey('a')));
    accepted(await follow('alone'));
    await world.manager.services.store.write(async (stores) => {
      const [myProject] = await stores.projects.list();
      const jwk = await stores.jwks.find(myProject?.id ?? '', 'alone');
      const refresh = await stores.refreshes.find(jwk?.id ?? '');
      if (refresh) await stores.refreshes.put({ ...refresh, refreshAt: new Date(0) });
    });
    const next = freshKey('a');
    pages.set('/alone', json(next));
    await publishes('alone', next);
  });
});

describe('the refresh of a URL', () => {
  test('begins and ends with an update', async () => {
    pages.set('/changed', json(freshKey('a')));
    accepted(await follow('changed', { refreshInterval: null }));
    expect(await project.jwk('changed')).not.toHaveProperty('sourceState');
    const url = { sourceType: 'URL', url: `${server.origin}/changed` };
    accepted(await project.call('PUT', 'jwks/changed/', { ...url, refreshInterval: 'PT1M' }));
    expect(await project.jwk('changed')).toMatchObject({ refreshInterval: 'PT1M', sourceState: 'FRESH' });
    accepted(await project.call('PUT', 'jwks/changed/', { ...url, refreshInterval: 'PT90M' }));
    expect(await project.jwk('changed')).toMatchObject({ refreshInterval: 'PT1H30M' });
    for (const body of [
      url,
      { description: 'x' },
      { sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(octKey(32)) },
    ]) {
      accepted(await project.call('PUT', 'jwks/changed/', { ...url, refreshInterval: 'PT1M' }));
      accepted(await project.call('PUT', 'jwks/changed/', body));
      expect(await project.jwk('changed')).not.toHaveProperty('sourceState');
    }
    await expect(comeDue('changed')).rejects.toThrow('is not followed');
  });

  test('ends with the JWK', async () => {
    pages.set('/deleted', json(freshKey('a')));
    accepted(await follow('deleted'));
    accepted(await project.call('DELETE', 'jwks/deleted/'));
    accepted(await follow('deleted', { refreshInterval: null }));
    expect(await project.jwk('deleted')).not.toHaveProperty('sourceState');
  });

  test('is discarded if an update comes while the URL is fetched', async () => {
    pages.set('/overtaken', json(freshKey('a')));
    accepted(await follow('overtaken'));
    const pasted = freshKey('pasted');
    pages.set('/overtaken', async (request, response) => {
      const jwkStr = JSON.stringify(pasted);
      accepted(await project.call('PUT', 'jwks/overtaken/', { sourceType: 'COPY_PASTE', jwkStr }));
      json(freshKey('a'))(request, response);
    });
    await comeDue('overtaken');
    expect(await project.jwk('overtaken')).toMatchObject({
      kid: 'pasted',
      sourceType: 'COPY_PASTE',
      ec: pasted,
    });
  });

  test.each([
    'PT59S',
    'PT0S',
    'P31D',
    'P30DT1S',
    'P1M',
    'P1Y',
    '1h',
    '60',
    'PT',
    'P',
    '-PT1H',
    'PT1.5H',
    'pt1h',
  ])('is rejected every %j', async (refreshInterval) => {
    pages.set('/bounds', json(freshKey('a')));
    const before = await footprint(project, [node]);
    expect(refusal(await follow('bounds', { refreshInterval }))).toBe(
      `refreshInterval (${refreshInterval}) is not valid! It takes an ISO 8601 duration from PT1M to P30D, such as PT1H`,
    );
    expect(requestsTo('bounds')).toEqual([]);
    expect(await footprint(project, [node])).toEqual(before);
  });

  test.each([
    ['PT60S', 'PT1M'],
    ['P30D', 'P30D'],
    ['P2W', 'P14D'],
    ['PT24H', 'P1D'],
    ['P1DT1H1M1S', 'P1DT1H1M1S'],
  ])('is accepted every %s and shown as %s', async (refreshInterval, shown) => {
    const name = `every-${refreshInterval}`;
    pages.set(`/${name}`, json(freshKey('a')));
    accepted(await follow(name, { refreshInterval }));
    expect((await project.jwk(name)).refreshInterval).toBe(shown);
  });

  test('applies only to URLs: other sources ignore an interval', async () => {
    const jwkStr = JSON.stringify(p256Public);
    accepted(
      await project.create({ name: 'pasted', sourceType: 'COPY_PASTE', jwkStr, refreshInterval: 'never' }),
    );
    expect(await project.jwk('pasted')).not.toHaveProperty('refreshInterval');
  });
});

test('a URL that begins to fail, and one that no longer has the key, is one event each time', async () => {
  pages.set('/reported', json(freshKey('reported')));
  accepted(await follow('reported'));
  const types = async () => {
    const { body } = await project.call('GET', 'events/?limit=1000');
    return body.resultList
      .filter(({ data }: Item) => data.objectName === 'reported')
      .map(({ type }: Item) => type);
  };
  pages.delete('/reported');
  await comeDue('reported');
  await comeDue('reported');
  expect(await types()).toEqual(['jwk.created', 'source.failing']);
  pages.set('/reported', json({ keys: [freshKey('another'), freshKey('third')] }));
  await comeDue('reported');
  await comeDue('reported');
  expect(await types()).toEqual(['jwk.created', 'source.failing', 'source.gone']);
  pages.set('/reported', json(freshKey('reported')));
  await comeDue('reported');
  expect(await types()).toEqual(['jwk.created', 'source.failing', 'source.gone', 'jwk.updated']);
});

test('a key leaves the nodes at its expirationTime by the time of the manager, and is still shown by the manager', async () => {
  const expirationTime = new Date(Date.now() + 5_000).toISOString();
  const ec = { curveType: 'P256', expirationTime };
  accepted(await project.call('POST', 'jwks/generate', { name: 'short', type: 'EC', kid: 'short', ec }));
  const kids = async () => (await publishedKeys(node)).map(({ kid }) => kid);
  if (Date.now() < Date.parse(expirationTime) - 2_000) expect(await kids()).toContain('short');
  await until(async () => !(await kids()).includes('short'), 'the key leaves the node');
  // A node knows the time of its manager to within half of the time that a heartbeat and its answer take.
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expirationTime) - 1_000);
  expect((await project.jwk('short')).expirationTime).toBe(expirationTime);
});

test('a fetch that a limit of the manager rejects is counted as other rejections are, and is no failure of the URL', async () => {
  pages.set('/limited', json(freshKey('limited')));
  accepted(await follow('limited'));
  const held: Parameters<Page>[1][] = [];
  pages.set('/held', (_request, response) => void held.push(response));
  const { store, createJwk } = world.manager.services;
  const owner = await store.read(({ projects }) => projects.find('MyProject'));
  const scope = { projectId: owner?.id ?? '', projectName: 'MyProject', actor: 'admin' };
  const url = `${server.origin}/held`;
  // As many as are fetched at once and as may wait, of eight users.
  const others = Array.from({ length: 64 + 256 }, (_, number) =>
    onBehalfOf(`user ${number % 8}`, () => createJwk(scope, { name: `n${number}`, sourceType: 'URL', url })),
  );
  const ended = Promise.allSettled(others);
  await until(() => held.length === 64, 'all places are taken');
  await comeDue('limited');
  const metrics = await (await fetch(`${world.url}/metrics`)).text();
  expect(metrics).toMatch(/keyplane_refusals_total\{cause="source_fetches"\} 1\n/);
  expect((await project.jwk('limited')).sourceState).toBe('FRESH');
  pages.delete('/held');
  for (const response of held) response.writeHead(503).end();
  await ended;
});

test('a JWK of a project whose row was altered in the database is not refreshed until its settings are saved again', async () => {
  const [former, next] = [freshKey('former'), freshKey('next')];
  pages.set('/of-altered', json(former));
  accepted(await follow('of-altered'));
  await publishes('of-altered', former);
  pages.set('/of-altered', json(next));
  await world.raw(`update projects set publish_key_types = '["RSA"]' where name = 'MyProject'`);
  await comeDue('of-altered');
  expect(await project.jwk('of-altered')).toMatchObject({ kid: 'former' });
  await world.api('PUT', '/apiops/projects/MyProject/', {
    publishKeyTypes: null,
    historicalKeyRingName: null,
  });
  await comeDue('of-altered');
  await publishes('of-altered', next);
});
