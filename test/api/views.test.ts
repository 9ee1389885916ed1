// Views from outside: what they hold, what every refusal says, and what nodes publish of them.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { base, keysAt, kid, patient, startViewWorld, type ViewWorld } from './support/view-world.ts';

let viewWorld: ViewWorld;
let world: ViewWorld['world'];
let api: ViewWorld['api'];
let node: ViewWorld['node'];
let publishDir: ViewWorld['publishDir'];
let ok: ViewWorld['ok'];
let generate: ViewWorld['generate'];
let create: ViewWorld['create'];
let addressOf: ViewWorld['addressOf'];
let namesIn: ViewWorld['namesIn'];

beforeAll(async () => {
  viewWorld = await startViewWorld();
  ({ world, api, node, publishDir, ok, generate, create, addressOf, namesIn } = viewWorld);
});

afterAll(() => viewWorld?.close());

const detail = async (name: string) => (await api('GET', `${base}/views/${name}/`)).body.resultList[0];

describe('a view', () => {
  test('is stored with all that it was given, deployed, listed and audited', async () => {
    const given = {
      name: 'full',
      description: 'for partners',
      include: {
        keyTypes: ['EC'],
        algorithms: ['ES256'],
        uses: ['sig'],
        keyRingNames: ['signing'],
        jwkNames: ['ec-sig'],
      },
      exclude: { jwkNames: ['ec-384'] },
    };
    expect(await ok('POST', `${base}/views/`, given)).toEqual({
      success: true,
      deploymentResult: {
        success: true,
        message: 'Deployment completed successfully',
        environmentResults: [{ environmentName: 'gate', success: true, message: 'Deployed successfully' }],
      },
    });
    expect(await detail('full')).toMatchObject(given);
    const { body } = await api('GET', `${base}/views/?search=full`);
    expect(body).toMatchObject({ success: true, resultCount: 1, resultList: [given] });
    const audit = await api('GET', '/apiops/audit/?objectType=view');
    expect(audit.body.resultList).toContainEqual(
      expect.objectContaining({
        action: 'view.create',
        objectName: 'full',
        projectName: 'MyProject',
        details: {
          includeKeyTypes: 'EC',
          includeAlgorithms: 'ES256',
          includeUses: 'sig',
          includeKeyRingNames: 'signing',
          includeJwkNames: 'ec-sig',
          excludeJwkNames: 'ec-384',
        },
      }),
    );
  });

  test('without include holds every key of the project that has a public half, and no secret key', async () => {
    await create('whole');
    const names = await namesIn('whole');
    expect([...names].sort()).toEqual(['ec-384', 'ec-sig', 'okp-enc', 'rsa-sig', 'signing.1', 'signing.2']);
    expect(await detail('whole')).toMatchObject({ description: null, include: null, exclude: null });
  });

  test.each([
    [{ keyTypes: ['RSA', 'OKP'] }, ['okp-enc', 'rsa-sig']],
    [{ algorithms: ['ES384', 'RS256'] }, ['ec-384', 'rsa-sig']],
    [{ uses: ['enc'] }, ['okp-enc']],
    [{ uses: ['ENCRYPTION'] }, ['okp-enc']],
    [{ jwkNames: ['rsa-sig', 'okp-enc'] }, ['okp-enc', 'rsa-sig']],
    [{ keyRingNames: ['signing'] }, ['signing.1', 'signing.2']],
    // Each kind narrows; a ring and a JWK are one list.
    [{ keyTypes: ['EC'], algorithms: ['ES256'] }, ['ec-sig', 'signing.1', 'signing.2']],
    [{ keyTypes: ['RSA'], uses: ['enc'] }, []],
    [{ keyRingNames: ['signing'], jwkNames: ['rsa-sig'] }, ['rsa-sig', 'signing.1', 'signing.2']],
    [{ keyRingNames: ['signing'], jwkNames: ['rsa-sig'], keyTypes: ['RSA'] }, ['rsa-sig']],
  ])('that includes %j holds %j', async (include, expected) => {
    const name = `included-${Math.random().toString(36).slice(2)}`;
    await create(name, { include });
    expect([...(await namesIn(name))].sort()).toEqual(expected);
  });

  test('leaves out what one list of exclude names, even where it is included', async () => {
    await create('without', {
      include: { jwkNames: ['rsa-sig', 'ec-sig', 'ec-384', 'okp-enc'] },
      exclude: { keyTypes: ['RSA'], algorithms: ['ES384'], jwkNames: ['ec-sig'] },
    });
    expect(await namesIn('without')).toEqual(['okp-enc']);
    await create('without-ring', { exclude: { keyRingNames: ['signing'] } });
    expect([...(await namesIn('without-ring'))].sort()).toEqual(['ec-384', 'ec-sig', 'okp-enc', 'rsa-sig']);
  });

  test('is changed as given: what is absent stays, and null takes it away', async () => {
    await create('changing', { description: 'd', include: { keyTypes: ['RSA'] } });
    await ok('PUT', `${base}/views/changing/`, { exclude: { uses: ['SIGNATURE'] } });
    expect(await detail('changing')).toMatchObject({
      description: 'd',
      include: { keyTypes: ['RSA'] },
      exclude: { uses: ['sig'] },
    });
    expect(await namesIn('changing')).toEqual([]);
    await ok('PUT', `${base}/views/changing/`, { include: { algorithms: ['ES256'] }, exclude: null });
    expect(await detail('changing')).toMatchObject({ include: { algorithms: ['ES256'] }, exclude: null });
    expect(await namesIn('changing')).toContain('ec-sig');
    await ok('PUT', `${base}/views/changing/`, { name: 'changing', include: {} });
    expect(await detail('changing')).toMatchObject({ include: null });
  });

  test('follows its keys: those that are created, updated and deleted', async () => {
    await create('following', {
      include: { keyTypes: ['EC'], uses: ['sig'] },
      exclude: { keyRingNames: ['signing'] },
    });
    const before = await fetch(addressOf('following'));
    await generate({ name: 'later', type: 'EC', ec: { curveType: 'P521', algorithm: 'ES512', ...kid } });
    expect(await namesIn('following')).toEqual(['ec-384', 'ec-sig', 'later']);
    const after = await fetch(addressOf('following'));
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
    await ok('DELETE', `${base}/jwks/later/`);
    expect(await namesIn('following')).toEqual(['ec-384', 'ec-sig']);
  });

  test('is 404 at its address once it is deleted', async () => {
    await create('short-lived');
    expect((await fetch(addressOf('short-lived'))).status).toBe(200);
    expect(await ok('DELETE', `${base}/views/short-lived/`)).toMatchObject({
      deploymentResult: { message: 'Undeployment completed successfully' },
    });
    const gone = await fetch(addressOf('short-lived'));
    expect([gone.status, await gone.json()]).toEqual([
      404,
      {
        error: 'not_found',
        error_description: 'This node publishes no view of this name in a project of this name',
      },
    ]);
    expect((await api('GET', `${base}/views/short-lived/`)).body.error_description).toBe(
      'View (name: short-lived) is not found!',
    );
  });

  test('names the secret keys in it, which are in no set', async () => {
    const made = await create('of-secrets', { include: { jwkNames: ['secret', 'ec-sig'] } });
    expect(made.warnings).toEqual(['JWK (name: secret) is in no JWK Set: its keys are secret']);
    expect(await namesIn('of-secrets')).toEqual(['ec-sig']);
  });

  test('is created once for one Idempotency-Key', async () => {
    const send = () =>
      fetch(`${world.url}${base}/views/`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${api.token}`,
          'content-type': 'application/json',
          'idempotency-key': 'view-once',
        },
        body: JSON.stringify({ name: 'once' }),
      });
    const [first, second] = [await send(), await send()];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(await second.text()).toBe(await first.text());
  });
});

describe('a request for a view is rejected', () => {
  test.each([
    [{}, 'View name can not be empty!', 'FIELD_REQUIRED', 'name'],
    [{ name: 'a b' }, /^View name \(a b\) is not valid!/, 'FIELD_NOT_VALID', 'name'],
    [
      { name: 'v', include: { keyRingNames: ['signing', 'nothing'] } },
      'Key ring (name: nothing) is not found!',
      'NOT_FOUND',
      'include.keyRingNames[1]',
    ],
    [
      { name: 'v', exclude: { jwkNames: ['nothing'] } },
      'JWK (name: nothing) is not found!',
      'NOT_FOUND',
      'exclude.jwkNames[0]',
    ],
    [
      { name: 'v', include: { jwkNames: ['signing.1'] } },
      'JWK (name: signing.1) belongs to key ring (name: signing)!',
      'KEY_RING_MEMBER',
      'include.jwkNames[0]',
    ],
    [
      { name: 'v', include: { keyTypes: ['OCT'] } },
      /^Key type \(OCT\) is not valid! Valid values: RSA, EC, OKP/,
      'FIELD_NOT_VALID',
      'include.keyTypes[0]',
    ],
    [
      { name: 'v', include: { algorithms: ['HS256'] } },
      /^Algorithm \(HS256\) is not valid! Valid values: /,
      'ALGORITHM_NOT_VALID',
      'include.algorithms[0]',
    ],
    [
      { name: 'v', include: { uses: ['both'] } },
      'Use (both) is not valid! Valid values: sig, enc',
      'FIELD_NOT_VALID',
      'include.uses[0]',
    ],
    [
      { name: 'v', include: { uses: [] } },
      'include.uses has no items! Leave it out, or name at least one.',
      'FIELD_NOT_VALID',
      'include.uses',
    ],
  ])('for %j', async (given, text, reason, member) => {
    const { status, body } = await api('POST', `${base}/views/`, given);
    expect([status, body.error, body.reason, body.member]).toEqual([400, 'bad_request', reason, member]);
    expect(body.error_description).toEqual(typeof text === 'string' ? text : expect.stringMatching(text));
    expect((await api('GET', `${base}/views/v/`)).status).toBe(400);
  });

  test('where its name is taken, is not found, or would change', async () => {
    await create('taken');
    const again = await api('POST', `${base}/views/`, { name: 'taken' });
    expect([again.status, again.body.reason, again.body.error_description]).toEqual([
      400,
      'NAME_TAKEN',
      'View (name: taken) is already exist! Try update operation if want to change its value.',
    ]);
    const other = await api('PUT', `${base}/views/taken/`, { name: 'another' });
    expect(other.body.error_description).toBe('View name can not be changed! It is taken');
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const absent = await api(method, `${base}/views/absent/`, method === 'PUT' ? {} : undefined);
      expect([absent.status, absent.body.error_description]).toEqual([
        400,
        'View (name: absent) is not found!',
      ]);
    }
  });

  test('where it names a key of another project', async () => {
    const { body } = await api('POST', '/apiops/projects/Other/views/', {
      name: 'v',
      include: { jwkNames: ['ec-sig'] },
    });
    expect(body.error_description).toBe('JWK (name: ec-sig) is not found!');
  });
});

test('a view that was altered in the database is neither shown nor changed, and can be deleted', async () => {
  await create('altered', { include: { keyTypes: ['EC'] } });
  const published = await (await fetch(addressOf('altered'))).text();
  await world.raw(`update views set included = '{"keyTypes":["RSA"]}' where name = 'altered'`);
  for (const [method, sent] of [
    ['GET', undefined],
    ['PUT', { description: 'd' }],
  ] as const) {
    const { status, body } = await api(method, `${base}/views/altered/`, sent);
    expect([status, body.reason]).toEqual([503, 'ALTERED_IN_DATABASE']);
  }
  expect(await (await fetch(addressOf('altered'))).text()).toBe(published);
  await ok('DELETE', `${base}/views/altered/`);
  expect((await fetch(addressOf('altered'))).status).toBe(404);
});

describe('what a view names', () => {
  test('is not deleted: neither a JWK nor a key ring, included or excluded', async () => {
    await generate({ name: 'named', type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256', ...kid } });
    await ok('POST', `${base}/key-rings/`, { name: 'named-ring', type: 'EC', ec: { curveType: 'P256' } });
    await create('naming', { include: { jwkNames: ['named'] }, exclude: { keyRingNames: ['named-ring'] } });
    const jwk = await api('DELETE', `${base}/jwks/named/`);
    expect([jwk.status, jwk.body.reason, jwk.body.error_description]).toEqual([
      400,
      'STILL_NEEDED',
      'JWK (name: named) is used by view (name: naming)! Remove it from the view, or delete the view.',
    ]);
    const ring = await api('DELETE', `${base}/key-rings/named-ring/?force=true&reason=gone`);
    expect([ring.status, ring.body.reason, ring.body.error_description]).toEqual([
      400,
      'STILL_NEEDED',
      'Key ring (name: named-ring) is used by view (name: naming)! Remove it from the view, or delete the view.',
    ]);
    await ok('DELETE', `${base}/views/naming/`);
    await ok('DELETE', `${base}/jwks/named/`);
    await ok('DELETE', `${base}/key-rings/named-ring/?force=true&reason=gone`);
  });

  test('stays in it when a JWK becomes the first key of a ring: the view names the ring', async () => {
    await generate({ name: 'issuer', type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256', ...kid } });
    await create('adopting', { include: { jwkNames: ['issuer', 'rsa-sig'] } });
    await ok('POST', `${base}/jwks/issuer/adopt`, { ringName: 'adopted', verifierCacheTime: 'PT0S' });
    expect(await detail('adopting')).toMatchObject({
      include: { keyRingNames: ['adopted'], jwkNames: ['rsa-sig'] },
    });
    expect([...(await namesIn('adopting'))].sort()).toEqual(['adopted.2', 'issuer', 'rsa-sig']);
    const audit = await api('GET', '/apiops/audit/?objectType=view');
    expect(audit.body.resultList).toContainEqual(
      expect.objectContaining({ action: 'view.update', objectName: 'adopting' }),
    );
  });
});

describe('the set of a view', () => {
  test('has the ACTIVE key of a ring first, and no revoked key', async () => {
    await ok('POST', `${base}/key-rings/`, {
      name: 'moving',
      type: 'EC',
      ec: { curveType: 'P256', algorithm: 'ES256' },
      verifierCacheTime: 'PT0S',
    });
    await create('moved', { include: { keyRingNames: ['moving'], jwkNames: ['ec-384'] } });
    expect((await namesIn('moved'))[0]).toBe('moving.1');
    const [{ members }] = (await api('GET', `${base}/key-rings/moving/`)).body.resultList;
    await ok('POST', `${base}/key-rings/moving/revoke`, { kid: members[0].kid, reason: 'COMPROMISED' });
    const after = await namesIn('moved');
    expect(after[0]).toBe('moving.2');
    expect(after).not.toContain('moving.1');
    expect(after).toContain('ec-384');
  });

  test('is served as the set of the project is: ETag, Cache-Control, CORS, 304, HEAD, OPTIONS', async () => {
    await create('served', { include: { keyTypes: ['EC'] } });
    const of = (name: string, init?: RequestInit) =>
      fetch(name === '' ? `${node.url}/projects/MyProject/.well-known/jwks.json` : addressOf(name), init);
    const [view, project] = [await of('served'), await of('')];
    for (const header of ['content-type', 'cache-control', 'access-control-allow-origin']) {
      expect([header, view.headers.get(header)]).toEqual([header, project.headers.get(header)]);
    }
    expect(view.headers.get('content-type')).toBe('application/jwk-set+json');
    const etag = view.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    const known = await of('served', { headers: { 'if-none-match': etag } });
    expect([known.status, await known.text(), known.headers.get('etag')]).toEqual([304, '', etag]);
    const head = await of('served', { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, '']);
    const preflight = await of('served', { method: 'OPTIONS' });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    // From the fast path, too: the same request once more on one connection.
    const bytes = await view.text();
    for (let round = 0; round < 3; round += 1) expect(await (await of('served')).text()).toBe(bytes);
    const metrics = await (await fetch(`${node.url}/metrics`)).text();
    expect(metrics).toMatch(
      /keyplane_node_http_requests_total\{route="\/projects\/\{projectName\}\/views\/\{viewName\}\/\.well-known\/jwks\.json",status="200"\}/,
    );
  });

  test('is written below --publish-dir, and its file goes with it', async () => {
    await create('as-file', { include: { uses: ['enc'] } });
    const path = join(publishDir, 'projects/MyProject/views/as-file/.well-known/jwks.json');
    expect(await readFile(path, 'utf8')).toBe(await (await fetch(addressOf('as-file'))).text());
    await ok('PUT', `${base}/views/as-file/`, { include: { keyTypes: ['RSA'] } });
    expect(await readFile(path, 'utf8')).toContain('"kty":"RSA"');
    await ok('DELETE', `${base}/views/as-file/`);
    await expect(readFile(path)).rejects.toThrow('ENOENT');
  });
});

describe('an environment', () => {
  test('has the views and the key types of a project as long as the project reaches it', async () => {
    await create('reaching', { include: { keyTypes: ['RSA'] } });
    await ok('PUT', '/apiops/projects/MyProject/', { publishKeyTypes: ['RSA'] });
    await ok('POST', '/apiops/environments/', { name: 'late', type: 'TEST', projects: ['Other'] });
    const late = await world.addNode('late', 'l1');
    const sets = ['views/reaching/.well-known/jwks.json', '.well-known/jwks.json'].map(
      (path) => `${late.url}/projects/MyProject/${path}`,
    );
    const statuses = () => Promise.all(sets.map(async (url) => (await fetch(url)).status));
    await expect.poll(statuses, patient).toEqual([404, 404]);
    await ok('PUT', '/apiops/environments/late/', { projects: ['Other', 'MyProject'] });
    await expect.poll(statuses, patient).toEqual([200, 200]);
    for (const url of sets) expect((await keysAt(url)).map(({ kty }) => kty)).toEqual(['RSA']);
    await ok('PUT', '/apiops/environments/late/', { projects: ['Other'] });
    await expect.poll(statuses, patient).toEqual([404, 404]);
    await ok('PUT', '/apiops/projects/MyProject/', { publishKeyTypes: null });
    await ok('DELETE', '/apiops/environments/late/');
  });
});
