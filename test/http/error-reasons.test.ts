import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpWorld, type Method, openHttpWorld } from './support/http-world.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await openHttpWorld();
  await world.call('POST', '/apiops/projects/', { body: { name: 'MyProject' } });
  await world.call('POST', '/apiops/environments/', { body: { name: 'production', type: 'TEST' } });
});
afterAll(() => world.close());

const jwks = '/apiops/projects/MyProject/jwks/';
const generate = `${jwks}generate`;
const keys = '/apiops/projects/MyProject/keys/';
const keystores = '/apiops/projects/MyProject/keystores/';
const pasted = { name: 'a', sourceType: 'COPY_PASTE' };

test.each<readonly [Method, string, unknown, string, string | undefined]>([
  ['POST', '/apiops/projects/', { name: 'MyProject' }, 'NAME_TAKEN', 'name'],
  ['POST', '/apiops/projects/', { name: '' }, 'FIELD_REQUIRED', 'name'],
  ['POST', '/apiops/projects/', { name: 'a b' }, 'FIELD_NOT_VALID', 'name'],
  ['POST', '/apiops/projects/', { name: 1 }, 'FIELD_NOT_VALID', 'name'],
  ['POST', '/apiops/projects/', {}, 'FIELD_REQUIRED', 'name'],
  ['POST', '/apiops/projects/', { name: 'b', colour: 'red' }, 'FIELD_UNKNOWN', 'colour'],
  ['GET', '/apiops/projects/nowhere/jwks/', undefined, 'NOT_FOUND', undefined],
  ['POST', '/apiops/environments/', { name: 'x' }, 'FIELD_REQUIRED', 'type'],
  ['POST', '/apiops/environments/', { name: 'x', type: 'MOON' }, 'FIELD_NOT_VALID', 'type'],
  ['POST', '/apiops/environments/', { name: 'production', type: 'TEST' }, 'NAME_TAKEN', 'name'],
  ['POST', '/apiops/environments/', { name: 'x', type: 'TEST', projects: ['no'] }, 'NOT_FOUND', 'projects'],
  [
    'POST',
    '/apiops/environments/',
    { name: 'x', type: 'TEST', accessUrl: 'x' },
    'FIELD_NOT_VALID',
    'accessUrl',
  ],
  ['PUT', '/apiops/projects/MyProject/members/nobody/', { roles: ['ROLE_ADMIN'] }, 'NOT_FOUND', 'username'],
  ['POST', jwks, { name: 'a' }, 'FIELD_REQUIRED', 'sourceType'],
  ['POST', jwks, { name: 'a', sourceType: 'MOON' }, 'FIELD_NOT_VALID', 'sourceType'],
  ['POST', jwks, pasted, 'FIELD_REQUIRED', 'jwkStr'],
  ['POST', jwks, { ...pasted, jwkStr: '{' }, 'DOCUMENT_NOT_VALID', 'jwkStr'],
  ['POST', jwks, { ...pasted, jwkStr: '{"kty":"XY"}' }, 'KEY_NOT_SUPPORTED', 'jwkStr'],
  ['POST', jwks, { ...pasted, jwkStr: '{"kty":"EC","crv":"P-256"}' }, 'KEY_MALFORMED', 'jwkStr'],
  ['POST', jwks, { name: 'a', sourceType: 'URL', url: 'http://127.0.0.1:9/' }, 'URL_NOT_ALLOWED', 'url'],
  [
    ...(['POST', jwks] as const),
    {
      name: 'a',
      sourceType: 'CERTIFICATE',
      certificateName: 'c',
      environmentName: 'nowhere',
      useType: 'SIGNATURE',
      algorithm: 'ES256',
    },
    'NOT_FOUND',
    'environmentName',
  ],
  ['GET', `${jwks}nowhere/`, undefined, 'NOT_FOUND', undefined],
  ['POST', generate, { name: 'a' }, 'FIELD_REQUIRED', 'type'],
  ['POST', generate, { name: 'a', type: 'EC', ec: { curveType: 'P1' } }, 'FIELD_NOT_VALID', 'ec.curveType'],
  ['GET', `${jwks}?sort=moon`, undefined, 'FIELD_NOT_VALID', 'sort'],
  ['POST', keys, { name: 'k', keyType: 'MOON' }, 'FIELD_NOT_VALID', 'keyType'],
  [
    ...(['POST', keys] as const),
    {
      name: 'k',
      keyType: 'PRIVATE_KEY',
      cryptoKeyInfoEnvironmentList: [{ environmentName: 'production', content: 'no key' }],
    },
    'FIELD_NOT_VALID',
    'content',
  ],
  ['POST', keystores, { name: 's' }, 'FIELD_REQUIRED', 'keyStoreEnvironmentList'],
])('%s %s with %j is refused for %s of %s', async (method, url, body, reason, member) => {
  const answer = await world.call(method, url, body === undefined ? {} : { body });
  expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  const { error_description: _text, ...facts } = answer.json();
  expect(facts).toMatchObject({ reason, ...(member !== undefined && { member }) });
  if (member === undefined) expect(facts).not.toHaveProperty('member');
});
