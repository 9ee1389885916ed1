// Attacks on JWTs that applications are known by. Each is a request that signs if its guard is missing.

import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  sign as signBytes,
} from 'node:crypto';
import { cp } from 'node:fs/promises';
import * as jose from 'jose';
import { expect, test } from 'vitest';
import { IssuerKeys } from '../../../src/node/operations/callers/issuer-keys.ts';
import { JwtCallers } from '../../../src/node/operations/callers/jwt-callers.ts';
import { UsedAssertions } from '../../../src/node/operations/callers/used-assertions.ts';
import type { DeployedApplication } from '../../../src/protocol/content.ts';
import { callingWorld, signingApplication } from '../../node/support/calling-world.ts';
import { claimsOf, type TestIssuer, testIssuer } from '../../node/support/jwt-issuers.ts';
import { applicationContent, memberContent, operate, ringContent } from '../../node/support/operations.ts';
import { runningNode, temporaryFolder } from '../../node/support/test-node.ts';

async function worldOf(
  members: Parameters<TestIssuer['credential']>[0] = {},
  others: Partial<DeployedApplication> = {},
) {
  const issuer = testIssuer();
  const world = await callingWorld((ring) => [
    signingApplication(ring, { credentials: [issuer.credential(members)], ...others }),
  ]);
  const statusOf = async (jwt: string) => (await world.sign(jwt)).status;
  return { ...world, issuer, statusOf };
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a JWT that is not signed is rejected', async () => {
  const { issuer, statusOf } = await worldOf();
  expect(await statusOf(await issuer.jwt())).toBe(200);
  for (const alg of ['none', 'None', 'nOnE', '']) {
    const header = part({ alg, kid: 'issuer-1' });
    const payload = part(claimsOf(issuer.issuer, {}));
    for (const signature of ['', 'AA']) expect(await statusOf(`${header}.${payload}.${signature}`)).toBe(401);
  }
});

test('a MAC with the public key of the issuer as its secret is rejected', async () => {
  const { issuer, statusOf } = await worldOf();
  const spki = createPublicKey({ key: issuer.publicJwk as JsonWebKey, format: 'jwk' });
  const secrets = [
    spki.export({ type: 'spki', format: 'pem' }),
    spki.export({ type: 'spki', format: 'der' }),
    JSON.stringify(issuer.publicJwk),
  ];
  for (const secret of secrets) {
    const input = `${part({ alg: 'HS256', kid: 'issuer-1' })}.${part(claimsOf(issuer.issuer, {}))}`;
    const mac = createHmac('sha256', secret).update(input).digest('base64url');
    expect(await statusOf(`${input}.${mac}`)).toBe(401);
  }
});

test('a secret among the keys of an issuer verifies nothing', async () => {
  const k = Buffer.alloc(32, 7).toString('base64url');
  for (const alg of ['HS256', undefined]) {
    const { issuer, statusOf } = await worldOf({
      keys: [{ kty: 'oct', k, kid: 'issuer-1', ...(alg && { alg }) }],
    });
    const jwt = await new jose.SignJWT(claimsOf(issuer.issuer, {}))
      .setProtectedHeader({ alg: 'HS256', kid: 'issuer-1' })
      .sign(Buffer.alloc(32, 7));
    expect(await statusOf(jwt)).toBe(401);
  }
});

test('a key is used with its own algorithm alone', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'issuer-1' };
  const { issuer, statusOf } = await worldOf({ keys: [{ ...jwk, alg: 'PS256' }] });
  const jwtWith = (alg: string) =>
    new jose.SignJWT(claimsOf(issuer.issuer, {}))
      .setProtectedHeader({ alg, kid: 'issuer-1' })
      .sign(privateKey);
  expect(await statusOf(await jwtWith('PS256'))).toBe(200);
  expect(await statusOf(await jwtWith('RS256'))).toBe(401);
  expect(await statusOf(await jwtWith('PS384'))).toBe(401);
});

test('an RSA key of 1024 bits verifies nothing', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'issuer-1', alg: 'RS256' };
  const { issuer, statusOf } = await worldOf({ keys: [jwk] });
  const input = `${part({ alg: 'RS256', kid: 'issuer-1' })}.${part(claimsOf(issuer.issuer, {}))}`;
  const signature = signBytes('sha256', Buffer.from(input), privateKey).toString('base64url');
  expect(await statusOf(`${input}.${signature}`)).toBe(401);
});

test('a key that the JWT brings or points to is not used', async () => {
  const { issuer, statusOf } = await worldOf();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' }) as jose.JWK;
  const headers: Record<string, unknown>[] = [
    { jwk },
    { jku: 'https://attacker.example/jwks.json' },
    { x5u: 'https://attacker.example/cert.pem' },
    { kid: 'attacker' },
    {},
  ];
  for (const header of headers) {
    const jwt = await new jose.SignJWT(claimsOf(issuer.issuer, {}))
      .setProtectedHeader({ alg: 'ES256', kid: 'issuer-1', ...header })
      .sign(privateKey);
    expect(await statusOf(jwt)).toBe(401);
  }
});

test('a kid names one of several keys, and another key of the issuer does not verify for it', async () => {
  const [first, second] = [
    testIssuer('https://issuer.example', 'a'),
    testIssuer('https://issuer.example', 'b'),
  ];
  const { statusOf } = await worldOf({ keys: [first.publicJwk, second.publicJwk] });
  expect(await statusOf(await first.jwt())).toBe(200);
  expect(await statusOf(await second.jwt())).toBe(200);
  expect(await statusOf(await first.jwt({}, { kid: 'b' }))).toBe(401);
  expect(await statusOf(await first.jwt({}, { kid: undefined }))).toBe(401);
});

test('a critical extension is rejected', async () => {
  const { issuer, statusOf } = await worldOf();
  for (const header of [
    { crit: ['exp'], exp: 1 },
    { crit: ['b64'], b64: true },
  ]) {
    const key = createPrivateKey({ key: issuer.privateJwk as JsonWebKey, format: 'jwk' });
    const input = `${part({ alg: 'ES256', kid: 'issuer-1', ...header })}.${part(claimsOf(issuer.issuer, {}))}`;
    const signature = signBytes('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
    expect(await statusOf(`${input}.${signature.toString('base64url')}`)).toBe(401);
  }
});

test('a JWT of another issuer, audience, subject or time is rejected', async () => {
  const { issuer, statusOf } = await worldOf({
    claims: { environment: 'production', nested: { a: [1, 2] } },
  });
  const claims = { environment: 'production', nested: { a: [1, 2] } };
  expect(await statusOf(await issuer.jwt(claims))).toBe(200);
  expect(await statusOf(await issuer.jwt({ ...claims, aud: ['other', 'keyplane'] }))).toBe(200);
  const now = Math.floor(Date.now() / 1000);
  const wrong: Record<string, unknown>[] = [
    { iss: 'https://other.example' },
    { iss: undefined },
    { aud: 'keyplane2' },
    { aud: ['other'] },
    { aud: [] },
    { aud: undefined },
    { aud: ['keyplane', 5] },
    { sub: 'system:serviceaccount:shop:' },
    { sub: 'system:serviceaccount:shop' },
    { sub: 'system:serviceaccount:shop:a:b' },
    { sub: 'system:serviceaccount:other:checkout' },
    { sub: 'xsystem:serviceaccount:shop:checkout' },
    { sub: undefined },
    { sub: ['system:serviceaccount:shop:checkout'] },
    { exp: now - 1 },
    { exp: undefined },
    { exp: String(now + 300) },
    { exp: null },
    { nbf: now + 3600 },
    { nbf: 'now' },
    { environment: 'staging' },
    { environment: undefined },
    { environment: ['production'] },
    { nested: { a: [1, 2], b: 3 } },
    { nested: { a: [2, 1] } },
  ];
  for (const one of wrong) {
    const jwt = await issuer.jwt({ ...claims, ...one });
    expect([one, await statusOf(jwt)]).toEqual([one, 401]);
  }
});

test('an expired JWT is rejected also where the node has verified it before', async () => {
  const { issuer, statusOf } = await worldOf();
  const jwt = await issuer.jwt({ exp: Math.floor(Date.now() / 1000) + 5 });
  let status = await statusOf(jwt);
  expect(status).toBe(200);
  const expires = Math.floor(Date.now() / 1000) + 6;
  while (status === 200 && Date.now() < (expires + 5) * 1000) status = await statusOf(jwt);
  expect(status).toBe(401);
});

test('an assertion of single use is accepted once, and never without a jti', async () => {
  const { issuer, statusOf, sign } = await worldOf({ singleUse: true });
  const jwt = await issuer.jwt({ jti: 'once' });
  const answers = await Promise.all(Array.from({ length: 8 }, () => sign(jwt)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401, 401, 401]);
  expect(await statusOf(await issuer.jwt({ jti: 'once' }))).toBe(401);
  expect(await statusOf(await issuer.jwt({ jti: undefined }))).toBe(401);
  expect(await statusOf(await issuer.jwt())).toBe(200);
});

test('an assertion of single use is not accepted again by a node that was killed right after it', async () => {
  const { issuer, sign, node, dataDir, manager } = await worldOf({ singleUse: true });
  const jwt = await issuer.jwt();
  expect((await sign(jwt)).status).toBe(200);
  // What a kill leaves on the disk at this moment.
  const killed = await temporaryFolder();
  await cp(dataDir, killed, { recursive: true });
  await node.close();
  const again = await runningNode({ managerUrl: manager.url, dataDir: killed, operations: { port: 0 } });
  const [url = ''] = again.operations;
  const statusOf = async (token: string) =>
    (await operate(url, 'key-rings/tokens/sign', { token, body: { claims: {} } })).status;
  expect([await statusOf(jwt), await statusOf(await issuer.jwt())]).toEqual([401, 200]);
});

test('an assertion of single use is not used by a probe, nor by a request above the rate', async () => {
  const issuer = testIssuer();
  const { sign, url } = await callingWorld((ring) => [
    applicationContent([{ ...ring, operations: ['SIGN'], rate: { perSecond: 1, burst: 1 } }], {
      tokens: [],
      credentials: [issuer.credential({ singleUse: true })],
    }).content,
  ]);
  const jwt = await issuer.jwt();
  const probe = () =>
    fetch(`${url}/projects/MyProject/readyz`, { headers: { Authorization: `Bearer ${jwt}` } });
  expect([(await probe()).status, (await probe()).status]).toEqual([200, 200]);
  let status = (await sign(await issuer.jwt())).status;
  while (status === 200) status = (await sign(await issuer.jwt())).status;
  expect(status).toBe(429);
  while (status === 429) status = (await sign(jwt)).status;
  expect(status).toBe(200);
  expect((await sign(jwt)).status).toBe(401);
  expect((await probe()).status).toBe(401);
});

test('a batch of an assertion of single use that is refused for its size may be sent again', async () => {
  const issuer = testIssuer();
  const { url } = await callingWorld((ring) => [
    applicationContent([{ ...ring, operations: ['SIGN'], rate: { perSecond: 1, burst: 2 } }], {
      tokens: [],
      credentials: [issuer.credential({ singleUse: true })],
    }).content,
  ]);
  const token = await issuer.jwt();
  const batch = async (count: number) => {
    const items = Array.from({ length: count }, () => ({ claims: {} }));
    return (await operate(url, 'key-rings/tokens/sign', { token, body: { items } })).status;
  };
  expect([await batch(3), await batch(1), await batch(1)]).toEqual([429, 200, 401]);
});

test('a JWT that ends in more than ten years, or at no time, is rejected', async () => {
  const { issuer, statusOf } = await worldOf();
  const inYears = (years: number) => Math.floor(Date.now() / 1000) + years * 365 * 24 * 3600;
  expect(await statusOf(await issuer.jwt({ exp: inYears(9) }))).toBe(200);
  for (const exp of [inYears(11), 1e300, 1e307]) expect(await statusOf(await issuer.jwt({ exp }))).toBe(401);
});

test('JWTs that wait to be verified are bounded, and those that were verified do not wait', async () => {
  const issuer = testIssuer();
  const [application] = [applicationContent([]).content];
  const caller = { ...application, validUntil: null, grants: new Map(), subject: 's' };
  const known = {
    credential: issuer.credential(),
    subjectPrefix: 'system:',
    keys: new IssuerKeys([issuer.publicJwk]),
    application: caller,
  };
  const now = () => Date.now();
  const jwts = new JwtCallers({
    credentials: { byIssuer: () => [known], generation: 0 },
    used: new UsedAssertions({ journal: undefined, now }),
    now,
  });
  const verified = await issuer.jwt();
  expect(await jwts.find('MyProject', verified)).toBeDefined();
  const [start] = (await issuer.jwt()).split(/\.[^.]*$/);
  const flood = Array.from({ length: 300 }, (_, index) => {
    const signature = Buffer.alloc(64, index % 250)
      .fill(index >> 4, 0, 8)
      .toString('base64url');
    return jwts.find('MyProject', `${start}.${signature}`);
  });
  expect(await jwts.find('MyProject', verified)).toBeDefined();
  const outcomes = await Promise.allSettled(flood);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(300 - 2 - 256);
  expect(refused[0]).toMatchObject({ reason: { code: 'unavailable', retryAfterSeconds: 1 } });
});

test('an assertion that was used before a restart is not accepted after it', async () => {
  const { issuer, statusOf, node, manager, dataDir } = await worldOf({ singleUse: true });
  const jwt = await issuer.jwt();
  expect(await statusOf(jwt)).toBe(200);
  await node.close();
  const again = await runningNode({ managerUrl: manager.url, dataDir, operations: { port: 0 } });
  const sign = (token: string) =>
    operate(again.operations[0] ?? '', 'key-rings/tokens/sign', { token, body: { claims: {} } });
  expect((await sign(jwt)).status).toBe(401);
  expect((await sign(await issuer.jwt())).status).toBe(200);
});

test('a JWT is a credential of the project in the path alone', async () => {
  const issuer = testIssuer();
  const [ours, theirs] = [ringContent('tokens'), ringContent('tokens', { project: 'Other' })];
  const world = await callingWorld(() => [
    applicationContent(
      [
        { ...theirs, operations: ['SIGN'] },
        { ...ours, operations: ['SIGN'] },
      ],
      {
        project: 'Other',
        tokens: [],
        credentials: [issuer.credential()],
      },
    ).content,
  ]);
  const member = { ...memberContent(theirs, 1, 'ACTIVE'), project: 'Other' };
  await world.link.change(
    world.contents.length,
    [
      { revision: world.contents.length + 1, put: theirs },
      { revision: world.contents.length + 2, put: member },
    ],
    [...world.contents, theirs, member],
  );
  const jwt = await issuer.jwt();
  expect((await world.sign(jwt)).status).toBe(401);
  const response = await fetch(`${world.url}/projects/Other/key-rings/tokens/sign`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${jwt}`, 'Content-Type': 'application/json' },
    body: '{"claims":{}}',
  });
  expect(response.status).toBe(200);
});

test('a JWT that fits the credentials of two applications is rejected', async () => {
  const issuer = testIssuer();
  const world = await callingWorld((ring) => [
    signingApplication(ring, { name: 'a', credentials: [issuer.credential({ audience: 'a' })] }),
    signingApplication(ring, { name: 'b', credentials: [issuer.credential({ audience: 'b' })] }),
  ]);
  expect((await world.sign(await issuer.jwt({ aud: 'a' }))).status).toBe(200);
  expect((await world.sign(await issuer.jwt({ aud: ['a', 'b'] }))).status).toBe(401);
});

test('a revoked credential, key or application ends at once what was verified before', async () => {
  const { issuer, statusOf, link, contents } = await worldOf();
  const jwt = await issuer.jwt();
  expect(await statusOf(jwt)).toBe(200);
  const [ring, member, application] = contents as [
    (typeof contents)[number],
    (typeof contents)[number],
    DeployedApplication,
  ];
  const another = testIssuer();
  const changed = { ...application, credentials: [issuer.credential({ keys: [another.publicJwk] })] };
  await link.change(3, [{ revision: 4, put: changed }], [ring, member, changed]);
  expect(await statusOf(jwt)).toBe(401);
  await link.change(4, [{ revision: 5, put: application }], [ring, member, application]);
  expect(await statusOf(jwt)).toBe(200);
  const gone = { kind: application.kind, id: application.id };
  await link.change(5, [{ revision: 6, gone }], [ring, member]);
  expect(await statusOf(jwt)).toBe(401);
});
