import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { putDesiredJwk } from '../../src/jwks/insert-jwk.ts';
import { openPrivateJwk } from '../../src/jwks/sealed-members.ts';
import type { RunningNode } from '../../src/node/start-node.ts';
import {
  accepted,
  type Body,
  footprint,
  type Item,
  type ProjectApi,
  projectApi,
  publishedKeys,
} from '../api/support/project-api.ts';
import { makeCurveKey, octKey, publicHalf } from '../api/support/sample-keys.ts';
import { certificateForm, keystoreBody, makeKeystore, makeRsaMaterial } from '../life/support/material.ts';
import { type HttpTestServer, startHttpServer } from '../support/http-servers.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';

let world: TestManager;
let node: RunningNode;
let project: ProjectApi;
let apart: ProjectApi;
let server: HttpTestServer;
let page: unknown;
beforeAll(async () => {
  world = await startTestManager({
    environments: ['open'],
    projects: ['MyProject', 'Apart'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  accepted(await reach('open', ['MyProject']));
  node = await world.addNode('open', 'n1');
  project = projectApi(world.api);
  apart = projectApi(world.api, 'Apart');
  server = await startHttpServer((_request, response) => response.end(JSON.stringify(page)));
});
afterAll(async () => {
  await world.close();
  await server.close();
});
beforeEach(async () => {
  for (const one of [project, apart]) {
    for (const name of await one.names('jwks')) await one.call('DELETE', `jwks/${name}/`);
  }
});

const reach = (environment: string, projects: readonly string[]) =>
  world.api('PUT', `/apiops/environments/${environment}/`, { projects });
const key = (kid: string): Item => ({ ...makeCurveKey('P-256'), kid });
const withKid = (kid: string) => (jwk: Item) => ({ ...jwk, kid });
const taken = (kid: string, name: string): Body => ({
  error: 'bad_request',
  error_description: `kid (${kid}) is already used by JWK (name: ${name})! A kid must name one key in a JWK Set.`,
  reason: 'KID_TAKEN',
  member: 'kid',
});
const shared = async () => (await world.api('GET', '/apiops/overview/')).body.sharedKids;
const kidsOnNode = async () => (await publishedKeys(node, 'MyProject')).map(({ kid }) => kid);

describe('a kid that another key of the project has', () => {
  const others: readonly [how: string, send: () => Promise<{ status: number; body: unknown }>][] = [
    ['Create JWK', () => project.paste('b', key('dup'))],
    [
      'parse-from-clipboard',
      () =>
        project.call('POST', 'jwks/parse-from-clipboard', { name: 'b', jwkStr: JSON.stringify(key('dup')) }),
    ],
    [
      'import-file',
      () => {
        const form = new FormData();
        form.append('jwkName', 'b');
        form.append('jwkFile', new Blob([JSON.stringify(key('dup'))]), 'b.json');
        return project.call('POST', 'jwks/import-file/', form);
      },
    ],
    [
      'generate',
      () =>
        project.call('POST', 'jwks/generate', {
          name: 'b',
          type: 'EC',
          kid: 'dup',
          ec: { curveType: 'P256' },
        }),
    ],
    [
      'the same key for another algorithm',
      () => project.paste('b', { ...first, alg: undefined, use: 'sig' }),
    ],
  ];
  let first: Item;
  beforeEach(async () => {
    first = key('dup');
    accepted(await project.paste('a', first));
  });

  test.each(others)('rejects %s, and nothing is stored', async (_how, send) => {
    const before = await footprint(project, [node]);
    const { status, body } = await send();
    expect({ status, body }).toEqual({ status: 400, body: taken('dup', 'a') });
    expect(await footprint(project, [node])).toEqual(before);
  });

  test('rejects an update, and the former key stays', async () => {
    accepted(await project.paste('b', key('mine')));
    const before = await project.jwk('b');
    const { status, body } = await project.call('PUT', 'jwks/b/', {
      sourceType: 'COPY_PASTE',
      jwkStr: JSON.stringify(key('dup')),
    });
    expect({ status, body }).toEqual({ status: 400, body: taken('dup', 'a') });
    expect(await project.jwk('b')).toEqual(before);
    expect(await kidsOnNode()).toEqual(['dup', 'mine']);
  });

  test('is free for another value of the JWK that has it, and after that is deleted', async () => {
    const jwkStr = JSON.stringify(key('dup'));
    accepted(await project.call('PUT', 'jwks/a/', { sourceType: 'COPY_PASTE', jwkStr }));
    accepted(await project.call('DELETE', 'jwks/a/'));
    accepted(await project.paste('b', key('dup')));
  });

  test('takes the same key once more, private or public, and the set has it once', async () => {
    accepted(await project.paste('public', publicHalf(first)));
    accepted(await project.paste('again', first));
    expect(await kidsOnNode()).toEqual(['dup']);
    accepted(await project.call('DELETE', 'jwks/a/'));
    expect(await kidsOnNode()).toEqual(['dup']);
  });

  test('does not concern OCT keys, which no set holds', async () => {
    accepted(await project.paste('secret', { ...octKey(32), kid: 'dup' }));
    accepted(await project.paste('other-secret', { ...octKey(48), kid: 'dup' }));
    expect(await kidsOnNode()).toEqual(['dup']);
  });

  test('does not concern keys without a kid, of which the set holds any number', async () => {
    for (const name of ['none', 'none-either']) {
      const ec = { curveType: 'P256', keyIdType: 'NONE' };
      accepted(await project.call('POST', 'jwks/generate', { name, type: 'EC', ec }));
    }
    expect(await kidsOnNode()).toEqual(['dup', undefined, undefined]);
    expect(await shared()).toEqual([]);
  });

  test('does not concern another project', async () => {
    accepted(await apart.paste('a', key('dup')));
  });
});

test('of keys that come at once under one kid, one is stored', async () => {
  const names = Array.from({ length: 8 }, (_, at) => `k${at}`);
  const answers = await Promise.all(names.map((name) => project.paste(name, key('raced'))));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ body }) => body.reason === 'KID_TAKEN')).toHaveLength(7);
  expect(await kidsOnNode()).toEqual(['raced']);
});

describe('a kid that the request does not set', () => {
  const usage = { environmentName: 'open', useType: 'SIGNATURE', algorithm: 'RS256' };

  test('gives way to the thumbprint where it is the alias of a keystore', async () => {
    for (const name of ['one', 'two']) {
      const file = makeKeystore(makeRsaMaterial(), '1');
      await project.call('POST', 'keystores/', keystoreBody(name, { open: file }));
      accepted(
        await project.create({ name, sourceType: 'KEYSTORE', keyStoreName: name, aliasName: '1', ...usage }),
      );
    }
    expect((await project.jwk('one')).kid).toBe('1');
    const { kid } = await project.jwk('two');
    const { thumbprint } = (await project.call('GET', 'jwks/two/public/')).body.resultList?.[0] ?? {};
    expect(kid).toMatch(/^[\w-]{43}$/);
    if (thumbprint !== undefined) expect(kid).toBe(thumbprint);
    expect(await kidsOnNode()).toEqual(['1', kid]);
  });

  test('gives way where the same certificate is published for another algorithm', async () => {
    const { cert } = makeRsaMaterial();
    const fields = { certificateName: 'c', alias: 'c', environmentList: 'open', pemEncodedFile: cert };
    accepted(await project.call('POST', 'certificates/', certificateForm(fields)));
    const source = { sourceType: 'CERTIFICATE', certificateName: 'c', ...usage };
    accepted(await project.create({ name: 'rs256', ...source }));
    accepted(await project.create({ name: 'ps256', ...source, algorithm: 'PS256' }));
    expect(new Set(await kidsOnNode()).size).toBe(2);
  });

  test('stays where new material of its source collides, which then is rejected as a whole', async () => {
    const certificate = (cert: string) =>
      certificateForm({ certificateName: 'd', alias: 'd', environmentList: 'open', pemEncodedFile: cert });
    accepted(await project.call('POST', 'certificates/', certificate(makeRsaMaterial().cert)));
    const source = { sourceType: 'CERTIFICATE', certificateName: 'd', ...usage, kid: 'fixed' };
    accepted(await project.create({ name: 'x', ...source }));
    accepted(await project.create({ name: 'y', ...source }));
    const follow = 'certificates/d/?updateReferencedJwks=true&updateScope=SAME_PROJECT';
    // Both are one key before and after.
    accepted(await project.call('PUT', follow, certificate(makeRsaMaterial().cert)));
    accepted(await project.call('PUT', 'jwks/y/', { description: 'detached' }));
    const before = await footprint(project, [node]);
    const { status, body } = await project.call('PUT', follow, certificate(makeRsaMaterial().cert));
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        ...taken('fixed', 'y'),
        error_description: `JWK (name: x) can not take the new material: ${taken('fixed', 'y').error_description}`,
      },
    });
    expect(await footprint(project, [node])).toEqual(before);
  });
});

test('a followed URL whose next key has a taken kid is FAILING, keeps its key and recovers', async () => {
  const former = publicHalf(key('followed'));
  page = former;
  accepted(
    await project.create({
      name: 'url',
      sourceType: 'URL',
      url: `${server.origin}/k`,
      refreshInterval: 'PT1H',
    }),
  );
  // Published under the same kid since before that was rejected: the next key is another than both.
  const { services } = world.manager;
  accepted(await project.paste('legacy', key('other')));
  await share('legacy', 'followed');
  page = publicHalf(key('followed'));
  const look = async () => {
    await services.store.write(async (stores) => {
      const stored = (await stores.projects.find('MyProject'))?.id ?? '';
      const jwk = await stores.jwks.find(stored, 'url');
      const refresh = await stores.refreshes.find(jwk?.id ?? '');
      if (refresh) await stores.refreshes.put({ ...refresh, refreshAt: new Date(Date.now() - 1) });
    });
    await services.refresher.refreshDue();
  };
  await look();
  expect(await project.jwk('url')).toMatchObject({
    sourceState: 'FAILING',
    sourceStateReason: taken('followed', 'legacy').error_description,
    ec: former,
  });
  accepted(await project.call('DELETE', 'jwks/legacy/'));
  await look();
  expect(await project.jwk('url')).toMatchObject({ sourceState: 'FRESH', ec: page });
});

/** Gives a stored JWK a kid that another has, as it could be before that was rejected. */
async function share(name: string, kid: string): Promise<void> {
  const { services } = world.manager;
  // The sealer is not part of the services; a public key needs none.
  await services.store.write(async (stores) => {
    const found = await stores.projects.find('MyProject');
    const before = await stores.jwks.find(found?.id ?? '', name);
    if (!found || !before) throw new Error(`${name} is not there`);
    const publicMembers = JSON.stringify({ ...JSON.parse(before.publicMembers), kid });
    const stored = { ...before, kid, publicMembers, privateMembers: null };
    await stores.jwks.update(stored);
    const scope = { projectId: found.id, projectName: found.name, actor: 'test' };
    const jwk = openPrivateJwk(undefined as never, stored);
    await putDesiredJwk(stores, { scope, stored, jwk }, () => undefined);
  });
  services.deployments.wake();
}

describe('two keys that share a kid since before that was rejected', () => {
  beforeEach(async () => {
    accepted(await project.paste('a', key('dup')));
    accepted(await project.paste('b', key('other')));
    await share('b', 'dup');
    await until(async () => (await kidsOnNode()).join() === 'dup,dup', 'both are published');
  });

  test('are listed by the overview until one is deleted, and not in a project that reaches no environment', async () => {
    const named = ['a', 'b'].map((name) => ({ projectName: 'MyProject', name }));
    const found = { kid: 'dup', environmentName: null, published: named, leftOut: [] };
    const { body } = await world.api('GET', '/apiops/overview/');
    expect([body.sharedKids, body.sharedKidCount]).toEqual([[found], 1]);
    accepted(await apart.paste('a', key('unseen')));
    accepted(await apart.paste('b', key('unseen')));
    expect(await shared()).toEqual([found]);
    accepted(
      await project.paste('same', await project.material('b', '?publicOnly=true').then(withKid('own'))),
    );
    expect(await shared(), 'the same key under a kid of its own').toEqual([found]);
    accepted(await project.call('DELETE', 'jwks/a/'));
    expect(await shared()).toEqual([]);
  });

  test('stay published, and can be described and deleted', async () => {
    accepted(await project.call('PUT', 'jwks/b/', { description: 'still here' }));
    expect(await kidsOnNode()).toEqual(['dup', 'dup']);
    accepted(await project.call('DELETE', 'jwks/b/'));
    expect(await kidsOnNode()).toEqual(['dup']);
  });

  test('keep a third from having it, also one that is published like one of them', async () => {
    const a = await project.material('a', '?publicOnly=true');
    expect((await project.paste('c', a)).body).toEqual(taken('dup', 'b'));
  });
});

describe('a project that reaches no environment', () => {
  const denied = (environment: string) => ({
    ...taken('dup', 'a'),
    error_description: `Project (Apart) can not reach environment (${environment}), for JWK (name: b): ${taken('dup', 'a').error_description}`,
    member: 'projects',
  });

  test('may use a kid twice, and gains no environment before it stops', async () => {
    accepted(await apart.paste('a', key('dup')));
    accepted(await apart.paste('b', key('dup')));
    const changed = await reach('open', ['MyProject', 'Apart']);
    expect({ status: changed.status, body: changed.body }).toEqual({ status: 400, body: denied('open') });
    const created = await world.api('POST', '/apiops/environments/', { name: 'new', type: 'TEST' });
    expect({ status: created.status, body: created.body }).toEqual({ status: 400, body: denied('new') });
    const list = (await world.api('GET', '/apiops/environments/')).body.resultList;
    expect(list.map(({ name, projects }: Item) => [name, projects])).toEqual([['open', ['MyProject']]]);
    accepted(await apart.call('DELETE', 'jwks/a/'));
    accepted(await reach('open', ['MyProject', 'Apart']));
    accepted(await reach('open', ['MyProject']));
  });
});
