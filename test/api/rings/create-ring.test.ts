import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, startTestManager, type TestManager } from '../../support/manager.ts';
import { es256, noCaches, type RingApi, ringApi } from './support/ring-api.ts';

let world: TestManager;
let rings: RingApi;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production', 'staging'], settings: noCaches });
  rings = ringApi(world.api);
  await world.addNode('production', 'p1');
  await world.addNode('staging', 's1');
});
afterAll(() => world.close());

const refusal = ({ status, body }: Answer) => ({ status, ...body });

describe('a new key ring', () => {
  test('has an ACTIVE key and a published successor when the answer comes', async () => {
    const { status, body } = await rings.create({ name: 'first', description: 'Signs orders' });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      deploymentResult: {
        success: true,
        message: 'Deployment completed successfully',
        environmentResults: [
          { environmentName: 'production', success: true, message: 'Deployed successfully' },
          { environmentName: 'staging', success: true, message: 'Deployed successfully' },
        ],
      },
    });
    const ring = await rings.ring('first');
    expect(ring).toMatchObject({
      name: 'first',
      description: 'Signs orders',
      type: 'EC',
      use: 'sig',
      ec: { curveType: 'P256', keyUseType: 'SIGNATURE', algorithm: 'ES256', keyIdType: 'SHA256' },
      rotationInterval: 'P90D',
      maxTokenLifetime: 'PT1H',
      verifierCacheTime: 'PT0S',
      clockSkew: 'PT0S',
      signingLease: 'P7D',
      exportable: false,
      environmentNames: null,
      state: 'STEADY',
      heldBecause: null,
      lateSince: null,
      waitingFor: [],
    });
    expect(ring.members).toMatchObject([
      {
        version: 1,
        jwkName: 'first.1',
        algorithm: 'ES256',
        state: 'ACTIVE',
        retireAt: null,
        revokedAt: null,
      },
      { version: 2, jwkName: 'first.2', algorithm: 'ES256', state: 'NEXT', activatedAt: null },
    ]);
    const [active] = ring.members;
    expect(active.readyAt).toBe(active.publishedAt);
    expect(Date.parse(ring.nextRotationAt)).toBe(Date.parse(active.activatedAt) + 90 * 86_400_000);
  });

  test('without a policy has the defaults, and warns until when caches may lack its first key', async () => {
    const { body } = await rings.call('POST', '', {
      name: 'defaults',
      type: 'EC',
      ec: { curveType: 'P256' },
    });
    const ring = await rings.ring('defaults');
    expect(ring).toMatchObject({
      rotationInterval: 'P90D',
      maxTokenLifetime: 'PT1H',
      verifierCacheTime: 'PT24H',
      clockSkew: 'PT1M',
      signingLease: 'P7D',
      publicationDelay: 'PT24H1M',
      cacheAdvice: 'A verifier may use a JWK Set for PT24H after it was served, and no longer.',
    });
    const [first, second] = ring.members;
    expect(first.state).toBe('ACTIVE');
    expect(Date.parse(second.readyAt)).toBe(Date.parse(second.publishedAt) + (24 * 60 + 1) * 60_000);
    const until = new Date(Math.ceil((Date.parse(first.publishedAt) + 86_460_000) / 1000) * 1000);
    expect(body.warnings).toEqual([
      `Existing caches of the JWK Set of project (name: MyProject) may lack the first key of key ring (name: defaults) until ${until.toISOString().replace('.000Z', 'Z')}.`,
    ]);
  });

  test('warns of caches only where the set of the project holds keys of its type', async () => {
    const ring = (name: string) => ({ name, type: 'AKP', akp: { algorithm: 'ML-DSA-44' } });
    const outside = await rings.call('POST', '', ring('outside'));
    expect([outside.status, outside.body.warnings]).toEqual([200, undefined]);
    const publish = (publishKeyTypes: readonly string[] | null) =>
      world.api('PUT', '/apiops/projects/MyProject/', { publishKeyTypes });
    expect((await publish(['EC', 'AKP'])).body).toMatchObject({ success: true });
    const inside = await rings.call('POST', '', ring('inside'));
    expect(inside.body.warnings).toEqual([expect.stringContaining('key ring (name: inside)')]);
    expect((await publish(null)).body).toMatchObject({ success: true });
  });

  test('keeps an explicit null of its policy, and durations as they were given', async () => {
    await rings.create({
      name: 'manual',
      rotationInterval: null,
      signingLease: null,
      environmentNames: null,
      maxTokenLifetime: 'PT60M',
    });
    expect(await rings.ring('manual')).toMatchObject({
      rotationInterval: null,
      signingLease: null,
      environmentNames: null,
      maxTokenLifetime: 'PT60M',
      nextRotationAt: null,
    });
  });

  test('goes to the environments that it names, and to no others', async () => {
    const { body } = await rings.create({ name: 'narrow', environmentNames: ['staging'] });
    expect(body.deploymentResult.environmentResults).toEqual([
      { environmentName: 'staging', success: true, message: 'Deployed successfully' },
    ]);
    expect(await rings.ring('narrow')).toMatchObject({ environmentNames: ['staging'] });
  });

  test.each([
    ['RSA', { rsa: { keySize: 2048 } }, 'RS256', 'sig'],
    ['EC', { ec: { curveType: 'P384' } }, 'ES384', 'sig'],
    ['OKP', { okp: { curveType: 'ED25519' } }, 'EdDSA', 'sig'],
    ['OCT', { oct: { keySize: 256 } }, 'HS256', 'sig'],
    ['RSA', { rsa: { keySize: 2048, keyUseType: 'ENCRYPTION' } }, 'RSA-OAEP-256', 'enc'],
    ['OKP', { okp: { curveType: 'X25519' } }, 'ECDH-ES', 'enc'],
  ])('of type %s and %j is made', async (type, object, algorithm, use) => {
    const name = `made-${algorithm}-${use}`;
    const { status, body } = await rings.call('POST', '', { ...es256, name, type, ec: undefined, ...object });
    expect({ status, body }).toMatchObject({ status: 200 });
    const ring = await rings.ring(name);
    expect(ring.use).toBe(use);
    expect(ring.members).toMatchObject([
      { state: 'ACTIVE', algorithm },
      { state: 'NEXT', algorithm },
    ]);
  });

  test('is listed, searched and paged like JWKs', async () => {
    const all = await rings.call('GET', '?search=first');
    expect(all.body).toMatchObject({ success: true, resultCount: 1, resultList: [{ name: 'first' }] });
    const page = await rings.call('GET', '?page=2&size=1&sort=name,asc');
    expect(page.body.resultList).toHaveLength(1);
    expect(page.body.resultCount).toBeGreaterThan(3);
  });
});

describe('Create key ring rejects', () => {
  test.each([
    ['an empty name', { name: '' }, 'Key ring name can not be empty!', 'FIELD_REQUIRED', 'name'],
    [
      'a name of 121 characters',
      { name: 'x'.repeat(121) },
      `Key ring name (${'x'.repeat(121)}) is not valid! A name has 1 to 120 characters: letters and digits of any script, ".", "_" and "-", and is not "." or "..".`,
      'FIELD_NOT_VALID',
      'name',
    ],
    [
      'a name that is taken',
      { name: 'first' },
      'Key ring (name: first) is already exist! Try update operation if want to change its value.',
      'NAME_TAKEN',
      'name',
    ],
    ['no type', { name: 'r', type: undefined }, 'Key ring type can not be empty!', 'FIELD_REQUIRED', 'type'],
    [
      'keyIdType NONE',
      { name: 'r', ec: { curveType: 'P256', keyIdType: 'NONE' } },
      'keyIdType (NONE) is not valid for a key ring, whose keys need a kid! Valid values: TIMESTAMP, SHA256, SHA1, ISO_DATE',
      'FIELD_NOT_VALID',
      'keyIdType',
    ],
    [
      'an expiration time',
      { name: 'r', ec: { curveType: 'P256', expirationTime: '2030-01-01T00:00:00Z' } },
      'expirationTime does not belong to a key ring! Its policy says when a key is followed by the next',
      'FIELD_NOT_VALID',
      'expirationTime',
    ],
    [
      'a not-before time',
      { name: 'r', ec: { curveType: 'P256', notBeforeTime: '2030-01-01T00:00:00Z' } },
      'notBeforeTime does not belong to a key ring! Its policy says when a key is followed by the next',
      'FIELD_NOT_VALID',
      'notBeforeTime',
    ],
    [
      'an interval shorter than the publication delay',
      { name: 'r', rotationInterval: 'PT12H', verifierCacheTime: 'PT24H', clockSkew: 'PT1M' },
      'rotationInterval (PT12H) is too short: a new key is known to all verifiers after PT24H1M! Make it longer, or verifierCacheTime shorter.',
      'POLICY_NOT_VALID',
      'rotationInterval',
    ],
    [
      'tokens that outlive four intervals',
      { name: 'r', rotationInterval: 'PT48H', maxTokenLifetime: 'P21D' },
      'maxTokenLifetime (PT504H) is longer than four times rotationInterval (PT48H)!',
      'POLICY_NOT_VALID',
      'maxTokenLifetime',
    ],
    [
      'an environment that is not there',
      { name: 'r', environmentNames: ['nowhere'] },
      'Environment (nowhere) is not found or user does not have privilege to access it!',
      'NOT_FOUND',
      'environmentNames',
    ],
    [
      'an empty list of environments',
      { name: 'r', environmentNames: [] },
      'environmentNames can not be empty! Leave it out for all that the project reaches',
      'FIELD_NOT_VALID',
      'environmentNames',
    ],
  ])('%s', async (_what, body, error_description, reason, member) => {
    const answer = await rings.create(body);
    expect(refusal(answer)).toEqual({ status: 400, error: 'bad_request', error_description, reason, member });
  });

  test.each([
    ['rotationInterval', 'PT30S'],
    ['rotationInterval', 'P1096D'],
    ['maxTokenLifetime', 'PT0S'],
    ['maxTokenLifetime', 'P366D'],
    ['verifierCacheTime', 'P31D'],
    ['verifierCacheTime', 'a day'],
    ['clockSkew', 'PT11M'],
    ['signingLease', 'PT29S'],
    ['signingLease', 'P91D'],
  ])('%s of %s', async (member, value) => {
    const { status, body } = await rings.create({ name: 'r', [member]: value });
    expect({ status, ...body }).toMatchObject({ status: 400, reason: 'FIELD_NOT_VALID', member });
  });

  test('a member that it does not know', async () => {
    const { status, body } = await rings.create({ name: 'r', kid: 'x' });
    expect({ status, ...body }).toMatchObject({ status: 400, reason: 'FIELD_UNKNOWN', member: 'kid' });
  });

  test('a ring whose members would have the name of a JWK', async () => {
    await world.api('POST', '/apiops/projects/MyProject/jwks/generate', {
      name: 'taken.7',
      type: 'EC',
      ec: { curveType: 'P256' },
    });
    expect(refusal(await rings.create({ name: 'taken' }))).toEqual({
      status: 400,
      error: 'bad_request',
      error_description:
        'JWK (name: taken.7) has a name that is reserved for members of key ring (name: taken)!',
      reason: 'NAME_RESERVED',
      member: 'name',
    });
  });
});

test('a repeated Idempotency-Key creates one ring', async () => {
  const post = () =>
    fetch(`${world.url}/apiops/projects/MyProject/key-rings/`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${world.api.token}`,
        'content-type': 'application/json',
        'idempotency-key': 'once',
      },
      body: JSON.stringify({ ...es256, name: 'once' }),
    });
  const [first, second] = [await post(), await post()];
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(await second.json()).toEqual(await first.json());
});

test('an environment whose node is away does not hide the results of others', async () => {
  const away = await world.addNode('staging', 's2');
  await away.close();
  const { body } = await rings.create({ name: 'half' });
  expect(body.deploymentResult).toEqual({
    success: false,
    message: 'Deployment failed in 1 of 2 environments',
    environmentResults: [
      { environmentName: 'production', success: true, message: 'Deployed successfully' },
      { environmentName: 'staging', success: false, message: 'Node (s2): not connected' },
    ],
  });
  const ring = await rings.ring('half');
  expect(ring).toMatchObject({ state: 'BLOCKED', waitingFor: [{ nodeName: 's2', reason: 'NOT_CONNECTED' }] });
});
