// What applications are known by, as the API takes it, and what of it is deployed to nodes.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpTestServer, startHttpServer } from '../support/http-servers.ts';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';
import { deployedApplication } from './support/deployed-application.ts';
import { makeCurveKey, publicHalf } from './support/sample-keys.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;
let server: HttpTestServer;
const publicKey = (kid: string) => ({ ...publicHalf(makeCurveKey('P-256')), kid });

beforeAll(async () => {
  world = await startTestManager({
    environments: ['gate'],
    projects: ['MyProject', 'Other'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  ({ api } = world);
  server = await startHttpServer((_request, response) => {
    response.end(JSON.stringify({ keys: [publicKey('a')] }));
  });
  await generate('issuer', { type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' } });
});

afterAll(async () => {
  await world?.close();
  await server?.close();
});

async function generate(name: string, body: object) {
  const { status } = await api('POST', `${base}/jwks/generate`, { name, ...body });
  expect(status).toBe(200);
}

const create = (body: object) => api('POST', `${base}/applications/`, body);
const update = (name: string, body: object) => api('PUT', `${base}/applications/${name}/`, body);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const jwt = (over: object = {}) => ({
  type: 'JWT',
  issuer: 'https://issuer.example',
  audience: 'keyplane',
  subject: 'system:serviceaccount:shop:*',
  jwksUri: `${server.origin}/keys`,
  ...over,
});

async function detail(name: string) {
  const { body } = await api('GET', `${base}/applications/${name}/`);
  return body.resultList[0];
}

const deployed = (name: string) => deployedApplication(world, name);

describe('TOKEN credentials', () => {
  test('one named default is made where none is given', async () => {
    const { body } = await create({ name: 'plain' });
    expect(body.tokens).toEqual([{ name: 'default', token: body.token }]);
    expect(body.token).toMatch(/^kpa_/);
    expect((await detail('plain')).credentials).toEqual([
      { type: 'TOKEN', name: 'default', expiresAt: null },
    ]);
    const content = await deployed('plain');
    expect(content.tokens).toEqual([{ hash: sha256(body.token), validUntil: null }]);
    expect(content).not.toHaveProperty('credentials');
  });

  test('each has a separate token, which ends with its credential', async () => {
    const expiresAt = '2099-01-01T00:00:00.000Z';
    const credentials = [
      { type: 'TOKEN', name: 'ci', expiresAt },
      { type: 'TOKEN', name: 'shop' },
    ];
    const { body } = await create({ name: 'two', credentials });
    expect(body).not.toHaveProperty('token');
    expect(body.tokens.map(({ name }: { name: string }) => name)).toEqual(['ci', 'shop']);
    const [ci, shop] = body.tokens;
    expect((await deployed('two')).tokens).toEqual([
      { hash: sha256(ci.token), validUntil: Date.parse(expiresAt) },
      { hash: sha256(shop.token), validUntil: null },
    ]);
    expect((await detail('two')).credentials).toEqual([
      { type: 'TOKEN', name: 'ci', expiresAt },
      { type: 'TOKEN', name: 'shop', expiresAt: null },
    ]);
  });

  test('those that stay by name keep their token, and only new ones are shown', async () => {
    const made = await create({ name: 'kept', credentials: [{ type: 'TOKEN', name: 'a' }] });
    const changed = await update('kept', {
      credentials: [
        { type: 'TOKEN', name: 'b' },
        { type: 'TOKEN', name: 'a' },
      ],
    });
    expect(changed.body.tokens).toEqual([{ name: 'b', token: expect.stringMatching(/^kpa_/) }]);
    expect((await deployed('kept')).tokens.map(({ hash }) => hash)).toEqual(
      [changed.body.tokens[0].token, made.body.tokens[0].token].map(sha256),
    );
    const described = await update('kept', { description: 'same' });
    expect(described.body).not.toHaveProperty('tokens');
    await update('kept', { credentials: [{ type: 'TOKEN', name: 'b' }] });
    expect((await deployed('kept')).tokens.map(({ hash }) => hash)).toEqual([
      sha256(changed.body.tokens[0].token),
    ]);
  });

  test('one that stays keeps its expiry where the request has none, and null ends the expiry', async () => {
    const credentials = [{ type: 'TOKEN', name: 'a' }];
    await create({ name: 'ending', credentials: [{ ...credentials[0], expiresAt: '2099-01-01T00:00:00Z' }] });
    const expiry = async () => (await detail('ending')).credentials[0].expiresAt;
    expect((await update('ending', { credentials })).status).toBe(200);
    expect(await expiry()).toBe('2099-01-01T00:00:00.000Z');
    expect((await update('ending', { credentials: [{ ...credentials[0], expiresAt: null }] })).status).toBe(
      200,
    );
    expect(await expiry()).toBeNull();
  });

  test('a token is replaced by the name of its credential', async () => {
    const path = `${base}/applications/several/token`;
    await create({
      name: 'several',
      credentials: [
        { type: 'TOKEN', name: 'a' },
        { type: 'TOKEN', name: 'b' },
      ],
    });
    const before = await deployed('several');
    const ambiguous = await api('POST', path, {});
    expect(ambiguous.body.error_description).toBe(
      'Application (name: several) has 2 TOKEN credentials! Give credentialName.',
    );
    const unknown = await api('POST', path, { credentialName: 'c' });
    expect(unknown.body.error_description).toBe(
      'Credential (name: c) of application (name: several) is not found!',
    );
    const replaced = await api('POST', path, { credentialName: 'b', overlap: 'PT1H' });
    const after = await deployed('several');
    expect(after.tokens.map(({ hash }) => hash)).toEqual([
      before.tokens[0]?.hash,
      sha256(replaced.body.token),
      before.tokens[1]?.hash,
    ]);
    expect(after.tokens[2]?.validUntil).toBeGreaterThan(Date.now() + 3_500_000);
    expect((await detail('several')).formerTokensValidUntil).toHaveLength(1);
  });

  test('the token of an application from before there were credentials becomes the credential default', async () => {
    const { services } = world.manager;
    const { body } = await create({ name: 'older' });
    const hash = sha256(body.token);
    const tokens = JSON.stringify([{ hash, validUntil: null }]);
    await world.raw(`update applications set credentials = null, tokens = '${tokens}' where name = 'older'`);
    await services.store.write((stores) => stores.macs.fillIn());
    expect((await detail('older')).credentials).toEqual([
      { type: 'TOKEN', name: 'default', expiresAt: null },
    ]);
    expect((await deployed('older')).tokens).toEqual([{ hash, validUntil: null }]);
  });
});

test.for([
  [[{ type: 'TOKEN' }], 'Credential name can not be empty!'],
  [
    [
      { type: 'TOKEN', name: 'a' },
      { type: 'TOKEN', name: 'a' },
    ],
    'Credential (name: a) is given twice in credentials!',
  ],
  [
    [{ type: 'TOKEN', name: 'a', expiresAt: '2020-01-01T00:00:00Z' }],
    'credentials[0].expiresAt must be in the future!',
  ],
  [[{ type: 'TOKEN', name: 'a', issuer: 'i' }], 'A TOKEN credential has no issuer (credentials[0])!'],
  [[{ type: 'MTLS' }], 'Give either uriSan or spkiSha256 in credentials[0]!'],
  [
    [{ type: 'MTLS', uriSan: 'spiffe://a/b', spkiSha256: 'x' }],
    'Give either uriSan or spkiSha256 in credentials[0]!',
  ],
  [[{ type: 'MTLS', uriSan: 'a b' }], /^credentials\[0\]\.uriSan \(a b\) is not valid!/],
  [[{ type: 'MTLS', spkiSha256: 'abc=' }], /^credentials\[0\]\.spkiSha256 \(abc=\) is not valid!/],
  [[{ type: 'JWT' }], 'issuer is required in credentials[0]!'],
  [[{ type: 'JWT', issuer: 'i' }], 'audience is required in credentials[0]!'],
  [[{ type: 'JWT', issuer: 'i', audience: 'a' }], 'subject is required in credentials[0]!'],
  [
    [{ type: 'JWT', issuer: 'i', audience: 'a', subject: 's' }],
    'Give either jwksUri or jwkName in credentials[0]!',
  ],
  [
    [{ type: 'JWT', issuer: 'i', audience: 'a', subject: 's**', jwkName: 'issuer' }],
    /^credentials\[0\]\.subject \(s\*\*\) is not valid!/,
  ],
  [
    [{ type: 'JWT', issuer: 'i', audience: 'a', subject: 's', jwkName: 'issuer', claims: { aud: 'b' } }],
    /^claims \(aud\) is not valid in credentials\[0\]!/,
  ],
  [
    [{ type: 'JWT', issuer: 'i', audience: 'a', subject: 's', jwkName: 'issuer', claims: { id: [2 ** 53] } }],
    /^claims \(id\) is not valid in credentials\[0\]! .* give it as a text$/,
  ],
  [
    [{ type: 'JWT', issuer: 'i', audience: 'a', subject: 's', jwkName: 'none' }],
    'JWK (name: none) is not found!',
  ],
] as const)('the credentials %j are rejected', async ([credentials, text]) => {
  const { status, body } = await create({ name: 'x', credentials });
  expect(status).toBe(400);
  expect(body.error_description).toEqual(text instanceof RegExp ? expect.stringMatching(text) : text);
});

describe('a credential identifies one application of a project', () => {
  const taken = (name: string) => `credentials[0] overlaps with a credential of application (name: ${name})!`;
  const jwtOf = (over: object) =>
    jwt({ jwksUri: undefined, jwkName: 'issuer', issuer: 'https://overlap.example', ...over });

  test('the same URI or key of a client certificate is rejected', async () => {
    const spkiSha256 = createHash('sha256').update('key').digest('base64url');
    await create({
      name: 'mtls',
      credentials: [
        { type: 'MTLS', uriSan: 'spiffe://example.org/shop' },
        { type: 'MTLS', spkiSha256 },
      ],
    });
    expect((await deployed('mtls')).credentials).toEqual([
      { type: 'MTLS', uriSan: 'spiffe://example.org/shop' },
      { type: 'MTLS', spkiSha256 },
    ]);
    for (const credential of [{ uriSan: 'spiffe://example.org/shop' }, { spkiSha256 }]) {
      const { body } = await create({ name: 'second', credentials: [{ type: 'MTLS', ...credential }] });
      expect(body).toMatchObject({
        error_description: taken('mtls'),
        reason: 'CREDENTIAL_TAKEN',
        member: 'credentials[0]',
      });
    }
    const other = await create({ name: 'third', credentials: [{ type: 'MTLS', uriSan: 'spiffe://x/y' }] });
    expect(other.status).toBe(200);
  });

  test('two patterns that a subject can match are rejected, unless a claim tells them apart', async () => {
    const claims = { team: 'a' };
    const first = await create({ name: 'first', credentials: [jwtOf({ subject: 'a:*', claims })] });
    expect(first.status).toBe(200);
    const second = (over: object) => create({ name: 'overlapping', credentials: [jwtOf(over)] });
    for (const over of [
      { subject: 'a:*' },
      { subject: '*:b' },
      { subject: 'a:b', claims },
      { subject: 'a:b*', claims: { region: 'b' } },
    ]) {
      expect((await second(over)).body.error_description, JSON.stringify(over)).toBe(taken('first'));
    }
    for (const [index, over] of [
      { subject: 'a:*', claims: { team: 'b' } },
      { subject: 'b:*' },
      { subject: 'a:*:c' },
      { subject: 'a:*', audience: 'another' },
      { subject: 'a:*', issuer: 'https://another.example' },
    ].entries()) {
      const { status } = await create({ name: `apart-${index}`, credentials: [jwtOf(over)] });
      expect(status, JSON.stringify(over)).toBe(200);
    }
  });

  test('a subject has up to 256 characters', async () => {
    const issuer = 'https://long.example';
    const long = await create({ name: 'long', credentials: [jwtOf({ issuer, subject: 'a'.repeat(256) })] });
    expect(long.status).toBe(200);
    const longer = await create({
      name: 'longer',
      credentials: [jwtOf({ issuer, subject: 'a'.repeat(257) })],
    });
    expect(longer).toMatchObject({ status: 400, body: { member: 'credentials[0].subject' } });
  });

  test('an application may keep its own, and another project has its own', async () => {
    await create({ name: 'own', credentials: [jwtOf({ issuer: 'https://own.example' })] });
    const again = await update('own', { credentials: [jwtOf({ issuer: 'https://own.example' })] });
    expect(again.status).toBe(200);
    const elsewhere = await api('POST', '/apiops/projects/Other/applications/', {
      name: 'own',
      credentials: [{ type: 'MTLS', uriSan: 'spiffe://example.org/shop' }],
    });
    expect(elsewhere.status).toBe(200);
  });
});

test('a null within claims is rejected at its place, other nulls are as absent', async () => {
  const withClaims = (claims: object) => create({ name: 'nulls', credentials: [jwt({ claims })] });
  for (const [claims, member] of [
    [{ team: null }, 'credentials[0].claims.team'],
    [{ a: { b: [1, null] } }, 'credentials[0].claims.a.b[1]'],
  ] as const) {
    const { status, body } = await withClaims(claims);
    expect(status).toBe(400);
    expect(body).toMatchObject({ reason: 'FIELD_NOT_VALID', member });
  }
  const { status } = await create({
    name: 'nulls',
    credentials: [jwt({ issuer: 'nulls', claims: { team: 'a' }, uriSan: null })],
  });
  expect(status).toBe(200);
});

describe('a JWK of the project that verifies JWTs', () => {
  const trusting = (name: string, jwkName: string) =>
    create({ name, credentials: [jwt({ jwksUri: undefined, jwkName, issuer: name })] });

  test('gives its public part, and its changes are deployed with it', async () => {
    await api('POST', `${base}/jwks/`, {
      name: 'partner',
      sourceType: 'COPY_PASTE',
      jwkStr: JSON.stringify({ ...makeCurveKey('P-256'), kid: 'p1' }),
    });
    expect((await trusting('trusting', 'partner')).status).toBe(200);
    const keys = async () => (await deployed('trusting')).credentials?.[0];
    expect(await keys()).toMatchObject({ keys: [{ kty: 'EC', kid: 'p1' }] });
    expect(JSON.stringify(await keys())).not.toContain('"d"');
    const next = publicKey('p2');
    const changed = await api('PUT', `${base}/jwks/partner/`, {
      sourceType: 'COPY_PASTE',
      jwkStr: JSON.stringify(next),
    });
    expect(changed.status).toBe(200);
    expect(await keys()).toMatchObject({ keys: [next] });
    expect((await detail('trusting')).credentials[0]).toMatchObject({ jwkName: 'partner' });
  });

  test('is neither deleted nor adopted by a key ring as long as it does', async () => {
    const text =
      'JWK (name: issuer) verifies the JWTs of application (name: bound)! Change the credentials of the application first.';
    await trusting('bound', 'issuer');
    const first = await api('GET', `${base}/applications/`);
    for (const { name, credentials } of first.body.resultList) {
      const isTrusting = credentials.some(({ jwkName }: { jwkName?: string }) => jwkName === 'issuer');
      if (isTrusting && name !== 'bound') await api('DELETE', `${base}/applications/${name}/`);
    }
    const deleted = await api('DELETE', `${base}/jwks/issuer/?force=true&reason=no%20longer`);
    expect(deleted.body).toMatchObject({ error_description: text, reason: 'STILL_NEEDED' });
    const adopted = await api('POST', `${base}/jwks/issuer/adopt`, { ringName: 'adopting' });
    expect(adopted.body.error_description).toBe(text);
    await api('DELETE', `${base}/applications/bound/`);
    expect((await api('DELETE', `${base}/jwks/issuer/`)).status).toBe(200);
  });

  test('is no secret key, no key for encryption and no member of a key ring', async () => {
    await generate('mac-key', { type: 'OCT', oct: { keySize: 256, algorithm: 'HS256' } });
    await generate('enc-key', {
      type: 'RSA',
      rsa: { keySize: 2048, keyUseType: 'ENCRYPTION', algorithm: 'RSA-OAEP-256' },
    });
    await api('POST', `${base}/key-rings/`, {
      name: 'ring',
      type: 'EC',
      ec: { curveType: 'P256', algorithm: 'ES256' },
    });
    for (const [jwkName, text] of [
      ['mac-key', 'JWK (name: mac-key) has no public part!'],
      ['enc-key', 'JWK (name: enc-key) is for ENCRYPTION!'],
      ['ring.1', 'JWK (name: ring.1) belongs to key ring (name: ring)!'],
    ] as const) {
      const { body } = await trusting('invalid', jwkName);
      expect([body.error_description, body.member]).toEqual([text, 'credentials[0].jwkName']);
    }
  });
});
