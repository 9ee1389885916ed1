import { calculateJwkThumbprint } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import {
  accepted,
  type Item,
  type ProjectApi,
  projectApi,
  publishedKeys,
  refusal,
} from '../api/support/project-api.ts';
import {
  curves,
  makeCurveKey,
  makeRsaKey,
  octKey,
  p256Public,
  publicHalf,
} from '../api/support/sample-keys.ts';
import { startHttpServer } from '../support/http-servers.ts';
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

const rsa = makeRsaKey();
const keys: readonly [what: string, type: string, jwk: Item][] = [
  ['RSA', 'RSA', rsa],
  ...curves.EC.map((curve): [string, string, Item] => [curve, 'EC', makeCurveKey(curve)]),
  ...curves.OKP.map((curve): [string, string, Item] => [curve, 'OKP', makeCurveKey(curve)]),
  ['oct', 'OCT', octKey(32)],
];
const asymmetric = keys.filter(([, type]) => type !== 'OCT');

const onlyItem = async (name: string): Promise<Item> => {
  const { body } = await project.call('GET', `jwks/?search=${name}`);
  expect(body.resultList).toHaveLength(1);
  return body.resultList[0];
};

describe('a pasted key', () => {
  test.each(keys)('of %s is stored whole, named by its thumbprint', async (what, type, jwk) => {
    accepted(await project.paste(`whole-${what}`, jwk));
    const kid = await calculateJwkThumbprint(jwk, 'sha256');
    expect(await project.jwk(`whole-${what}`)).toMatchObject({
      type,
      kid,
      sourceType: 'COPY_PASTE',
      sourceId: null,
    });
    expect(await project.material(`whole-${what}`)).toEqual({ ...jwk, kid });
  });

  test.each(asymmetric)('of %s is published without its private members', async (what, _type, jwk) => {
    accepted(await project.paste(`half-${what}`, publicHalf(jwk), `kid of ${what}`));
    const published = { ...publicHalf(jwk), kid: `kid of ${what}` };
    expect(await project.material(`half-${what}`)).toEqual(published);
    expect(await publishedKeys(node)).toContainEqual(published);
    const whole = { ...publicHalf(jwk), kid: await calculateJwkThumbprint(jwk) };
    expect(await publishedKeys(node, 'MyProject')).toContainEqual(whole);
    const one = await fetch(`${node.url}/projects/MyProject/jwks/whole-${what}`);
    expect(await one.json()).toEqual(whole);
  });

  test.each(keys)('of %s shows nothing private in lists or with publicOnly', async (what, _type, jwk) => {
    const item = await onlyItem(`whole-${what}`);
    const shown = JSON.stringify([item, await project.jwk(`whole-${what}`, '?publicOnly=true')]);
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) {
      if (jwk[member] !== undefined) expect(shown).not.toContain(jwk[member]);
    }
    expect(Object.keys(item).sort()).toEqual(
      [
        'name',
        'description',
        'projectId',
        'ringName',
        'ringState',
        'lastUsedAt',
        'sourceType',
        'sourceId',
        'sourceUrl',
        'sourceEnvironmentName',
        'sourceAliasName',
        'type',
        'curve',
        'size',
        'kid',
        'use',
        'algorithm',
        'notBeforeTime',
        'expirationTime',
        'createdAt',
        'updatedAt',
      ].sort(),
    );
  });

  test('that is secret is deployed and never published', async () => {
    const response = await fetch(`${node.url}/projects/MyProject/jwks/whole-oct`);
    expect(response.status).toBe(404);
    expect((await publishedKeys(node)).map(({ kty }) => kty)).not.toContain('oct');
    expect(await project.material('whole-oct', '?publicOnly=true')).toEqual({
      kty: 'oct',
      kid: expect.any(String),
    });
  });

  test('of RSA without CRT members is completed', async () => {
    const { n, e, d } = rsa;
    accepted(await project.paste('crt', { kty: 'RSA', n, e, d }));
    expect(await project.material('crt')).toMatchObject({
      n,
      e,
      d,
      p: expect.any(String),
      qi: expect.any(String),
    });
  });

  test('keeps use, key_ops and alg, which are published with the operations of the public key', async () => {
    const jwk = { ...makeCurveKey('P-256'), alg: 'ES256', key_ops: ['sign', 'verify'], use: 'sig' };
    accepted(await project.paste('operations', jwk, 'ops'));
    expect(await project.jwk('operations')).toMatchObject({ use: 'sig', algorithm: 'ES256' });
    expect((await publishedKeys(node)).find(({ kid }) => kid === 'ops')).toEqual({
      ...publicHalf(jwk),
      key_ops: ['verify'],
      kid: 'ops',
    });
  });

  test('loses unknown members, also private ones of another key type', async () => {
    const extra = { name: 'x', 'x-secret': 's3cret', k: 'c2VjcmV0', priv: { d: 'x' }, iat: 1, p: 'AQAB' };
    accepted(await project.paste('extra', { ...p256Public, ...extra }, 'extra'));
    expect(await project.material('extra')).toEqual({ ...p256Public, kid: 'extra' });
  });

  test('may name certificates by a URL, which the manager does not fetch', async () => {
    const server = await startHttpServer((_request, response) => response.end());
    accepted(await project.paste('x5u', { ...p256Public, x5u: `${server.origin}/chain.pem` }));
    expect(await project.material('x5u')).not.toHaveProperty('x5u');
    expect(server.connectionCount()).toBe(0);
    await server.close();
  });
});

describe('pasted text', () => {
  const broken: readonly [text: string, refused: string | RegExp][] = [
    ['{', 'JWK string is not valid JSON: it ends too early, at line 1, column 2'],
    ['not json', 'JWK string is not valid JSON: unexpected text at line 1, column 1'],
    ['{"kty":"EC" "crv"}', 'JWK string is not valid JSON: a comma is missing at line 1, column 13'],
    ['"text"', 'A JWK or a JWK Set is a JSON object (RFC 7517), not string'],
    ['null', 'A JWK or a JWK Set is a JSON object (RFC 7517), not null'],
    ['[]', /^A JSON array is not a JWK Set!/],
    ['{}', /^No key found!/],
    ['{"keys":[]}', 'No key found! The JWK Set is empty'],
    ['{"keys":{}}', 'keys of a JWK Set must be an array (RFC 7517 §5.1)'],
    ['{"kty":"RSA","kty":"EC"}', 'JWK string is not valid JSON: member "kty" is given twice'],
    ['{"kty":"EC","k\\u0074y":"EC"}', 'JWK string is not valid JSON: member "kty" is given twice'],
    ['{"__proto__":{"kty":"EC"}}', 'JWK string is not valid JSON: a member named __proto__ is not allowed'],
    ['['.repeat(50_000), 'JWK string is not valid JSON: it is nested deeper than 32 levels'],
    ['{"kty":"DSA"}', 'kty (DSA) is not supported! Valid values: RSA, EC, OKP, AKP, oct'],
    ['{"kty":"rsa"}', 'kty (rsa) is not supported! Valid values: RSA, EC, OKP, AKP, oct'],
    ['{"kty":"oct"}', 'k is required in an OCT JWK!'],
    ['{"kty":"RSA","n":"...","e":"AQAB"}', /^n is not base64url: it holds a character outside/],
    ['{"kty":"RSA","n":5,"e":"AQAB"}', 'n must be a string, not number'],
    ['-----BEGIN PUBLIC KEY-----', /^JWK string is not valid JSON/],
  ];
  test.each(broken)('that is no key is refused: %#', async (text, refused) => {
    expect(refusal(await project.paste('broken', text))).toMatch(refused);
  });

  test.each([' ', '\n', '\u{feff}'])('may begin with %j', async (start) => {
    const name = `start-${start.codePointAt(0)}`;
    accepted(await project.paste(name, start + JSON.stringify(p256Public)));
  });

  test('of a key that is refused stores nothing', async () => {
    expect(await project.names('jwks')).not.toContain('broken');
  });
});
