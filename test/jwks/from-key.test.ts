import { createPrivateKey, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import {
  accepted,
  type Body,
  type Item,
  type ProjectApi,
  projectApi,
  publishedKeys,
  refusal,
} from '../api/support/project-api.ts';
import { pemFixture, publicHalf } from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let node: RunningNode;
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  node = await world.addNode('production', 'p1');
  project = projectApi(world.api);
});
afterAll(() => world.close());

const rsa = createPrivateKey(pemFixture('leaf.key'));
const ec = createPrivateKey(pemFixture('ec.key'));
const okp = createPrivateKey(pemFixture('ed25519.key'));
const pss = createPrivateKey(pemFixture('pss.key'));
const jwkOf = (key: typeof rsa): Item => key.export({ format: 'jwk' });
const privatePem = (key: typeof rsa, type: 'pkcs1' | 'pkcs8' | 'sec1') =>
  key.export({ type, format: 'pem' }).toString();
const publicPem = (key: typeof rsa, type: 'pkcs1' | 'spki') =>
  createPublicKey(key).export({ type, format: 'pem' }).toString();

const base64 = (text: string) => Buffer.from(text).toString('base64');
const store = (name: string, keyType: string, content: string, more: Body = {}) =>
  project.call('POST', 'keys/', {
    name,
    keyType,
    cryptoKeyInfoEnvironmentList: [{ environmentName: 'production', content }],
    ...more,
  });
const create = (name: string, keyName: string, sourceType: string, more: Body) =>
  project.create({ name, keyName, sourceType, environmentName: 'production', useType: 'SIGNATURE', ...more });

describe('a stored key', () => {
  const windows = (text: string) => text.replaceAll('\n', '\r\n');
  const pssJwk = createPublicKey(pss);
  const rows: readonly [what: string, keyType: string, content: string, algorithm: string, jwk: Item][] = [
    ['PKCS1', 'PRIVATE_KEY', privatePem(rsa, 'pkcs1'), 'RS256', jwkOf(rsa)],
    ['PKCS8', 'PRIVATE_KEY', privatePem(rsa, 'pkcs8'), 'PS512', jwkOf(rsa)],
    ['PKCS1-public', 'PUBLIC_KEY', publicPem(rsa, 'pkcs1'), 'RS384', publicHalf(jwkOf(rsa))],
    ['SPKI', 'PUBLIC_KEY', publicPem(rsa, 'spki'), 'RS512', publicHalf(jwkOf(rsa))],
    ['SEC1', 'PRIVATE_KEY', privatePem(ec, 'sec1'), 'ES256', jwkOf(ec)],
    ['EC-PKCS8', 'PRIVATE_KEY', privatePem(ec, 'pkcs8'), 'ES256', jwkOf(ec)],
    ['EC-SPKI', 'PUBLIC_KEY', publicPem(ec, 'spki'), 'ES256', publicHalf(jwkOf(ec))],
    ['EC-compressed', 'PUBLIC_KEY', pemFixture('ec-compressed-public.pem'), 'ES256', publicHalf(jwkOf(ec))],
    [
      'EC-with-parameters',
      'PRIVATE_KEY',
      pemFixture('ec-with-parameters.pem'),
      'ES256',
      createPrivateKey(
        pemFixture('ec-with-parameters.pem').replace(/^[\s\S]*END EC PARAMETERS-----/, ''),
      ).export({
        format: 'jwk',
      }),
    ],
    ['Ed25519', 'PRIVATE_KEY', privatePem(okp, 'pkcs8'), 'EdDSA', jwkOf(okp)],
    ['Ed25519-SPKI', 'PUBLIC_KEY', publicPem(okp, 'spki'), 'EdDSA', publicHalf(jwkOf(okp))],
    ['base64-of-PEM', 'PRIVATE_KEY', base64(privatePem(rsa, 'pkcs8')), 'RS256', jwkOf(rsa)],
    ['base64-of-public-PEM', 'PUBLIC_KEY', base64(publicPem(ec, 'spki')), 'ES256', publicHalf(jwkOf(ec))],
    [
      'base64-in-lines',
      'PRIVATE_KEY',
      base64(privatePem(ec, 'sec1')).replace(/.{64}/g, '$&\r\n'),
      'ES256',
      jwkOf(ec),
    ],
    ['CRLF', 'PRIVATE_KEY', windows(privatePem(ec, 'pkcs8')), 'ES256', jwkOf(ec)],
    [
      'explained',
      'PRIVATE_KEY',
      `Bag Attributes\n  name: x\n${privatePem(ec, 'pkcs8')}\n\n`,
      'ES256',
      jwkOf(ec),
    ],
  ];
  test.each(rows)(
    'as %s becomes the JWK that node:crypto reads in it',
    async (what, keyType, content, algorithm, jwk) => {
      accepted(await store(what, keyType, content));
      accepted(await create(what, what, keyType, { algorithm }));
      const { kid, sourceId } = await project.jwk(what);
      expect(await project.material(what)).toEqual({ ...jwk, use: 'sig', alg: algorithm, kid });
      expect(sourceId).toBe((await project.call('GET', `keys/${what}/`)).body.resultList[0].id);
      const published = { ...publicHalf(jwk), use: 'sig', alg: algorithm, kid };
      expect(await publishedKeys(node)).toContainEqual(published);
    },
  );

  test('for RSASSA-PSS alone keeps to the algorithm that it names', async () => {
    accepted(await store('pss', 'PRIVATE_KEY', pemFixture('pss.key')));
    for (const algorithm of ['RS256', 'PS512']) {
      expect(refusal(await create('pss', 'pss', 'PRIVATE_KEY', { algorithm }))).toContain('RSASSA-PSS keys');
    }
    accepted(await create('pss', 'pss', 'PRIVATE_KEY', { algorithm: 'PS384' }));
    expect(await project.material('pss')).toMatchObject({ kty: 'RSA', alg: 'PS384', d: expect.any(String) });
    expect(pssJwk.asymmetricKeyType).toBe('rsa-pss');
  });

  test('that is private gives its public half, and no more, to a PUBLIC_KEY', async () => {
    accepted(await create('half', 'PKCS8', 'PUBLIC_KEY', { algorithm: 'RS256', kid: 'given' }));
    expect(await project.material('half')).toEqual({
      ...publicHalf(jwkOf(rsa)),
      use: 'sig',
      alg: 'RS256',
      kid: 'given',
    });
  });

  test('that is public has no private half to give', async () => {
    expect(refusal(await create('none', 'SPKI', 'PRIVATE_KEY', { algorithm: 'RS256' }))).toBe(
      'Key (name: SPKI) is a PUBLIC_KEY, which has no private half! Use source type PUBLIC_KEY',
    );
  });
});

describe('a stored secret', () => {
  const secret = Buffer.alloc(32, 7);
  test.each(['AES', 'DES', 'DESede', 'RSA'])('of algorithm %s becomes an OCT key', async (algorithm) => {
    const name = `secret-${algorithm}`;
    accepted(await store(name, 'SECRET_KEY', secret.toString('base64'), { algorithm }));
    accepted(await create(name, name, 'PRIVATE_KEY', { algorithm: 'HS256' }));
    const { kid, type } = await project.jwk(name);
    expect(type).toBe('OCT');
    const k = secret.toString('base64url');
    expect(await project.material(name)).toEqual({ kty: 'oct', k, use: 'sig', alg: 'HS256', kid });
    expect((await fetch(`${node.url}/projects/MyProject/jwks/${name}`)).status).toBe(404);
  });

  test('takes a kid, and is checked against what its algorithm needs', async () => {
    accepted(
      await create('wrapping', 'secret-AES', 'PRIVATE_KEY', {
        useType: 'ENCRYPTION',
        algorithm: 'A256KW',
        kid: 'k1',
      }),
    );
    expect(await project.material('wrapping')).toMatchObject({ kid: 'k1', alg: 'A256KW', use: 'enc' });
    expect(refusal(await create('x', 'secret-AES', 'PRIVATE_KEY', { algorithm: 'HS512' }))).toBe(
      'Algorithm (HS512) is not valid for OCT keys with use type SIGNATURE! Valid values: HS256',
    );
    accepted(await store('short', 'SECRET_KEY', Buffer.alloc(8).toString('base64'), { algorithm: 'DES' }));
    expect(refusal(await create('x', 'short', 'PRIVATE_KEY', { algorithm: 'HS256' }))).toContain(
      'needs at least 32 bytes',
    );
  });

  test('has no public half', async () => {
    expect(refusal(await create('x', 'secret-AES', 'PUBLIC_KEY', { algorithm: 'HS256' }))).toBe(
      'Key (name: secret-AES) is a SECRET_KEY, which has no public half! Use source type PRIVATE_KEY',
    );
    expect(await project.names('jwks')).not.toContain('x');
  });
});

test('no list, error or node answer holds a private member', async () => {
  const jwks = JSON.stringify((await project.call('GET', 'jwks/')).body);
  const keys = JSON.stringify((await project.call('GET', 'keys/')).body);
  const published = JSON.stringify(await publishedKeys(node));
  for (const { d, p, k } of [
    jwkOf(rsa),
    jwkOf(ec),
    jwkOf(okp),
    { k: Buffer.alloc(32, 7).toString('base64url') },
  ] as Item[]) {
    for (const member of [d, p, k]) if (member) expect(jwks + keys + published).not.toContain(member);
  }
  expect(jwks + keys).not.toContain('PRIVATE KEY-----');
});
