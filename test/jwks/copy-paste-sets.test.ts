import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PublicJwk } from '../../src/jose/jwk.ts';
import { thumbprint } from '../../src/jose/thumbprint.ts';
import { accepted, type Item, type ProjectApi, projectApi, refusal } from '../api/support/project-api.ts';
import {
  makeCurveKey,
  octKey,
  p256Private,
  p256Public,
  p256Thumbprint,
  publicHalf,
} from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager();
  project = projectApi(world.api);
});
afterAll(() => world.close());

const one = { ...p256Public, kid: 'one' };
const two = { ...publicHalf(makeCurveKey('Ed25519')), kid: 'two' };
const three: Item = { ...octKey(32), kid: 'three' };
/** RFC 7517 A.3: of its two keys the first has no kid. */
const rfc7517Aes = { kty: 'oct', alg: 'A128KW', k: 'GawgguFyGrWKav7AX4VKUg' };
const rfc7517Hmac = {
  kty: 'oct',
  k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
  kid: 'HMAC key used in JWS spec Appendix A.1 example',
};
const rfc7517AesThumbprint = 'k1JnWRfC-5zzmL72vXIuBgTLfVROXBakS4OmGcrMCoc';
let made = 0;

async function kidOf(jwk: unknown, kid?: string): Promise<string> {
  made += 1;
  accepted(await project.paste(`made-${made}`, jwk, kid));
  return (await project.material(`made-${made}`)).kid;
}
const refused = async (jwk: unknown, kid?: string) => refusal(await project.paste('refused', jwk, kid));

describe('the kid', () => {
  const longest = 'k'.repeat(512);
  test.each<[what: string, jwk: unknown, kid: string | undefined, taken: string]>([
    ['of a key is kept', one, undefined, 'one'],
    ['of a key may be given as well', one, 'one', 'one'],
    ['that is given is taken by a key without', p256Public, 'given', 'given'],
    ['is the thumbprint where there is none', p256Public, undefined, p256Thumbprint],
    ['is the thumbprint where an empty one is given', p256Public, '', p256Thumbprint],
    ['of the only key of a set is kept', { keys: [one] }, undefined, 'one'],
    ['that is given is taken by the only key of a set', { keys: [p256Public] }, 'given', 'given'],
    ['is the thumbprint of the only key of a set', { keys: [p256Public] }, undefined, p256Thumbprint],
    ['chooses the first key of a set', { keys: [one, two, three] }, 'one', 'one'],
    ['chooses the last key of a set', { keys: [one, two, three] }, 'three', 'three'],
    [
      'chooses a key that has none by its thumbprint',
      { keys: [p256Public, two] },
      p256Thumbprint,
      p256Thumbprint,
    ],
    [
      'is the thumbprint of the key of RFC 7517 A.3 that has none',
      rfc7517Aes,
      undefined,
      rfc7517AesThumbprint,
    ],
    [
      'chooses the key of RFC 7517 A.3 that has none by its thumbprint',
      { keys: [rfc7517Aes, rfc7517Hmac] },
      rfc7517AesThumbprint,
      rfc7517AesThumbprint,
    ],
    [
      'chooses the other key of RFC 7517 A.3',
      { keys: [rfc7517Aes, rfc7517Hmac] },
      rfc7517Hmac.kid,
      rfc7517Hmac.kid,
    ],
    ['may be of any script', { ...p256Public, kid: 'Schlüssel 鍵/1+2=' }, undefined, 'Schlüssel 鍵/1+2='],
    ['may have 512 characters', p256Public, longest, longest],
  ])('%s', async (_what, jwk, kid, taken) => {
    expect(await kidOf(jwk, kid)).toBe(taken);
  });

  test.each<[what: string, jwk: unknown, kid: string | undefined, text: string]>([
    ['that is given is not the one of the key', one, 'other', 'kid (other) is not found in the JWK Set!'],
    ['is in another case', { keys: [one, two] }, 'ONE', 'kid (ONE) is not found in the JWK Set!'],
    ['is not in the set', { keys: [one, two] }, 'none', 'kid (none) is not found in the JWK Set!'],
    ['is not that of the only key', { keys: [one] }, 'none', 'kid (none) is not found in the JWK Set!'],
    [
      'is missing with several keys',
      { keys: [one, two] },
      undefined,
      'kid is required because the JWK Set holds 2 keys! Available values: one, two',
    ],
    [
      'is empty with several keys',
      { keys: [one, two] },
      ' ',
      'kid is required because the JWK Set holds 2 keys! Available values: one, two',
    ],
    [
      'is in none of several keys',
      { keys: [p256Public, publicHalf(two)].map(({ kid: _, ...key }: Item) => key) },
      undefined,
      `kid is required because the JWK Set holds 2 keys! None of them has a kid. Each is selected by its RFC 7638 thumbprint: ${p256Thumbprint}, ${thumbprint(two as PublicJwk)}`,
    ],
    ['is a number', { ...p256Public, kid: 1 }, undefined, 'kid must be a string, not number'],
    ['is too long', p256Public, 'k'.repeat(513), 'kid has 513 characters; at most 512 are accepted'],
    [
      'holds what can not be printed',
      p256Public,
      'a\u{7}b',
      'kid holds a control character; only printable characters are accepted',
    ],
  ])('that %s is refused', async (_what, jwk, kid, text) => {
    expect(await refused(jwk, kid)).toBe(text);
  });
});

describe('in a JWK Set', () => {
  const siblings: readonly [what: string, sibling: unknown][] = [
    ['of unknown type', { kty: 'ML-DSA', kid: 'x', pub: 'AQAB' }],
    ['of unknown type with the same kid', { kty: 'XYZ', kid: 'one', alg: 'ML-DSA-44', pub: 'AQAB' }],
    ['without a type', { kid: 'x' }],
    ['of an unknown curve', { kty: 'EC', crv: 'P-192', x: 'AA', y: 'AA', kid: 'x' }],
    ['off its curve', { ...p256Public, y: p256Public.x, kid: 'x' }],
    ['with members missing', { kty: 'RSA', e: 'AQAB', kid: 'x' }],
    ['with members missing and the same kid', { kty: 'RSA', e: 'AQAB', kid: 'one' }],
    ['that is text', 'key'],
    ['that is null', null],
    ['that is a list', [one]],
    ['with a kid of another type', { ...p256Public, kid: 1 }],
  ];
  test.each(siblings)('a key %s does not stop the one that was asked for', async (_what, sibling) => {
    expect(await kidOf({ keys: [sibling, one] }, 'one')).toBe('one');
    expect(await kidOf({ keys: [one, sibling], extra: 'x' }, 'one')).toBe('one');
  });

  test('a key that is broken is refused with its own fault when it is the one', async () => {
    const broken = { ...p256Public, y: p256Public.x, kid: 'broken' };
    expect(await refused({ keys: [one, broken] }, 'broken')).toContain('EC key is not sound');
    expect(await refused({ keys: [one, { kty: 'XYZ', kid: 'new' }] }, 'new')).toContain(
      'kty (XYZ) is not supported!',
    );
    expect(await refused({ keys: [{ kty: 'XYZ' }] })).toContain('kty (XYZ) is not supported!');
  });

  test('a kid that names two different keys is refused', async () => {
    const text = 'kid (one) names different keys in the JWK Set; a kid must name one key';
    expect(await refused({ keys: [one, { ...two, kid: 'one' }] }, 'one')).toBe(text);
    expect(await refused({ keys: [one, { ...one, ...p256Private }] }, 'one')).toBe(text);
    expect(await kidOf({ keys: [one, two, { ...two }] }, 'one')).toBe('one');
  });

  test('a key that is there twice is one key', async () => {
    const { kty, ...rest } = one;
    expect(await kidOf({ keys: [one, { ...rest, kty }] }, 'one')).toBe('one');
    expect(await kidOf({ keys: [one, two, { ...rest, kty, issued: 1 }] }, 'one')).toBe('one');
  });

  test('only the key that was chosen is stored', async () => {
    accepted(
      await project.paste(
        'chosen',
        { keys: [one, { ...makeCurveKey('P-384'), kid: 'p384' }, three] },
        'p384',
      ),
    );
    expect(await project.material('chosen')).toMatchObject({
      crv: 'P-384',
      d: expect.any(String),
      kid: 'p384',
    });
    const all = JSON.stringify(await world.api('GET', '/apiops/projects/MyProject/jwks/'));
    expect(all).not.toContain(three.k);
  });
});

test('a set of 100,000 characters is read by the same rules, with the same errors', async () => {
  const long = { keys: [one, two], comment: 'x'.repeat(100_000) };
  expect(await kidOf(long, 'two')).toBe('two');
  expect((await project.paste('refused', long)).body).toMatchObject({
    error_description: 'kid is required because the JWK Set holds 2 keys! Available values: one, two',
    reason: 'FIELD_REQUIRED',
    member: 'kid',
  });
  expect((await project.paste('refused', long, 'none')).body).toMatchObject({
    error_description: 'kid (none) is not found in the JWK Set!',
    reason: 'KEY_NOT_FOUND',
    member: 'kid',
  });
});

test('a refused set stores nothing', async () => {
  expect(await project.names('jwks')).not.toContain('refused');
});
