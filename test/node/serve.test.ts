import { hash } from 'node:crypto';
import { request } from 'node:http';
import { createRemoteJWKSet, jwtVerify, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import type { DeployedContent } from '../../src/protocol/content.ts';
import { makeAkp } from '../jose/made-keys.ts';
import { badHosts, goodHosts } from '../support/hosts.ts';
import { certificate, ecJwk, octJwk, privateEcKey, publicMembers } from './support/contents.ts';
import { RawClient } from './support/raw-client.ts';
import { getJson, runningManager, runningNode, temporaryFolder } from './support/test-node.ts';

async function serving(contents: readonly DeployedContent[], clock?: () => number) {
  const manager = await runningManager();
  // Where a test sets the clock, the node goes by it: no manager tells it another time.
  manager.hears = clock === undefined;
  const dataDir = await temporaryFolder();
  const node = await runningNode({ managerUrl: manager.url, dataDir, ...(clock && { clock }) });
  const link = await manager.links.next();
  await link.reset(contents.length, contents);
  return { node, link, url: node.url };
}

const setPath = '/.well-known/jwks.json';
const setOf = async (url: string) => (await getJson(url)).keys as Record<string, unknown>[];

describe('the JWK Sets', () => {
  test('of a thousand keys are whole, with the length and the ETag of their bytes', async () => {
    const contents = Array.from({ length: 1_000 }, (_, number) => ecJwk({ name: `key-${1_000 + number}` }));
    const { url } = await serving(contents);
    for (const path of [setPath, `/projects/${contents[0]?.project}${setPath}`]) {
      const answer = await fetch(url + path);
      const bytes = Buffer.from(await answer.arrayBuffer());
      expect(bytes.length).toBeGreaterThan(128 * 1024);
      expect(answer.headers.get('content-length')).toBe(String(bytes.length));
      expect(answer.headers.get('etag')).toBe(`"${hash('sha256', bytes, 'base64url')}"`);
      const { keys } = JSON.parse(bytes.toString()) as { readonly keys: { readonly kid: string }[] };
      expect(keys).toEqual(contents.map(publicMembers));
      const head = await fetch(url + path, { method: 'HEAD' });
      expect(head.headers.get('content-length')).toBe(String(bytes.length));
    }
  });

  test('hold every asymmetric key with its public members only, in the order of project and name', async () => {
    const [a, b, c] = [
      ecJwk({ project: 'Zebra', name: 'a' }),
      ecJwk({ project: 'Apple', name: 'z' }),
      ecJwk({ project: 'Apple', name: 'b' }),
    ];
    const { url } = await serving([a, b, octJwk('secret'), c, certificate('d')]);
    expect(await setOf(url + setPath)).toEqual([c, b, a].map(publicMembers));
    expect(await setOf(`${url}/projects/Apple${setPath}`)).toEqual([c, b].map(publicMembers));
    expect(await setOf(`${url}/projects/Zebra${setPath}`)).toEqual([publicMembers(a)]);
    expect(await getJson(`${url}/projects/Apple/jwks/z`)).toEqual(publicMembers(b));
  });

  test('hold one key once that two JWKs publish alike', async () => {
    const jwk = { ...privateEcKey(), kid: 'shared' };
    const { url } = await serving([
      ecJwk({ project: 'A', name: 'x', jwk }),
      ecJwk({ project: 'A', name: 'y', jwk }),
      ecJwk({ project: 'B', name: 'x', jwk }),
    ]);
    expect((await setOf(url + setPath)).map((key) => key.kid)).toEqual(['shared']);
    expect((await setOf(`${url}/projects/A${setPath}`)).map((key) => key.kid)).toEqual(['shared']);
  });

  test('leave AKP keys out, which are served alone and displace no key of another project', async () => {
    const akp = ecJwk({ project: 'A', name: 'pq', jwk: { ...makeAkp('ML-DSA-44'), kid: 'shared' } });
    const [b, c] = [
      ecJwk({ project: 'B', name: 'x', jwk: { ...privateEcKey(), kid: 'shared' } }),
      ecJwk({ project: 'A', name: 'ec' }),
    ];
    const { url, link } = await serving([akp, b]);
    expect(await setOf(url + setPath)).toEqual([publicMembers(b)]);
    expect(await setOf(`${url}/projects/A${setPath}`)).toEqual([]);
    expect(await getJson(`${url}/projects/A/jwks/pq`)).toEqual(publicMembers(akp));
    await link.change(2, [{ revision: 3, put: c }], [akp, b, c]);
    expect(await setOf(`${url}/projects/A${setPath}`)).toEqual([publicMembers(c)]);
    expect(await setOf(url + setPath)).toEqual([c, b].map(publicMembers));
  });

  test('have a new value, a new name and what went, in every set that it is in, after they were asked for', async () => {
    const [a, beside] = [ecJwk({ name: 'a' }), ecJwk({ project: 'Zebra', name: 'z' })];
    const { url, link } = await serving([a, beside]);
    const single = `${url}/projects/MyProject/jwks/a`;
    const sets = [url + setPath, `${url}/projects/MyProject${setPath}`];
    const ask = async () => ({
      single: await fetch(single).then((answer) => (answer.status === 200 ? answer.json() : answer.status)),
      sets: await Promise.all(sets.map(setOf)),
    });
    const [own, other] = [publicMembers(a), publicMembers(beside)];
    expect(await ask()).toEqual({ single: own, sets: [[own, other], [own]] });

    const next = { ...a, jwk: { ...privateEcKey(), kid: 'next' } };
    await link.change(2, [{ revision: 3, put: next }], [next, beside]);
    const changed = publicMembers(next);
    expect(await ask()).toEqual({ single: changed, sets: [[changed, other], [changed]] });

    const renamed = { ...next, name: 'b' };
    await link.change(3, [{ revision: 4, put: renamed }], [renamed, beside]);
    expect(await ask()).toEqual({ single: 404, sets: [[changed, other], [changed]] });

    const second = ecJwk({ name: 'a' });
    await link.change(4, [{ revision: 5, put: second }], [renamed, second, beside]);
    await link.change(5, [{ revision: 6, gone: { kind: 'jwk', id: renamed.id } }], [second, beside]);
    const last = publicMembers(second);
    expect(await ask()).toEqual({ single: last, sets: [[last, other], [last]] });
  });

  test('verify a JWT through the remote JWK Set client of jose', async () => {
    const jwk = { ...privateEcKey(), kid: 'signer', alg: 'ES256', use: 'sig' };
    const { url } = await serving([ecJwk({ name: 'signer', jwk }), ecJwk({ name: 'other' })]);
    const jwt = await new SignJWT({ sub: 'me' })
      .setProtectedHeader({ alg: 'ES256', kid: 'signer' })
      .sign(jwk as never);
    const { payload } = await jwtVerify(jwt, createRemoteJWKSet(new URL(url + setPath)));
    expect(payload.sub).toBe('me');
  });

  test('hold a key before its notBefore and drop it at its expiry, with no change and no request between', async () => {
    let now = 1_000;
    const early = ecJwk({ name: 'early', notBefore: 1e15 });
    const brief = ecJwk({ name: 'brief', expires: 2_000 });
    const { url } = await serving([early, brief], () => now);
    const kids = async () => (await setOf(url + setPath)).map((key) => key.kid);
    expect(await kids()).toEqual(['kid-brief', 'kid-early']);
    now = 1_999;
    expect(await kids()).toEqual(['kid-brief', 'kid-early']);
    expect((await fetch(`${url}/projects/MyProject/jwks/brief`)).status).toBe(200);
    now = 2_000;
    expect(await kids()).toEqual(['kid-early']);
    expect(await setOf(`${url}/projects/MyProject${setPath}`)).toHaveLength(1);
    expect((await fetch(`${url}/projects/MyProject/jwks/brief`)).status).toBe(404);
    expect(await getJson(`${url}/status`)).toMatchObject({ counts: { jwks: 2, published: 1 } });
  });

  test('take a key in again when the clock is set back to before its expiry', async () => {
    let now = 3_000;
    const { url } = await serving(
      [ecJwk({ name: 'brief', expires: 2_000 }), ecJwk({ name: 'x' })],
      () => now,
    );
    const kids = async () => (await setOf(url + setPath)).map((key) => key.kid);
    for (const _time of [1, 2]) expect(await kids()).toEqual(['kid-x']);
    now = 1_000;
    for (const _time of [1, 2]) expect(await kids()).toEqual(['kid-brief', 'kid-x']);
  });

  test('are UTF-8, whatever letters a kid has', async () => {
    const odd = ecJwk({ name: 'a', jwk: { ...privateEcKey(), kid: 'ключ-ü-長' } });
    const { url } = await serving([odd]);
    for (const _time of [1, 2]) {
      expect(await setOf(url + setPath)).toEqual([publicMembers(odd)]);
      expect(await getJson(`${url}/projects/MyProject/jwks/a`)).toEqual(publicMembers(odd));
    }
  });

  test('are empty, not absent, for a project that only has what is not published', async () => {
    const { url } = await serving([octJwk('secret'), certificate('c', 'Certificates')]);
    expect(await setOf(`${url}/projects/MyProject${setPath}`)).toEqual([]);
    expect(await setOf(`${url}/projects/Certificates${setPath}`)).toEqual([]);
  });

  test('follow a change at the next request, under a new ETag', async () => {
    const a = ecJwk({ name: 'a' });
    const { url, link } = await serving([a]);
    const before = await fetch(url + setPath);
    const b = ecJwk({ name: 'b' });
    await link.change(1, [{ revision: 2, put: b }], [a, b]);
    const after = await fetch(url + setPath, {
      headers: { 'If-None-Match': before.headers.get('etag') ?? '' },
    });
    expect(after.status).toBe(200);
    expect(await after.json()).toEqual({ keys: [publicMembers(a), publicMembers(b)] });
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
  });

  test('are named by letters of any script, percent-decoded once', async () => {
    const odd = ecJwk({ project: 'Schlüssel_ключ', name: 'a.b-c' });
    const { url } = await serving([odd]);
    const project = encodeURIComponent('Schlüssel_ключ');
    expect(await setOf(`${url}/projects/${project}${setPath}`)).toHaveLength(1);
    expect(await getJson(`${url}/projects/${project}/jwks/a%2Eb-c`)).toEqual(publicMembers(odd));
    expect((await fetch(`${url}/projects/${encodeURIComponent(project)}${setPath}`)).status).toBe(404);
    expect((await fetch(`${url}/projects/%FF${setPath}`)).status).toBe(400);
  });
});

describe('the answers', () => {
  test('carry type, length, strong ETag, caching and CORS, the second time as the first', async () => {
    const { url } = await serving([ecJwk({ name: 'a' })]);
    for (const _time of [1, 2]) {
      const response = await fetch(url + setPath);
      const body = await response.bytes();
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'application/jwk-set+json',
        'content-length': String(body.length),
        etag: expect.stringMatching(/^"[A-Za-z0-9_-]{43}"$/),
        'cache-control': 'public, max-age=300, stale-while-revalidate=60',
        'access-control-allow-origin': '*',
      });
    }
    const single = await fetch(`${url}/projects/MyProject/jwks/a`);
    expect(single.headers.get('content-type')).toBe('application/jwk+json');
  });

  test('are 304 without a body for each spelling of a tag that matches, and only for those', async () => {
    const { url } = await serving([ecJwk({ name: 'a' })]);
    const etag = (await fetch(url + setPath)).headers.get('etag') ?? '';
    for (const tags of [etag, `W/${etag}`, '*', `"other", ${etag}`, `"a",W/${etag} , "b"`]) {
      for (const method of ['GET', 'HEAD']) {
        const response = await fetch(url + setPath, { method, headers: { 'If-None-Match': tags } });
        expect([tags, response.status, await response.text()]).toEqual([tags, 304, '']);
        expect(response.headers.get('etag')).toBe(etag);
        expect(response.headers.get('access-control-allow-origin')).toBe('*');
        expect(response.headers.get('cache-control')).toMatch(/max-age=300/);
      }
    }
    for (const tags of ['"other"', etag.replaceAll('"', ''), `w/${etag}`]) {
      expect((await fetch(url + setPath, { headers: { 'If-None-Match': tags } })).status).toBe(200);
    }
  });

  test('to HEAD are those to GET without the body', async () => {
    const { url } = await serving([ecJwk({ name: 'a' })]);
    for (const path of [setPath, '/projects/MyProject/jwks/a', '/status', '/no-such']) {
      const [get, head] = await Promise.all([fetch(url + path), fetch(url + path, { method: 'HEAD' })]);
      expect(head.status).toBe(get.status);
      for (const name of ['etag', 'content-length', 'content-type']) {
        expect(head.headers.get(name)).toBe(get.headers.get(name));
      }
      expect(await head.text()).toBe('');
    }
  });

  test('are the same with a trailing slash, a query and in the absolute form', async () => {
    const { url } = await serving([ecJwk({ name: 'a' })]);
    const wanted = await (await fetch(url + setPath)).text();
    for (const path of [`${setPath}/`, `${setPath}?v=1`, `${url}${setPath}`]) {
      expect(await rawGet(url, path)).toBe(wanted);
    }
  });

  test('are 404 with a reason for what is not there or not public', async () => {
    const { url } = await serving([ecJwk({ name: 'a' }), octJwk('secret')]);
    const paths = [
      '/',
      '/jwks.json',
      '/projects',
      `/projects/Unknown${setPath}`,
      '/projects/MyProject/jwks/secret',
      '/projects/MyProject/jwks/unknown',
      '/projects/myproject/jwks/a',
      '/projects/MyProject/jwks/a/b',
      '/__proto__',
      '//',
    ];
    for (const path of paths) {
      const response = await fetch(url + path);
      expect([path, response.status]).toEqual([path, 404]);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(await response.json()).toEqual({
        error: 'not_found',
        error_description: expect.stringMatching(/\w/),
      });
    }
  });

  test('are 405 with Allow for methods that change something, and a preflight is answered', async () => {
    const { url } = await serving([ecJwk({ name: 'a' })]);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const response = await fetch(url + setPath, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
      expect(await response.json()).toHaveProperty('error', 'method_not_allowed');
    }
    const preflight = await fetch(url + setPath, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, HEAD, OPTIONS');
  });

  test('are 503 for every set until there is a first state, while the node is known to be alive', async () => {
    const node = await runningNode({ managerUrl: 'http://127.0.0.1:1', dataDir: await temporaryFolder() });
    for (const path of [setPath, `/projects/MyProject${setPath}`, '/projects/MyProject/jwks/a', '/readyz']) {
      const response = await fetch(node.url + path);
      expect([path, response.status]).toEqual([path, 503]);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await response.json()).toHaveProperty('error', 'unavailable');
    }
    expect((await fetch(`${node.url}/healthz`)).status).toBe(200);
    expect(await getJson(`${node.url}/status`)).toMatchObject({ revision: 0, connected: false });
  });

  test('are counted by route and status, never by what a client wrote', async () => {
    const { url } = await serving([ecJwk({ name: 'a' })]);
    const etag = (await fetch(url + setPath)).headers.get('etag') ?? '';
    for (const _time of [1, 2]) await fetch(url + setPath);
    await fetch(url + setPath, { headers: { 'If-None-Match': etag } });
    await fetch(`${url}/made-up-by-the-client`);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('requests_total{route="/.well-known/jwks.json",status="200"} 3');
    expect(metrics).toContain('requests_total{route="/.well-known/jwks.json",status="304"} 1');
    expect(metrics).toContain('requests_total{route="other",status="404"} 1');
    expect(metrics).not.toContain('made-up');
    expect(metrics).toContain('keyplane_node_revision 1');
    expect(metrics).toContain('keyplane_node_connected 1');
    expect(metrics).toContain('keyplane_node_objects{kind="jwks"} 1');
    expect(metrics).toMatch(/event_loop_delay_seconds\{quantile="0.99"\} \d/);
  });
});

/** `fetch` would tidy the target up. */
function rawGet(url: string, path: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path }, async (response) => {
      resolve(Buffer.concat(await response.toArray()).toString());
    })
      .on('error', reject)
      .end();
  });
}

test('a node ignores an upgrade, and answers the request on a connection that it goes on looking after', async () => {
  const { url } = await serving([ecJwk({ name: 'a' })]);
  const client = await RawClient.connect(url);
  const head = `GET ${setPath} HTTP/1.1\r\nHost: node\r\n`;
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  expect(await client.ask(head + upgrade)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(await client.ask(`${head}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(await client.hearAll()).toBe('');
});

test('a node rejects a request with two Host headers and ends the connection, whatever it answered before', async () => {
  const { url } = await serving([ecJwk({ name: 'a' })]);
  for (const path of [setPath, '/status']) {
    for (const second of ['Host: node', 'HOST: other']) {
      const client = await RawClient.connect(url);
      for (const _time of [1, 2]) await client.ask(`GET ${path} HTTP/1.1\r\nHost: node\r\n\r\n`);
      client.say(`GET ${path} HTTP/1.1\r\nHost: node\r\n${second}\r\n\r\n`);
      expect(await client.hearAll()).toMatch(
        /^HTTP\/1\.1 400 [\s\S]*Connection: close[\s\S]*"The request has more than one Host header!"/,
      );
    }
  }
});

test('a node rejects a Host that is none, whatever it answered before, and takes every form of one', async () => {
  const { url } = await serving([ecJwk({ name: 'a' })]);
  for (const path of [setPath, '/status']) {
    for (const host of badHosts) {
      const client = await RawClient.connect(url);
      await client.ask(`GET ${path} HTTP/1.1\r\nHost: node\r\n\r\n`);
      client.say(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect(await client.hearAll()).toMatch(
        /^HTTP\/1\.1 400 [\s\S]*Connection: close[\s\S]*"The Host header is not a host with an optional port!"/,
      );
    }
    const client = await RawClient.connect(url);
    for (const host of [...goodHosts, ...goodHosts])
      expect(await client.ask(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
  }
});

test('pages of other origins read JWK Sets, and neither the status nor the metrics of a node', async () => {
  const { url } = await serving([ecJwk({ name: 'a' })]);
  const originOf = async (path: string, method: string) => {
    const response = await fetch(url + path, { method, headers: { Origin: 'https://other.example' } });
    return response.headers.get('access-control-allow-origin');
  };
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    for (const path of ['/status', '/metrics']) expect(await originOf(path, method)).toBe(null);
    for (const path of [setPath, '/projects/MyProject/jwks/a'])
      expect(await originOf(path, method)).toBe('*');
  }
});
