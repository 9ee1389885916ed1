// The operations listener of a real node: what it signs and verifies, and every refusal.

import * as jose from 'jose';
import { expect, test } from 'vitest';
import { ecJwk } from './support/contents.ts';
import {
  applicationContent,
  formerMember,
  hashOf,
  memberContent,
  operate,
  partsOf,
  ringContent,
} from './support/operations.ts';
import { operationsWorld } from './support/operations-world.ts';
import { runningManager, runningNode, temporaryFolder } from './support/test-node.ts';

const both = ['SIGN', 'VERIFY'] as const;

async function ringWorld(members: Parameters<typeof ringContent>[1] = {}) {
  const ring = ringContent('tokens', members);
  const active = memberContent(ring, 1, 'ACTIVE');
  const next = memberContent(ring, 2, 'NEXT');
  const { token, content: application } = applicationContent([{ ...ring, operations: both }]);
  const world = await operationsWorld([ring, active, next, application]);
  const sign = (body: unknown) => operate(world.url, 'key-rings/tokens/sign', { token, body });
  const verify = (body: unknown) => operate(world.url, 'key-rings/tokens/verify', { token, body });
  return { ...world, ring, active, next, application, token, sign, verify };
}

test('a ring signs claims with its ACTIVE key, and jose verifies them from the set of the node', async () => {
  const { node, sign, verify, active } = await ringWorld();
  const before = Math.floor(Date.now() / 1000);
  const { status, headers, body } = await sign({ claims: { sub: 'ada', iss: 'us', aud: ['a', 'b'] } });
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body).toEqual({
    success: true,
    jws: expect.any(String),
    kid: active.jwk.kid,
    expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  const [header, claims] = partsOf(body.jws);
  expect(header).toEqual({ alg: 'ES256', kid: active.jwk.kid, typ: 'JWT' });
  expect(claims).toEqual({
    sub: 'ada',
    iss: 'us',
    aud: ['a', 'b'],
    iat: expect.any(Number),
    exp: Number(claims?.iat) + 300,
    jti: expect.stringMatching(/^[\da-f-]{36}$/),
  });
  expect(claims?.iat).toBeGreaterThanOrEqual(before);
  expect(new Date(body.expiresAt).getTime() / 1000).toBe(claims?.exp);
  const set = jose.createRemoteJWKSet(new URL(`${node.url}/projects/MyProject/.well-known/jwks.json`));
  const verified = await jose.jwtVerify(body.jws, set, { issuer: 'us', audience: 'b' });
  expect(verified.payload.sub).toBe('ada');

  expect((await verify({ jws: body.jws, issuer: 'us', audience: 'b' })).body).toEqual({
    valid: true,
    kid: active.jwk.kid,
    keyState: 'ACTIVE',
    header,
    claims,
    asOf: expect.stringMatching(/Z$/),
  });
  const wrong = await verify({ jws: body.jws, issuer: 'us', audiences: ['x'] });
  expect([wrong.status, wrong.body.valid, wrong.body.reason]).toEqual([200, false, 'AUDIENCE']);
});

test('a payload that is no JSON object becomes a JWS without a type and without an end', async () => {
  const { sign, verify } = await ringWorld();
  const payloadBase64 = Buffer.from('octets').toString('base64');
  const { body } = await sign({ payloadBase64 });
  expect(body).toEqual({ success: true, jws: expect.any(String), kid: 'tokens-1' });
  const verified = await verify({ jws: body.jws });
  expect(verified.body).toMatchObject({
    valid: true,
    payloadBase64,
    header: { alg: 'ES256', kid: 'tokens-1' },
  });
  expect(verified.body).not.toHaveProperty('claims');
  const object = await sign({ payloadBase64: Buffer.from(' {"exp":9e9}').toString('base64') });
  expect([object.status, object.body.error_description]).toEqual([400, 'Give claims to sign a JSON object!']);
});

test('the lifetime is bounded by the ring', async () => {
  const { sign } = await ringWorld({ maxTokenLifetimeMs: 60_000 });
  const claims = partsOf((await sign({ claims: {} })).body.jws)[1];
  expect(Number(claims?.exp) - Number(claims?.iat)).toBe(60);
  const { status, body } = await sign({ claims: {}, lifetime: 'PT2H' });
  expect(status).toBe(400);
  expect(body).toEqual({
    error: 'bad_request',
    error_description: 'lifetime (PT2H) is longer than maxTokenLifetime (PT1M) of key ring (name: tokens)!',
    reason: 'FIELD_NOT_VALID',
    member: 'lifetime',
  });
});

test('what the node sets cannot be claimed, and claims are an object of bounded depth', async () => {
  const { sign } = await ringWorld();
  for (const name of ['iat', 'exp', 'jti']) {
    const { status, body } = await sign({ claims: { [name]: 1 } });
    expect([status, body.error_description]).toEqual([400, `Claim (${name}) is set by the node!`]);
  }
  const deep = `{"claims":${'{"a":'.repeat(40)}1${'}'.repeat(41)}`;
  const faults = await Promise.all([
    sign({ claims: [] }),
    sign(deep),
    sign('{"claims":{},"claims":{}}'),
    sign('x'),
  ]);
  expect(faults.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
  expect(faults.map(({ body }) => body.error_description)).toEqual([
    'claims must be a JSON object!',
    'Request body is not valid JSON: it is nested deeper than 32 levels',
    'Request body is not valid JSON: member "claims" is given twice',
    'Request body is not valid JSON: unexpected text at line 1, column 1',
  ]);
});

test('a body of a mebibyte is accepted, and a larger one is answered with 413', async () => {
  const { sign, url, token } = await ringWorld();
  const filled = (bytes: number) => {
    const frame = '{"claims":{"a":""}}'.length;
    return `{"claims":{"a":"${'x'.repeat(bytes - frame)}"}}`;
  };
  expect((await sign(filled(1024 * 1024))).status).toBe(200);
  for (const bytes of [1024 * 1024 + 1, 3 * 1024 * 1024, 20 * 1024 * 1024]) {
    const path = 'key-rings/tokens/sign';
    const answer = await operate(url, path, { token, body: filled(bytes) }).catch(() => undefined);
    // Of a body that is not read to its end a client may see the end of the connection alone.
    if (bytes < 16 * 1024 * 1024 || answer) {
      expect(answer?.status).toBe(413);
      expect(answer?.body).toMatchObject({
        error: 'payload_too_large',
        error_description: 'Request body is larger than 1048576 bytes!',
      });
    }
  }
  expect((await sign({ claims: {} })).status).toBe(200);
});

test('another type of body, no UTF-8, another method and another route are refused', async () => {
  const { url, token } = await ringWorld();
  const path = 'key-rings/tokens/sign';
  const text = await operate(url, path, { token, body: '{}', headers: { 'Content-Type': 'text/plain' } });
  expect([text.status, text.body.error]).toEqual([415, 'unsupported_media_type']);
  const packed = await operate(url, path, { token, body: '{}', headers: { 'Content-Encoding': 'gzip' } });
  expect(packed.status).toBe(415);
  const at = `${url}/projects/MyProject/${path}`;
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const latin1 = await fetch(at, { method: 'POST', headers, body: Buffer.from([0x7b, 0xff, 0x7d]) });
  expect(await latin1.json()).toMatchObject({ error_description: 'Request body is not valid UTF-8!' });
  const get = await fetch(at, { headers });
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  for (const other of [
    'key-rings/tokens/constructor',
    'key-rings/tokens',
    'keys/tokens/sign',
    'key-rings/tokens/sign/verify',
    'token-profiles/tokens/sign',
  ]) {
    expect((await operate(url, other, { token, body: {} })).status).toBe(404);
  }
});

test('only a whole, valid token of this project opens an operation', async () => {
  const ring = ringContent('tokens');
  const other = ringContent('tokens', { project: 'Other' });
  const members = [
    memberContent(ring, 1, 'ACTIVE'),
    { ...memberContent(other, 1, 'ACTIVE'), project: 'Other' },
  ];
  const own = applicationContent([{ ...ring, operations: ['SIGN'] }]);
  const ofOther = applicationContent(
    [
      { ...other, operations: ['SIGN'] },
      { ...ring, operations: ['SIGN'] },
    ],
    {
      project: 'Other',
      name: 'other',
    },
  );
  const now = Date.now();
  const expired = applicationContent([{ ...ring, operations: ['SIGN'] }], { name: 'old', expires: now - 1 });
  const [former, overlapping] = ['kpa_former', 'kpa_overlapping'];
  const rolling = applicationContent([{ ...ring, operations: ['SIGN'] }], { name: 'rolling' });
  const tokens = [
    ...rolling.content.tokens,
    { hash: hashOf(former), validUntil: now - 1 },
    { hash: hashOf(overlapping), validUntil: now + 60_000 },
  ];
  const applications = [own.content, ofOther.content, expired.content, { ...rolling.content, tokens }];
  const { url } = await operationsWorld([ring, other, ...members, ...applications]);
  const statusWith = async (token: string | undefined, path = 'key-rings/tokens/sign') => {
    const { status, body, headers } = await operate(url, path, {
      ...(token !== undefined && { token }),
      body: { claims: {} },
    });
    if (status === 401) {
      expect(headers.get('www-authenticate')).toBe('Bearer');
      expect(body).toMatchObject({ error: 'unauthorized_client', error_description: 'Invalid token' });
    }
    if (status === 403) {
      expect(body).toMatchObject({
        error: 'forbidden',
        error_description: 'You do not have permission to perform this action',
      });
    }
    return status;
  };
  expect(await statusWith(own.token)).toBe(200);
  expect(await statusWith(rolling.token)).toBe(200);
  expect(await statusWith(overlapping)).toBe(200);
  for (const wrong of [
    undefined,
    '',
    own.token.slice(0, -20),
    `${own.token}x`,
    'kpa_x',
    former,
    expired.token,
  ]) {
    expect(await statusWith(wrong)).toBe(401);
  }
  expect(await statusWith(ofOther.token)).toBe(403);
  // Not granted, and not there.
  expect(await statusWith(own.token, 'key-rings/tokens/verify')).toBe(403);
  expect(await statusWith(own.token, 'key-rings/none/sign')).toBe(403);
  expect(await statusWith(own.token, 'jwks/none/sign')).toBe(403);
});

test('a revoked token and a withdrawn grant end at once, and a member of a ring is no JWK of its own', async () => {
  const ring = ringContent('tokens');
  const member = memberContent(ring, 1, 'ACTIVE');
  const { token, content } = applicationContent([
    { ...ring, operations: ['SIGN'] },
    { ...member, operations: ['SIGN'] },
  ]);
  const { url, link } = await operationsWorld([ring, member, content]);
  const status = async (path = 'key-rings/tokens/sign') =>
    (await operate(url, path, { token, body: { claims: {} } })).status;
  expect(await status()).toBe(200);
  expect(await status('jwks/tokens.1/sign')).toBe(403);
  const without = { ...content, grants: [] };
  await link.change(3, [{ revision: 4, put: without }], [ring, member, without]);
  expect(await status()).toBe(403);
  const gone = { kind: content.kind, id: content.id };
  await link.change(4, [{ revision: 5, gone }], [ring, member]);
  expect(await status()).toBe(401);
});

test('an activation changes the key between two requests, and none of them fails', async () => {
  const { link, ring, active, next, application, sign, verify } = await ringWorld();
  const before = (await sign({ claims: {} })).body;
  const key = { ...ecJwk({ name: 'x' }).jwk, kid: next.jwk.kid };
  const activated = memberContent(ring, 2, 'ACTIVE', key);
  const { d: _private, ...publicMembers } = active.jwk as Record<string, unknown> & { d?: string };
  const retiring = { ...active, jwk: publicMembers, ring: { ...active.ring, state: 'RETIRING' as const } };
  const steps = [
    { revision: 5, put: retiring },
    { revision: 6, put: { ...activated, id: next.id } },
  ];
  let isApplied = false;
  const applied = link
    .change(4, steps, [ring, retiring, { ...activated, id: next.id }, application])
    .finally(() => {
      isApplied = true;
    });
  while (!isApplied) expect((await sign({ claims: {} })).status).toBe(200);
  expect(await applied).toMatchObject({ type: 'applied' });
  expect((await sign({ claims: {} })).body.kid).toBe(next.jwk.kid);
  expect((await verify({ jws: before.jws })).body).toMatchObject({ valid: true, keyState: 'RETIRING' });
});

test('a key that retired or was revoked verifies nothing', async () => {
  const world = await ringWorld();
  const { link, ring, active, next, application, sign, verify } = world;
  const { jws } = (await sign({ claims: {} })).body;
  const gone = { kind: active.kind, id: active.id };
  const retired = { ...ring, former: [formerMember(active, { retiredAt: 1 })] };
  await link.change(
    4,
    [
      { revision: 5, gone },
      { revision: 6, put: retired },
    ],
    [retired, next, application],
  );
  expect((await verify({ jws })).body).toMatchObject({ valid: false, reason: 'KEY_RETIRED' });
  const revoked = { ...ring, former: [formerMember(active, { revokedAt: 1 })] };
  await link.change(6, [{ revision: 7, put: revoked }], [revoked, next, application]);
  expect((await verify({ jws })).body).toMatchObject({ valid: false, reason: 'KEY_REVOKED' });
  expect((await verify({ jws: `${jws.slice(0, -4)}AAAA` })).body.reason).toBe('SIGNATURE');
  const { status, headers, body } = await sign({ claims: {} });
  expect([status, headers.get('retry-after'), body]).toEqual([
    503,
    '1',
    {
      error: 'unavailable',
      error_description: 'Key ring (name: tokens) has no ACTIVE key yet!',
      reason: 'NO_ACTIVE_KEY',
      retry_after: 1,
    },
  ]);
});

test('a RETIRING key retires at its time, without a manager', async () => {
  const { link, ring, active, next, application, sign, verify } = await ringWorld();
  const { jws } = (await sign({ claims: {} })).body;
  const retiring = {
    ...active,
    expires: Date.now() - 1_000,
    ring: { ...active.ring, state: 'RETIRING' as const, retireAt: Date.now() - 1_000 },
  };
  await link.change(4, [{ revision: 5, put: retiring }], [ring, retiring, next, application]);
  expect((await verify({ jws })).body).toMatchObject({ valid: false, reason: 'KEY_RETIRED' });
});

test('a token of another ring has an unknown key, and crit, none and another algorithm are refused', async () => {
  const { verify, sign, active } = await ringWorld();
  const { jws } = (await sign({ claims: {} })).body;
  const [, payload, signature] = jws.split('.');
  const withHeader = (header: object) =>
    `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.${signature}`;
  const reasonOf = async (header: object) => (await verify({ jws: withHeader(header) })).body.reason;
  const { kid } = active.jwk;
  expect(await reasonOf({ alg: 'ES256', kid: 'others-1' })).toBe('UNKNOWN_KEY');
  expect(await reasonOf({ alg: 'ES256' })).toBe('UNKNOWN_KEY');
  expect(await reasonOf({ alg: 'ES256', kid, crit: ['exp'] })).toBe('CRITICAL');
  expect(await reasonOf({ alg: 'none', kid })).toBe('ALGORITHM');
  expect(await reasonOf({ alg: 'HS256', kid })).toBe('ALGORITHM');
  expect(await reasonOf({ alg: 'ES256', kid, typ: 'other' })).toBe('SIGNATURE');
});

test('a node whose lease ended verifies and does not sign', async () => {
  const ring = ringContent('tokens');
  const unleased = ringContent('free', { signingLeaseMs: null });
  const members = [memberContent(ring, 1, 'ACTIVE'), memberContent(unleased, 1, 'ACTIVE')];
  const { token, content } = applicationContent([
    { ...ring, operations: both },
    { ...unleased, operations: both },
  ]);
  const { url } = await operationsWorld([ring, unleased, ...members, content], (manager) => {
    manager.hears = false;
  });
  const signed = await operate(url, 'key-rings/tokens/sign', { token, body: { claims: {} } });
  expect(signed.status).toBe(503);
  expect(signed.body).toEqual({
    error: 'unavailable',
    error_description:
      'This node has not heard from a manager yet: it does not sign with key ring (name: tokens)!',
    reason: 'SIGNING_LEASE_EXPIRED',
  });
  const { jws } = (await operate(url, 'key-rings/free/sign', { token, body: { claims: {} } })).body;
  const verified = await operate(url, 'key-rings/free/verify', { token, body: { jws } });
  expect(verified.body).toMatchObject({ valid: true, asOf: null });
});

test('times are those of the manager', async () => {
  const ring = ringContent('tokens');
  const { token, content } = applicationContent([{ ...ring, operations: both }]);
  const contents = [ring, memberContent(ring, 1, 'ACTIVE'), content];
  const { url } = await operationsWorld(contents, (manager) => {
    manager.aheadMs = 120_000;
  });
  const { jws } = (await operate(url, 'key-rings/tokens/sign', { token, body: { claims: {} } })).body;
  expect(Number(partsOf(jws)[1]?.iat) * 1000 - Date.now()).toBeGreaterThan(110_000);
});

test('a node without private keys verifies and does not sign', async () => {
  const ring = ringContent('tokens');
  const active = memberContent(ring, 1, 'ACTIVE');
  const { d: _private, ...publicMembers } = active.jwk as Record<string, unknown> & { d?: string };
  const { token, content } = applicationContent([{ ...ring, operations: both }]);
  const withheld = { ...active, jwk: publicMembers, withheld: 'ab'.repeat(32) };
  const { url } = await operationsWorld([ring, withheld, content]);
  const { status, body } = await operate(url, 'key-rings/tokens/sign', { token, body: { claims: {} } });
  expect(status).toBe(503);
  expect(body).toEqual({
    error: 'unavailable',
    error_description: 'This node holds no private keys!',
    reason: 'NO_PRIVATE_KEYS',
  });
  const jws = await new jose.SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: 'tokens-1' })
    .sign(await jose.importJWK(active.jwk, 'ES256'));
  const verified = await operate(url, 'key-rings/tokens/verify', { token, body: { jws } });
  expect(verified.body).toMatchObject({ valid: true, keyState: 'ACTIVE' });
});

test('a JWK outside rings signs any payload, and says why it does not', async () => {
  const good = ecJwk({ name: 'good' });
  const { d: _private, ...publicMembers } = good.jwk as Record<string, unknown> & { d?: string };
  const { alg: _alg, use: _use, ...bare } = good.jwk;
  const jwks = {
    good,
    public: ecJwk({ name: 'public', jwk: publicMembers }),
    bare: ecJwk({ name: 'bare', jwk: bare }),
    wrapping: ecJwk({ name: 'wrapping', jwk: { ...good.jwk, use: 'enc', alg: 'ECDH-ES' } }),
    early: ecJwk({ name: 'early', notBefore: Date.now() + 60_000 }),
    late: ecJwk({ name: 'late', expires: Date.now() - 1 }),
    ungranted: ecJwk({ name: 'ungranted' }),
  };
  const { ungranted: _ungranted, ...granted } = jwks;
  const { token, content } = applicationContent(
    Object.values(granted).map((jwk) => ({ ...jwk, operations: both })),
  );
  const { url } = await operationsWorld([...Object.values(jwks), content]);
  const sign = (name: string, body: unknown = { claims: {} }) =>
    operate(url, `jwks/${name}/sign`, { token, body });
  const said = async (name: string) => (await sign(name)).body.error_description;
  const payloadBase64 = Buffer.from('{}').toString('base64');
  const { jws } = (await sign('good', { payloadBase64 })).body;
  const verified = await operate(url, 'jwks/good/verify', { token, body: { jws } });
  expect(verified.body).toMatchObject({ valid: true, keyState: null, claims: {} });
  expect((await sign('good', { claims: {}, lifetime: 'PT61M' })).body.error_description).toBe(
    'lifetime (PT1H1M) is longer than maxTokenLifetime (PT1H) of JWK (name: good)!',
  );
  expect(await said('public')).toBe('JWK (name: public) has no private key!');
  expect(await said('bare')).toBe('JWK (name: bare) has no algorithm! Give it one.');
  expect(await said('wrapping')).toBe('JWK (name: wrapping) is for ENCRYPTION!');
  expect(await said('early')).toMatch(/^JWK \(name: early\) does not sign before /);
  expect(await said('late')).toMatch(/^JWK \(name: late\) does not sign after /);
  expect((await sign('ungranted')).status).toBe(403);
});

test('a node starts again without its manager and signs with what it has', async () => {
  const ring = ringContent('tokens');
  const { token, content } = applicationContent([{ ...ring, operations: both }]);
  const manager = await runningManager();
  const dataDir = await temporaryFolder();
  const options = { managerUrl: manager.url, dataDir, operations: { port: 0 } };
  const first = await runningNode(options);
  const link = await manager.links.next();
  await link.reset(3, [ring, memberContent(ring, 1, 'ACTIVE'), content]);
  await first.close();
  await manager.stop();
  const again = await runningNode(options);
  const [url = ''] = again.operations;
  const { status } = await operate(url, 'key-rings/tokens/sign', { token, body: { claims: {} } });
  expect(status).toBe(200);
});

test('a node that has no state yet is not ready for operations', async () => {
  const { url } = await operationsWorld([]);
  const { status, body } = await operate(url, 'key-rings/tokens/sign', { body: {} });
  expect([status, body.error]).toEqual([503, 'unavailable']);
});

test('refusals are logged, and one that is repeated is logged once', async () => {
  const { node, sign, url } = await ringWorld();
  for (let times = 0; times < 3; times += 1) await sign({ claims: { exp: 1 } });
  await operate(url, 'key-rings/tokens/sign', { token: 'kpa_wrong', body: {} });
  const logged = node.log.lines.filter(({ text }) => text === 'an operation was refused');
  expect(logged.map(({ facts }) => facts)).toEqual([
    {
      application: 'checkout',
      project: 'MyProject',
      key: 'tokens',
      operation: 'SIGN',
      reason: 'Claim (exp) is set by the node!',
    },
    { operation: 'SIGN', reason: 'Invalid token' },
  ]);
});
