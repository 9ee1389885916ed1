// Token profiles through the API: what they hold, and what every refusal says.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;

beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'] });
  ({ api } = world);
  await world.addNode('gate', 'g1');
  await createRing('signing', { type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' } });
  await createRing('secrets', { type: 'OCT', oct: { keySize: 256, algorithm: 'HS256' } });
  const generated = [
    {
      name: 'partner',
      type: 'RSA',
      rsa: { keySize: 2048, keyUseType: 'ENCRYPTION', algorithm: 'RSA-OAEP-256' },
    },
    { name: 'direct', type: 'OCT', oct: { keySize: 128, keyUseType: 'ENCRYPTION', algorithm: 'DIR' } },
    { name: 'plain', type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' } },
    {
      name: 'sender',
      type: 'OKP',
      okp: { curveType: 'X25519', keyUseType: 'ENCRYPTION', algorithm: 'ECDH-1PU' },
    },
  ];
  for (const one of generated) {
    const { body } = await api('POST', `${base}/jwks/generate`, one);
    expect(body).toMatchObject({ success: true });
  }
});

afterAll(() => world?.close());

async function createRing(name: string, members: object): Promise<void> {
  const { body } = await api('POST', `${base}/key-rings/`, { name, maxTokenLifetime: 'PT60M', ...members });
  expect(body).toMatchObject({ success: true });
}

const least = {
  keyRingName: 'signing',
  issuer: 'https://issuer.example',
  audiences: ['https://api.example'],
};

const detail = async (name: string) =>
  (await api('GET', `${base}/token-profiles/${name}/`)).body.resultList[0];

test('a token profile is stored with all that it was given, and deployed', async () => {
  const given = {
    name: 'full',
    description: 'Tokens of the API',
    ...least,
    audiences: ['https://a.example', 'https://b.example'],
    audienceMode: 'ONE_OF',
    lifetime: 'PT300S',
    maxLifetime: 'PT1H',
    notBeforeOffset: '-PT60S',
    tokenType: 'at+jwt',
    subject: { mode: 'GIVEN', pattern: 'user:*' },
    claims: {
      fixed: { tenant: 'shop', level: 3, none: null, list: [null, { a: null }] },
      allowed: ['locale'],
      required: ['scope'],
      schema: { properties: { scope: { type: 'string' }, locale: { enum: [null, 'en'] } } },
    },
    encryptTo: { jwkName: 'partner', enc: 'A128GCM' },
  };
  const made = await api('POST', `${base}/token-profiles/`, given);
  expect([made.status, made.body]).toMatchObject([
    200,
    { success: true, deploymentResult: { environmentResults: [{ environmentName: 'gate' }] } },
  ]);
  const { subject, ...rest } = given;
  const stored = { ...rest, subject: { ...subject, value: null } };
  expect(await detail('full')).toMatchObject(stored);
  const { body } = await api('GET', `${base}/token-profiles/?search=full`);
  expect(body).toMatchObject({ success: true, resultCount: 1, resultList: [stored] });
  const audit = await api('GET', '/apiops/audit/?objectType=token-profile');
  expect(audit.body.resultList).toContainEqual(
    expect.objectContaining({
      action: 'token-profile.create',
      objectName: 'full',
      projectName: 'MyProject',
      details: expect.objectContaining({ keyRingName: 'signing', maxLifetime: 'PT1H', encrypted: true }),
    }),
  );
});

test('what is left out has its default', async () => {
  const { body } = await api('POST', `${base}/token-profiles/`, { name: 'least', ...least });
  expect(body).toMatchObject({ success: true });
  expect(await detail('least')).toMatchObject({
    description: null,
    ...least,
    audienceMode: 'FIXED',
    lifetime: 'PT5M',
    maxLifetime: 'PT5M',
    notBeforeOffset: null,
    tokenType: 'JWT',
    subject: { mode: 'FROM_CALLER', value: null, pattern: null },
    claims: { fixed: {}, allowed: [], required: [], schema: null },
    encryptTo: null,
  });
  await api('POST', `${base}/token-profiles/`, { name: 'hour', ...least, maxLifetime: 'PT1H' });
  expect(await detail('hour')).toMatchObject({ lifetime: 'PT5M', maxLifetime: 'PT1H' });
  await api('POST', `${base}/token-profiles/`, { name: 'minute', ...least, lifetime: 'PT1M' });
  expect(await detail('minute')).toMatchObject({ lifetime: 'PT1M', maxLifetime: 'PT1M' });
  await createRing('brief', {
    type: 'EC',
    ec: { curveType: 'P256' },
    maxTokenLifetime: 'PT30S',
    rotationInterval: null,
  });
  await api('POST', `${base}/token-profiles/`, { name: 'brief', ...least, keyRingName: 'brief' });
  expect(await detail('brief')).toMatchObject({ lifetime: 'PT30S', maxLifetime: 'PT30S' });
});

test.for([
  [{ name: undefined }, 'Token profile name can not be empty!', 'name'],
  [{ name: ' ' }, 'Token profile name can not be empty!', 'name'],
  [{ name: 'a b' }, /^Token profile name \(a b\) is not valid!/, 'name'],
  [
    { name: 'least' },
    'Token profile (name: least) is already exist! Try update operation if want to change its value.',
    'name',
  ],
  [{ keyRingName: undefined }, 'keyRingName can not be empty!', 'keyRingName'],
  [{ keyRingName: 'none' }, 'Key ring (name: none) is not found!', 'keyRingName'],
  [{ issuer: undefined }, 'issuer can not be empty!', 'issuer'],
  [{ issuer: '' }, 'issuer can not be empty!', 'issuer'],
  [{ audiences: undefined }, 'audiences can not be empty!', 'audiences'],
  [{ audiences: [] }, 'audiences can not be empty!', 'audiences'],
  [{ audiences: [''] }, 'audiences[0] can not be empty!', 'audiences[0]'],
  [{ audiences: ['a', 'a'] }, 'Audience (a) is given twice!', 'audiences[1]'],
  [{ audienceMode: 'ANY' }, 'audienceMode (ANY) is not valid! Valid values: FIXED, ONE_OF', 'audienceMode'],
  [{ lifetime: '5m' }, /^lifetime \(5m\) is not valid! It takes an ISO 8601 duration/, 'lifetime'],
  [{ lifetime: 'PT0S' }, /^lifetime \(PT0S\) is not valid!/, 'lifetime'],
  [
    { lifetime: 'PT31M', maxLifetime: 'PT30M' },
    'lifetime (PT31M) is longer than maxLifetime (PT30M)!',
    'lifetime',
  ],
  [
    { maxLifetime: 'PT61M' },
    'maxLifetime (PT1H1M) is longer than maxTokenLifetime (PT1H) of key ring (name: signing)!',
    'maxLifetime',
  ],
  [
    { notBeforeOffset: '-PT601S' },
    /^notBeforeOffset \(-PT601S\) is not valid! .* from -PT10M to PT10M/,
    'notBeforeOffset',
  ],
  [{ notBeforeOffset: 'PT11M' }, /^notBeforeOffset \(PT11M\) is not valid!/, 'notBeforeOffset'],
  [{ notBeforeOffset: '--PT1M' }, /^notBeforeOffset \(--PT1M\) is not valid!/, 'notBeforeOffset'],
  [
    { notBeforeOffset: 'PT5M' },
    'notBeforeOffset (PT5M) is not shorter than lifetime (PT5M)!',
    'notBeforeOffset',
  ],
  [{ tokenType: '' }, /^tokenType \(\) is not valid!/, 'tokenType'],
  [{ tokenType: 'a b' }, /^tokenType \(a b\) is not valid!/, 'tokenType'],
  [{ tokenType: 'JWK-set+jwt' }, 'tokenType (JWK-set+jwt) is for historical keys only!', 'tokenType'],
  [
    { tokenType: 'application/jwk-set+jwt' },
    'tokenType (application/jwk-set+jwt) is for historical keys only!',
    'tokenType',
  ],
  [{ subject: { mode: 'FIXED' } }, 'subject.value can not be empty!', 'subject.value'],
  [{ subject: { mode: 'GIVEN', value: 'x' } }, 'subject.value is for mode FIXED only!', 'subject.value'],
  [
    { subject: { mode: 'FROM_CALLER', pattern: '*' } },
    'subject.pattern is for mode GIVEN only!',
    'subject.pattern',
  ],
  [
    { subject: { mode: 'ANY' } },
    /^subject\.mode \(ANY\) is not valid! Valid values: FIXED, FROM_CALLER, GIVEN/,
    'subject.mode',
  ],
  [
    { claims: { fixed: { iss: 'x' } } },
    'Claim (iss) is set by other members of the token profile!',
    'claims.fixed.iss',
  ],
  [{ claims: { allowed: ['exp'] } }, 'Claim (exp) cannot be given by a caller!', 'claims.allowed[0]'],
  [{ claims: { allowed: ['a', 'cnf'] } }, 'Claim (cnf) cannot be given by a caller!', 'claims.allowed[1]'],
  [{ claims: { required: ['jti'] } }, 'Claim (jti) cannot be given by a caller!', 'claims.required[0]'],
  [
    { claims: { fixed: { a: 1 }, allowed: ['a'] } },
    'Claim (a) is fixed, so no caller can give it!',
    'claims.allowed[0]',
  ],
  [{ claims: { allowed: ['a', 'a'] } }, 'Claim (a) is given twice!', 'claims.allowed[1]'],
  [{ claims: { allowed: [''] } }, 'claims.allowed[0] can not be empty!', 'claims.allowed[0]'],
  [{ claims: { other: {} } }, /^Unknown member: other in claims!/, 'claims.other'],
  [
    { claims: { schema: { properties: { a: { pattern: '^(a+)+$' } } } } },
    'claims.schema.properties.a.pattern (^(a+)+$) is not valid: it repeats a group that itself repeats, so it can backtrack!',
    'claims.schema.properties.a.pattern',
  ],
  [
    { claims: { schema: { $ref: 'https://evil.example/s' } } },
    'claims.schema.$ref (https://evil.example/s) is not valid! It takes a definition of the same schema, such as #/$defs/name',
    'claims.schema.$ref',
  ],
  [{ encryptTo: {} }, 'Give either jwkName or keyRingName in encryptTo!', 'encryptTo'],
  [
    { encryptTo: { jwkName: 'partner', keyRingName: 'signing' } },
    'Give either jwkName or keyRingName in encryptTo!',
    'encryptTo',
  ],
  [{ encryptTo: { jwkName: 'none' } }, 'JWK (name: none) is not found!', 'encryptTo.jwkName'],
  [{ encryptTo: { jwkName: 'plain' } }, 'JWK (name: plain) is for SIGNATURE!', 'encryptTo.jwkName'],
  [
    { encryptTo: { jwkName: 'signing.1' } },
    'JWK (name: signing.1) belongs to key ring (name: signing)!',
    'encryptTo.jwkName',
  ],
  [
    { encryptTo: { keyRingName: 'signing' } },
    'Key ring (name: signing) is for SIGNATURE!',
    'encryptTo.keyRingName',
  ],
  [
    { encryptTo: { jwkName: 'sender' } },
    'A token cannot be encrypted with ECDH-1PU: it needs a key of the sender!',
    'encryptTo',
  ],
  [
    { encryptTo: { jwkName: 'partner', enc: 'A1GCM' } },
    /^encryptTo\.enc \(A1GCM\) is not valid! Valid values: A256GCM, /,
    'encryptTo.enc',
  ],
  [
    { encryptTo: { jwkName: 'direct', enc: 'A256GCM' } },
    'encryptTo.enc (A256GCM) does not fit dir! Valid values: A128GCM',
    'encryptTo.enc',
  ],
  [{ kind: 'x' }, /^Unknown member: kind!/, 'kind'],
] as const)('the token profile %j is rejected', async ([members, text, member]) => {
  const given = { name: 'x', ...least, ...members };
  const { status, body } = await api('POST', `${base}/token-profiles/`, given);
  expect([status, body.error_description]).toEqual([
    400,
    text instanceof RegExp ? expect.stringMatching(text) : text,
  ]);
  expect(body.member).toBe(member);
});

test('what is too large is rejected by its member', async () => {
  const long = 'x'.repeat(17_000);
  const cases = [
    [{ issuer: long }, 'issuer is longer than 2048 characters!'],
    [{ claims: { fixed: { a: long } } }, 'claims.fixed is larger than 16384 bytes!'],
    [{ claims: { schema: { description: long } } }, 'claims.schema is larger than 16384 bytes!'],
  ] as const;
  for (const [members, text] of cases) {
    const { body } = await api('POST', `${base}/token-profiles/`, { name: 'x', ...least, ...members });
    expect(body.error_description).toBe(text);
  }
});

test('a ring of secrets may issue, for client assertions with a shared secret', async () => {
  const { body } = await api('POST', `${base}/token-profiles/`, {
    ...least,
    name: 'assertion',
    keyRingName: 'secrets',
    subject: { mode: 'FIXED', value: 'client-1' },
    issuer: 'client-1',
    audienceMode: 'ONE_OF',
    maxLifetime: 'PT5M',
  });
  expect(body).toMatchObject({ success: true });
});

test('an update keeps what it does not name, and null ends what may be absent', async () => {
  const path = `${base}/token-profiles/changing/`;
  await api('POST', `${base}/token-profiles/`, {
    ...least,
    name: 'changing',
    description: 'old',
    maxLifetime: 'PT20M',
    notBeforeOffset: 'PT0S',
    subject: { mode: 'FIXED', value: 'me' },
    claims: { allowed: ['a'], schema: {} },
    encryptTo: { jwkName: 'partner' },
  });
  const before = await detail('changing');
  expect(before.encryptTo).toEqual({ jwkName: 'partner', enc: 'A256GCM' });
  expect((await api('PUT', path, { name: 'changing', description: 'new' })).status).toBe(200);
  expect(await detail('changing')).toEqual({
    ...before,
    description: 'new',
    updatedAt: expect.any(String),
  });
  const changes = {
    encryptTo: null,
    notBeforeOffset: null,
    claims: { required: ['b'] },
    maxLifetime: 'PT30M',
  };
  expect((await api('PUT', path, changes)).status).toBe(200);
  expect(await detail('changing')).toMatchObject({
    encryptTo: null,
    notBeforeOffset: null,
    maxLifetime: 'PT30M',
    subject: { mode: 'FIXED', value: 'me' },
    claims: { fixed: {}, allowed: [], required: ['b'], schema: null },
  });
  const refused = await api('PUT', path, { maxLifetime: 'PT2H' });
  expect(refused.body.error_description).toMatch(/^maxLifetime \(PT2H\) is longer than maxTokenLifetime/);
  const renamed = await api('PUT', path, { name: 'other' });
  expect(renamed.body.error_description).toBe('Token profile name can not be changed! It is changing');
});

test('what is not there is named in the family of the other resources', async () => {
  const path = `${base}/token-profiles/none/`;
  for (const method of ['GET', 'PUT', 'DELETE'] as const) {
    const { status, body } = await api(method, path, method === 'PUT' ? {} : undefined);
    expect([status, body]).toMatchObject([
      400,
      { error_description: 'Token profile (name: none) is not found!', reason: 'NOT_FOUND' },
    ]);
  }
});

test('a ring keeps the lifetime that a profile has, and neither it nor a JWK is deleted under a profile', async () => {
  await createRing('used', { type: 'EC', ec: { curveType: 'P256' } });
  await api('POST', `${base}/jwks/generate`, {
    name: 'recipient',
    type: 'RSA',
    rsa: { keySize: 2048, keyUseType: 'ENCRYPTION', algorithm: 'RSA-OAEP-256' },
  });
  const made = await api('POST', `${base}/token-profiles/`, {
    ...least,
    name: 'user',
    keyRingName: 'used',
    maxLifetime: 'PT30M',
    encryptTo: { jwkName: 'recipient' },
  });
  expect(made.body).toMatchObject({ success: true });
  const lowered = await api('PUT', `${base}/key-rings/used/`, { maxTokenLifetime: 'PT29M' });
  expect(lowered.body).toMatchObject({
    error_description:
      'maxTokenLifetime (PT29M) is shorter than maxLifetime (PT30M) of token profile (name: user)!',
    reason: 'POLICY_NOT_VALID',
    member: 'maxTokenLifetime',
  });
  expect((await api('PUT', `${base}/key-rings/used/`, { maxTokenLifetime: 'PT30M' })).status).toBe(200);
  const ring = await api('DELETE', `${base}/key-rings/used/?force=true&reason=not+needed`);
  expect(ring.body).toMatchObject({
    error_description:
      'Key ring (name: used) is used by token profile (name: user)! Give it another key, or delete it.',
    reason: 'STILL_NEEDED',
  });
  const jwk = await api('DELETE', `${base}/jwks/recipient/`);
  expect(jwk.body.error_description).toBe(
    'JWK (name: recipient) is used by token profile (name: user)! Give it another key, or delete it.',
  );
  expect((await api('DELETE', `${base}/token-profiles/user/`)).body).toMatchObject({ success: true });
  expect((await api('DELETE', `${base}/jwks/recipient/`)).status).toBe(200);
  const again = await api('DELETE', `${base}/key-rings/used/?force=true&reason=not+needed`);
  expect(again.body).toMatchObject({ success: true });
});

test('a row that was altered outside keyplane is neither shown nor written again', async () => {
  await api('POST', `${base}/token-profiles/`, { ...least, name: 'altered' });
  await world.raw("update token_profiles set description = 'forged' where name = 'altered'");
  for (const method of ['GET', 'PUT'] as const) {
    const { body } = await api(method, `${base}/token-profiles/altered/`, method === 'PUT' ? {} : undefined);
    expect(body.reason).toBe('ALTERED_IN_DATABASE');
  }
  expect((await api('DELETE', `${base}/token-profiles/altered/`)).status).toBe(200);
});
