import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { badRequest, KeyplaneError } from '../../src/errors.ts';
import { openToAnyone, openToSignedIn } from '../../src/http/route-access.ts';
import { badHosts } from '../support/hosts.ts';
import { type HttpWorld, openHttpWorld } from './support/http-world.ts';
import { rawSocket } from './support/raw-socket.ts';

let world: HttpWorld;
const secret = 'hunter2-hunter2';
const held = Promise.withResolvers<void>();
const reached = Promise.withResolvers<void>();

beforeAll(async () => {
  world = await openHttpWorld({
    prepare(app) {
      const config = { access: openToAnyone };
      app.get('/test/crash', { config }, async () => {
        throw new TypeError(`The argument must be a number. Received '${secret}'`);
      });
      app.get('/test/internal', { config }, async () => {
        throw new KeyplaneError('internal_error', secret, { detail: 'a fact for the log' });
      });
      app.get('/test/throws-text', { config }, async () => {
        throw secret;
      });
      app.get('/test/fake', { config }, async () => {
        throw Object.assign(new Error(secret), { statusCode: 418, code: 'EVIL' });
      });
      app.get('/test/refused', { config }, async () => {
        throw badRequest('The public text', { detail: 'a fact for the log' });
      });
      app.get('/test/conflict', { config }, async () => {
        throw new KeyplaneError('conflict', 'Another request changed it');
      });
      const schema = {
        response: { 200: z.object({ kept: z.string(), list: z.array(z.object({ a: z.number() })) }) },
      };
      app.get('/test/filtered', { config, schema }, async () => {
        const answer = { kept: 'x', dropped: secret, list: [{ a: 1, b: secret }] };
        return answer;
      });
      app.get('/test/invalid', { config, schema }, async () =>
        JSON.parse(`{"kept": 1, "secret": "${secret}"}`),
      );
      app.get('/test/:projectless/held', { config: { access: openToSignedIn } }, async () => {
        reached.resolve();
        await held.promise;
        return { done: true };
      });
    },
  });
});
afterAll(() => world.close());

describe('an error', () => {
  test.each(['/test/crash', '/test/internal', '/test/throws-text', '/test/fake', '/test/invalid'])(
    'that is unexpected has a request id and no details: %s',
    async (url) => {
      const answer = await world.call('GET', url);
      expect(answer.statusCode).toBe(500);
      const requestId = answer.headers['x-request-id'];
      expect(answer.json()).toMatchObject({
        error: 'internal_error',
        error_description: 'An unexpected error occurred',
        request_id: requestId,
      });
      expect(world.logLines().at(-1)).toMatchObject({
        level: 50,
        requestId,
        status: 500,
        error: 'internal_error',
      });
      expect(world.logText()).not.toContain(secret);
    },
  );

  test('that is unexpected is logged with its type and stack frames', async () => {
    await world.call('GET', '/test/crash');
    const line = world.logLines().at(-1) as { cause: { kind: string; frames: string[] } };
    expect(line.cause.kind).toBe('TypeError');
    expect(line.cause.frames[0]).toMatch(/answers\.test\.ts/);
  });

  test('that is known has its code, its text, and its detail in the log alone', async () => {
    const answer = await world.call('GET', '/test/refused');
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: 'bad_request', error_description: 'The public text' });
    expect(world.logLines().at(-1)).toMatchObject({
      level: 30,
      error: 'bad_request',
      detail: 'a fact for the log',
    });
    expect((await world.call('GET', '/test/conflict')).statusCode).toBe(409);
  });
});

describe('an answer', () => {
  test('holds only members that its schema declares', async () => {
    expect((await world.call('GET', '/test/filtered')).json()).toEqual({ kept: 'x', list: [{ a: 1 }] });
  });

  test.each([
    '/apiops/projects/',
    '/nothing',
    '/healthz',
    '/',
    '/docs/',
    '/openapi.json',
    '/apiops/projects/%zz/',
  ])('has the security headers, and does not name the server software: %s', async (url) => {
    const { headers } = await world.call('GET', url);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
    // The script of the reference sets styles; it runs by the nonce of its page, as any script does.
    const policy = String(headers['content-security-policy']).replace("style-src 'self' 'unsafe-inline'", '');
    expect(policy.includes('unsafe'), policy).toBe(false);
    expect(policy).not.toMatch(/https?:|\*/);
    expect(url === '/docs/' || policy === headers['content-security-policy']).toBe(true);
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['server']));
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers['cache-control']).toBe(url === '/openapi.json' ? undefined : 'no-store');
  });

  test('has a request id that is never the client own', async () => {
    const answer = await world.call('GET', '/healthz', {
      headers: { 'x-request-id': 'mine', 'request-id': 'mine' },
    });
    expect(answer.headers['x-request-id']).not.toBe('mine');
  });
});

describe('the log', () => {
  test('has one line a request: what it was, who sent it, and how it went', async () => {
    const before = world.logLines().length;
    await world.call('GET', '/apiops/projects/Some-Project/environments/?x=y');
    const lines = world.logLines().slice(before);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      method: 'GET',
      route: '/apiops/projects/:projectName/environments/',
      status: 404,
      username: 'admin',
      durationMs: expect.any(Number),
    });
    expect(JSON.stringify(lines)).not.toMatch(/Some-Project|x=y/);
  });

  test('has nothing that a client sent: no body, no token, no header, no path as typed', async () => {
    const body = { name: `bad ${secret}`, expiresAt: secret };
    await world.call('POST', `/apiops/tokens/?q=${secret}`, {
      body,
      headers: { cookie: secret, 'user-agent': secret },
    });
    await world.call('GET', `/${secret}`, { token: secret });
    await world.call('POST', '/apiops/auth/token', {
      token: null,
      payload: `grant_type=client_credentials&client_id=${secret}&client_secret=${secret}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    await world.call('POST', '/apiops/tokens/', {
      payload: `{"${secret}`,
      headers: { 'content-type': 'application/json' },
    });
    expect(world.logText()).not.toContain(secret);
    for (const token of Object.values(world.tokens)) expect(world.logText()).not.toContain(token);
  });
});

describe('over a real socket', () => {
  const rawAnswer = async (request: string): Promise<string> => {
    const { port } = world.app.server.address() as AddressInfo;
    return (await rawSocket(port, request)).ended;
  };
  beforeAll(() => world.app.listen({ port: 0, host: '127.0.0.1' }));

  test.each([
    ['no HTTP', 'nonsense\r\n\r\n', 400, 'This is not a valid HTTP request!'],
    [
      'a header without end',
      `GET / HTTP/1.1\r\nx: ${'a'.repeat(40_000)}`,
      431,
      'The request headers are too large!',
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
      'This is not a valid HTTP request!',
    ],
    [
      'two hosts',
      'GET /healthz HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n',
      400,
      'The request has more than one Host header!',
    ],
    ...badHosts.map((host): [string, string, number, string] => [
      `a Host that is ${JSON.stringify(host)}`,
      `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      400,
      'The Host header is not a host with an optional port!',
    ]),
    ['without a Host', 'GET /healthz HTTP/1.1\r\n\r\n', 400, 'The request has no Host header!'],
    [
      'an unknown expectation',
      'POST /apiops/tokens/ HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 2\r\n\r\n',
      400,
      'Expect is not supported! The only accepted value is 100-continue',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'This is not a valid HTTP request!',
    ],
  ])(
    'what is %s gets an error response in the common format, and its connection is closed',
    async (_name, request, status, description) => {
      const answer = await rawAnswer(request);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
        error: 'bad_request',
        error_description: description,
      });
    },
  );

  test('a body that comes in chunks has the same size limit', async () => {
    const head = `POST /apiops/projects/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${world.tokens.admin}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
    expect(await rawAnswer(head + chunk.repeat(20))).toMatch(/^HTTP\/1\.1 413 [\s\S]*payload_too_large/);
  });

  test('a HEAD request gets the headers and no body', async () => {
    const answer = await rawAnswer('HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*content-length: 15[\s\S]*\r\n\r\n$/i);
  });

  test('a stop lets requests under way end, and refuses those that come after on open connections', async () => {
    const { port } = world.app.server.address() as AddressInfo;
    const authorization = `Authorization: Bearer ${world.tokens.admin}`;
    const late = connect(port, '127.0.0.1');
    await new Promise((resolve) => late.write('GET /healthz HTTP/1.1\r\n', resolve));
    const early = connect(port, '127.0.0.1');
    early.write(`GET /test/x/held HTTP/1.1\r\nHost: x\r\n${authorization}\r\n\r\n`);
    await reached.promise;
    const closed = world.app.close();
    late.write('Host: x\r\n\r\n');
    expect(await text(late)).toMatch(/^HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*"error":"unavailable"/i);
    held.resolve();
    expect(await text(early)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{"done":true\}$/);
    await closed;
  });
});
