// What a real node does with keys beside signing and verifying tokens: other forms of JWS, MACs, encryption and batches.

import {
  constants,
  createCipheriv,
  createHmac,
  createPublicKey,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import * as jose from 'jose';
import { expect, test } from 'vitest';
import type { DeployedJwk } from '../../src/protocol/content.ts';
import { makeEc, makeOct, makeOkp, makeRsa, publicHalf, type RawJwk } from '../jose/made-keys.ts';
import { ecJwk } from './support/contents.ts';
import { applicationContent, memberContent, ringContent } from './support/operations.ts';
import { callerOf, operationsWorld } from './support/operations-world.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function signingWorld(operations: Parameters<typeof applicationContent>[0][number]['operations']) {
  const ring = ringContent('tokens');
  const { token, content } = applicationContent([{ ...ring, operations }]);
  const active = memberContent(ring, 1, 'ACTIVE');
  const world = await operationsWorld([ring, active, content]);
  return { ...world, active, call: callerOf(world.url, 'key-rings/tokens', token) };
}

test('a ring signs in every serialisation, and jose verifies each', async () => {
  const { call, active } = await signingWorld(['SIGN', 'VERIFY']);
  const key = await jose.importJWK(publicHalf(active.jwk as RawJwk), 'ES256');
  const payload = 'octets, not a claim';
  const compact = (
    await call('sign', { payload, serialization: 'COMPACT', header: { typ: 'x', cty: 'text/plain', own: 1 } })
  ).body;
  expect(compact).toEqual({ success: true, jws: expect.any(String), kid: 'tokens-1' });
  const ofCompact = await jose.compactVerify(compact.jws, key);
  expect(ofCompact.protectedHeader).toEqual({
    alg: 'ES256',
    kid: 'tokens-1',
    typ: 'x',
    cty: 'text/plain',
    own: 1,
  });

  const flattened = (await call('sign', { payload, serialization: 'FLATTENED' })).body;
  expect(Object.keys(flattened.jws)).toEqual(['payload', 'protected', 'signature']);
  expect(Buffer.from((await jose.flattenedVerify(flattened.jws, key)).payload).toString()).toBe(payload);
  const general = (await call('sign', { claims: { sub: 'ada' }, serialization: 'GENERAL' })).body;
  expect(Object.keys(general.jws)).toEqual(['payload', 'signatures']);
  expect((await jose.generalVerify(general.jws, key)).protectedHeader).toMatchObject({ typ: 'JWT' });
  for (const { jws } of [compact, flattened]) {
    expect((await call('verify', { jws })).body).toMatchObject({
      valid: true,
      payloadBase64: base64(payload),
    });
  }
  expect((await call('verify', { jws: general.jws })).body).toMatchObject({
    valid: true,
    claims: { sub: 'ada' },
  });
});

test('a detached payload is left out, and may be signed as it is', async () => {
  const { call, active } = await signingWorld(['SIGN', 'VERIFY']);
  const key = await jose.importJWK(publicHalf(active.jwk as RawJwk), 'ES256');
  const payload = '$.02';
  const compact = (await call('sign', { payload, detached: true })).body.jws;
  expect(compact).toMatch(/^[\w-]+\.\.[\w-]+$/);
  const unencoded = (await call('sign', { payload, detached: true, b64: false, serialization: 'FLATTENED' }))
    .body.jws;
  expect(unencoded).not.toHaveProperty('payload');
  const verified = await jose.flattenedVerify({ ...unencoded, payload }, key);
  expect(verified.protectedHeader).toEqual({ alg: 'ES256', kid: 'tokens-1', b64: false, crit: ['b64'] });
  for (const jws of [compact, unencoded]) {
    expect((await call('verify', { jws, payload })).body).toMatchObject({
      valid: true,
      payloadBase64: base64(payload),
    });
    expect((await call('verify', { jws, payloadBase64: base64('$.03') })).body.reason).toBe('SIGNATURE');
  }
  // Without the payload a compact JWS is of an empty one, and the other is none.
  expect((await call('verify', { jws: compact })).body.reason).toBe('SIGNATURE');
  expect((await call('verify', { jws: unencoded })).body.reason).toBe('FORMAT');
  const attached = (await call('sign', { payload })).body.jws;
  expect((await call('verify', { jws: attached, payload })).body.reason).toBe('FORMAT');
});

test('a JSON object on a ring needs SIGN_RAW, and so does a MAC', async () => {
  const objects = [{ payload: '{"exp":9e9}' }, { payload: ' {}' }, { payloadBase64: base64('\u{feff}{}') }];
  const plain = await signingWorld(['SIGN', 'VERIFY', 'MAC']);
  for (const body of objects) {
    const { status, body: answer } = await plain.call('sign', body);
    expect([status, answer.error_description]).toEqual([400, 'Give claims to sign a JSON object!']);
  }
  expect((await plain.call('mac', { dataBase64: '' })).status).toBe(403);
  const raw = await signingWorld(['SIGN_RAW', 'VERIFY']);
  for (const body of objects) expect((await raw.call('sign', body)).status).toBe(200);
  expect((await raw.call('sign', { claims: {} })).status).toBe(200);
});

test('a JWK that cannot do an operation says why', async () => {
  const jwks = [
    ecJwk({ name: 'signing' }),
    ecJwk({ name: 'wrapping', jwk: { ...makeEc('P-256'), alg: 'ECDH-ES', kid: 'w' } }),
    ecJwk({ name: 'public', jwk: { ...publicHalf(makeRsa()), alg: 'RSA-OAEP-256', kid: 'p', use: 'enc' } }),
    ecJwk({ name: 'bare', jwk: makeOct(32) }),
    ecJwk({ name: 'late', jwk: { ...makeOct(32), alg: 'dir', kid: 'l' }, expires: Date.now() - 1 }),
  ];
  const { token, content } = applicationContent(
    jwks.map((jwk) => ({ ...jwk, operations: ['SIGN', 'VERIFY', 'ENCRYPT', 'DECRYPT', 'MAC'] })),
  );
  const { url } = await operationsWorld([...jwks, content]);
  const said = async (name: string, operation: string, body: unknown) =>
    (await callerOf(url, `jwks/${name}`, token)(operation, body)).body.error_description;
  expect(await said('signing', 'encrypt', { plaintext: 'x' })).toBe('JWK (name: signing) is for SIGNATURE!');
  expect(await said('signing', 'decrypt', { jwe: 'x' })).toBe('JWK (name: signing) is for SIGNATURE!');
  expect(await said('signing', 'mac', { dataBase64: '' })).toBe(
    'Algorithm (ES256) of JWK (name: signing) computes no MAC!',
  );
  for (const operation of ['sign', 'verify', 'mac', 'mac/verify']) {
    expect(await said('wrapping', operation, {})).toBe('JWK (name: wrapping) is for ENCRYPTION!');
  }
  expect(await said('public', 'decrypt', { jwe: 'x' })).toBe('JWK (name: public) has no private key!');
  for (const operation of ['sign', 'encrypt', 'decrypt', 'mac']) {
    expect(await said('bare', operation, {})).toBe('JWK (name: bare) has no algorithm! Give it one.');
  }
  expect(await said('late', 'encrypt', { plaintext: 'x' })).toMatch(
    /^JWK \(name: late\) does not encrypt after /,
  );
});

test('an ENCRYPTION ring encrypts with its ACTIVE key, and decrypts with those of before and after', async () => {
  const ring = ringContent('messages', { use: 'enc' });
  const key = (version: number) => ({
    ...makeEc('P-256'),
    alg: 'ECDH-ES+A256KW',
    kid: `messages-${version}`,
  });
  const keys = [key(1), key(2), key(3)] as const;
  const member = (version: 1 | 2 | 3, state: 'RETIRING' | 'ACTIVE' | 'NEXT'): DeployedJwk => {
    const made = memberContent(ring, version, state);
    return { ...made, jwk: { ...keys[version - 1], use: 'enc' } };
  };
  const members = [member(1, 'RETIRING'), member(2, 'ACTIVE'), member(3, 'NEXT')];
  const { token, content } = applicationContent([{ ...ring, operations: ['ENCRYPT', 'DECRYPT'] }]);
  const { url } = await operationsWorld([ring, ...members, content]);
  const call = callerOf(url, 'key-rings/messages', token);
  const encrypted = await call('encrypt', { plaintext: 'hello', cty: 'text/plain' });
  expect(encrypted.body).toEqual({ success: true, jwe: expect.any(String), kid: 'messages-2' });
  const opened = await jose.compactDecrypt(encrypted.body.jwe, await jose.importJWK(keys[1], keys[1].alg));
  expect(opened.protectedHeader).toMatchObject({ enc: 'A256GCM', kid: 'messages-2', cty: 'text/plain' });
  expect((await call('decrypt', { jwe: encrypted.body.jwe })).body).toEqual({
    success: true,
    plaintextBase64: base64('hello'),
    header: opened.protectedHeader,
    kid: 'messages-2',
  });
  const sent = async (raw: RawJwk, header: object = { kid: raw.kid }) =>
    new jose.CompactEncrypt(Buffer.from('sent'))
      .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A128CBC-HS256', ...header })
      .encrypt(await jose.importJWK(publicHalf(raw), 'ECDH-ES+A256KW'));
  for (const raw of keys) {
    const { body } = await call('decrypt', { jwe: await sent(raw) });
    expect(body).toMatchObject({ plaintextBase64: base64('sent'), kid: raw.kid });
  }
  const failures = [
    await sent(keys[1], {}),
    await sent(keys[1], { kid: 'messages-1' }),
    await sent(keys[1], { kid: 'another' }),
    'no JWE',
  ];
  for (const jwe of failures) {
    const { status, body } = await call('decrypt', { jwe });
    expect([status, body.error_description]).toEqual([400, 'Decryption failed!']);
  }
  expect((await call('sign', {})).status).toBe(403);
});

test('a sender is authenticated with a JWK that was granted for it', async () => {
  const [ada, bob, other] = ['ada', 'bob', 'other'].map((name) =>
    ecJwk({ name, jwk: { ...makeOkp('X25519'), alg: 'ECDH-1PU+A128KW', kid: name, use: 'enc' } }),
  ) as [DeployedJwk, DeployedJwk, DeployedJwk];
  const adas = applicationContent(
    [
      { ...bob, operations: ['ENCRYPT'] },
      { ...ada, operations: ['ENCRYPT'], rate: { perSecond: 0.001, burst: 1 } },
    ],
    { name: 'ada' },
  );
  const bobs = applicationContent(
    [
      { ...bob, operations: ['DECRYPT'] },
      { ...ada, operations: ['DECRYPT', 'ENCRYPT'] },
      { ...other, operations: ['DECRYPT'] },
    ],
    { name: 'bob' },
  );
  const { url } = await operationsWorld([ada, bob, other, adas.content, bobs.content]);
  const encrypt = callerOf(url, 'jwks/bob', adas.token);
  const decrypt = callerOf(url, 'jwks/bob', bobs.token);
  const { body } = await encrypt('encrypt', { plaintext: 'from ada', senderJwkName: 'ada' });
  expect(body).toMatchObject({ success: true, kid: 'bob' });
  const opened = await decrypt('decrypt', { jwe: body.jwe, senderJwkName: 'ada' });
  expect(opened.body).toMatchObject({ plaintextBase64: base64('from ada') });
  const ofOther = await decrypt('decrypt', { jwe: body.jwe, senderJwkName: 'other' });
  expect([ofOther.status, ofOther.body.error_description]).toEqual([400, 'Decryption failed!']);
  // What is not granted and what is not there are the same.
  for (const senderJwkName of ['other', 'none']) {
    expect((await encrypt('encrypt', { plaintext: 'x', senderJwkName })).status).toBe(403);
  }
  expect((await encrypt('encrypt', { plaintext: 'x', senderJwkName: 'ada' })).status).toBe(429);
  // Who receives from a key does not send with it.
  const mine = await callerOf(
    url,
    'jwks/ada',
    bobs.token,
  )('encrypt', { plaintext: 'x', senderJwkName: 'bob' });
  expect(mine.status).toBe(403);
});

test('an OCT ring computes MACs with its ACTIVE key, and verifies with those of before too', async () => {
  const ring = ringContent('macs');
  const key = (version: number) => ({
    ...makeOct(32),
    k: Buffer.alloc(32, version).toString('base64url'),
    alg: 'HS256',
  });
  const members = [memberContent(ring, 1, 'RETIRING', key(1)), memberContent(ring, 2, 'ACTIVE', key(2))];
  const ofFormer = memberContent(ring, 1, 'ACTIVE', key(1));
  const grants = [{ ...ring, operations: ['MAC', 'SIGN_RAW', 'SIGN', 'VERIFY'] as const }];
  const { token, content } = applicationContent(grants);
  const { url } = await operationsWorld([ring, ...members, content]);
  const call = callerOf(url, 'key-rings/macs', token);
  const dataBase64 = base64('{"any":"data"}');
  const { body } = await call('mac', { dataBase64 });
  expect(body).toEqual({ success: true, macBase64: expect.any(String), kid: 'macs-2' });
  expect((await call('mac/verify', { dataBase64, macBase64: body.macBase64 })).body).toEqual({ valid: true });
  const wrong = Buffer.from(body.macBase64, 'base64');
  wrong[0] = (wrong[0] ?? 0) ^ 1;
  expect((await call('mac/verify', { dataBase64, macBase64: wrong.toString('base64') })).body).toEqual({
    valid: false,
  });
  expect((await call('mac/verify', { dataBase64, macBase64: '' })).body).toEqual({ valid: false });

  const other = applicationContent(grants);
  const before = await operationsWorld([ring, ofFormer, other.content]);
  const old = await callerOf(before.url, 'key-rings/macs', other.token)('mac', { dataBase64 });
  expect(old.body.kid).toBe('macs-1');
  expect((await call('mac/verify', { dataBase64, macBase64: old.body.macBase64 })).body).toEqual({
    valid: true,
  });
});

test('a revoked OCT key of a ring verifies no MAC, also where the ring still lists it as a member', async () => {
  const macs = ringContent('macs');
  const secret = (version: number) => ({
    ...makeOct(32),
    k: Buffer.alloc(32, version).toString('base64url'),
    alg: 'HS256',
  });
  const members = [
    memberContent(macs, 1, 'RETIRING', secret(1)),
    memberContent(macs, 2, 'ACTIVE', secret(2)),
  ];
  const { token, content } = applicationContent([{ ...macs, operations: ['MAC', 'SIGN_RAW', 'VERIFY'] }]);
  const { url, link } = await operationsWorld([macs, ...members, content]);
  const dataBase64 = base64('data');
  const macBase64 = createHmac('sha256', Buffer.alloc(32, 1)).update('data').digest('base64');
  const verified = () => callerOf(url, 'key-rings/macs', token)('mac/verify', { dataBase64, macBase64 });
  expect((await verified()).body).toEqual({ valid: true });
  const end = { version: 1, kid: 'macs-1', jwk: null, retiredAt: null, revokedAt: Date.now() };
  const former = [{ ...end, revokedReason: 'COMPROMISED' as const }];
  // A manager that was restored from a backup sends the member too.
  expect(await link.reset(10, [{ ...macs, former }, ...members, content])).toMatchObject({ type: 'applied' });
  expect(await verified()).toMatchObject({ status: 200, body: { valid: false } });
});

test('items are answered one by one in their order, and an error of one is its own', async () => {
  const { call, node } = await signingWorld(['SIGN', 'VERIFY']);
  const signed = await call('sign', {
    items: [
      { claims: { id: 12345678901234567890n.toString() } },
      { claims: { exp: 1 } },
      { payload: 'octets' },
      {},
    ],
  });
  expect(signed.body).toEqual({
    success: true,
    items: [
      { success: true, jws: expect.any(String), kid: 'tokens-1', expiresAt: expect.any(String) },
      {
        success: false,
        error: 'bad_request',
        error_description: 'Claim (exp) is set by the node!',
        reason: 'FIELD_NOT_VALID',
      },
      { success: true, jws: expect.any(String), kid: 'tokens-1' },
      {
        success: false,
        error: 'bad_request',
        error_description: expect.any(String),
        reason: 'FIELD_REQUIRED',
      },
    ],
  });
  const [first, , third] = signed.body.items;
  const verified = await call('verify', {
    items: [{ jws: first.jws }, { jws: third.jws }, { jws: 'x' }, { jws: 7 }],
  });
  expect(verified.body.items).toMatchObject([
    { success: true, valid: true },
    { success: true, valid: true, payloadBase64: base64('octets') },
    { success: true, valid: false, reason: 'FORMAT' },
    { success: false, error_description: 'jws must be a string or a JSON object!' },
  ]);
  const refused = node.log.lines.filter(({ text }) => text === 'an operation was refused');
  expect(refused.map(({ facts }) => facts)).toContainEqual({
    application: 'checkout',
    project: 'MyProject',
    key: 'tokens',
    operation: 'SIGN',
    reason: 'Claim (exp) is set by the node!',
  });
});

test('long numbers of items keep their digits', async () => {
  const { call } = await signingWorld(['SIGN', 'VERIFY']);
  const { body } = await call(
    'sign',
    '{"items":[{"claims":{"a":1}},{"claims":{"id":12345678901234567890}}]}',
  );
  const payload = Buffer.from(body.items[1].jws.split('.')[1], 'base64url').toString();
  expect(payload).toContain('"id":12345678901234567890,');
});

test.for([
  [{ items: [] }, 'items must be a list of 1 to 100 JSON objects!'],
  [{ items: Array(101).fill({ claims: {} }) }, 'items must be a list of 1 to 100 JSON objects!'],
  [{ items: [1] }, 'items must be a list of 1 to 100 JSON objects!'],
  [{ items: {} }, 'items must be a list of 1 to 100 JSON objects!'],
  [{ items: [{}], claims: {} }, 'Unknown member: claims! Accepted members: items'],
] as const)('a batch that is none is rejected as a whole (%#)', async ([body, text]) => {
  const { call } = await signingWorld(['SIGN']);
  const { status, body: answer } = await call('sign', body);
  expect([status, answer.error_description]).toEqual([400, text]);
});

test('each item takes a token of the bucket, and a bucket that has fewer refuses all of them', async () => {
  const ring = ringContent('tokens');
  const rate = { perSecond: 0.001, burst: 5 };
  const { token, content } = applicationContent([{ ...ring, operations: ['SIGN'], rate }]);
  const { url } = await operationsWorld([ring, memberContent(ring, 1, 'ACTIVE'), content]);
  const call = callerOf(url, 'key-rings/tokens', token);
  const items = (count: number) => ({ items: Array(count).fill({ claims: {} }) });
  expect((await call('sign', items(6))).status).toBe(429);
  expect((await call('sign', items(3))).status).toBe(200);
  expect((await call('sign', items(3))).status).toBe(429);
  expect((await call('sign', items(2))).status).toBe(200);
  const { status, headers } = await call('sign', { claims: {} });
  expect(status).toBe(429);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
});

test('what a JWK is allowed to decrypt reaches the node with it', async () => {
  const raw = { ...makeRsa(), alg: 'RSA1_5', kid: 'old', use: 'enc' };
  const strict = ecJwk({ name: 'strict', jwk: raw });
  const lenient: DeployedJwk = { ...ecJwk({ name: 'lenient', jwk: raw }), operations: { allowRsa15: true } };
  const grants = [strict, lenient].map((jwk) => ({ ...jwk, operations: ['DECRYPT', 'ENCRYPT'] as const }));
  const { token, content } = applicationContent(grants);
  const { url } = await operationsWorld([strict, lenient, content]);
  const jwe = rsa15Jwe(raw, 'hello');
  const answers = await Promise.all(
    ['strict', 'lenient'].map((name) => callerOf(url, `jwks/${name}`, token)('decrypt', { jwe })),
  );
  expect(answers[0]?.body.error_description).toBe('Decryption failed!');
  expect(answers[1]?.body).toMatchObject({ plaintextBase64: base64('hello'), kid: 'old' });
  const refused = await callerOf(url, 'jwks/lenient', token)('encrypt', { plaintext: 'x' });
  expect([refused.status, refused.body.error_description]).toEqual([400, expect.stringMatching(/RSA1_5/)]);
});

/** jose does not have the algorithm. */
function rsa15Jwe(raw: RawJwk, plaintext: string): string {
  const [cek, iv] = [randomBytes(16), randomBytes(12)];
  const header = Buffer.from('{"alg":"RSA1_5","enc":"A128GCM","kid":"old"}').toString('base64url');
  const key = createPublicKey({ key: publicHalf(raw), format: 'jwk' });
  const encryptedKey = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, cek);
  const cipher = createCipheriv('aes-128-gcm', cek, iv).setAAD(Buffer.from(header));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const parts = [encryptedKey, iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'));
  return [header, ...parts].join('.');
}
