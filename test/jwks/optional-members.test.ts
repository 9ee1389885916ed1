import { createHash, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PublicJwk } from '../../src/jose/jwk.ts';
import { thumbprint } from '../../src/jose/thumbprint.ts';
import {
  accepted,
  type Body,
  type Item,
  type ProjectApi,
  projectApi,
  refusal,
} from '../api/support/project-api.ts';
import { makeCurveKey, p256Public, pemFixture, publicHalf } from '../api/support/sample-keys.ts';
import { makeRsa, publicHalf as publicRsaHalf } from '../jose/made-keys.ts';
import { type HttpTestServer, startHttpServer } from '../support/http-servers.ts';
import { apiOf, startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let project: ProjectApi;
let server: HttpTestServer;
/** The response of the server. */
let page: unknown;
beforeAll(async () => {
  world = await startTestManager({ settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' } });
  project = projectApi(world.api);
  server = await startHttpServer((_request, response) => response.end(JSON.stringify(page)));
});
afterAll(async () => {
  await world.close();
  await server.close();
});

const rsa: Item = publicRsaHalf(makeRsa());
const padded = (text: string, octets: number) =>
  Buffer.concat([Buffer.alloc(octets), Buffer.from(text, 'base64url')]).toString('base64url');
const digest = (algorithm: string) => createHash(algorithm).update('certificate').digest();
const [sha1, sha256] = [digest('sha1'), digest('sha256')];
const ascii = (text: string) => Buffer.from(text, 'latin1').toString('base64url');
const hexWarning = (member: string) =>
  `${member} was written as hexadecimal text; it was rewritten as base64url of the digest (RFC 7517 §4.8)`;
const shortened = (member: string) =>
  `${member} began with a zero octet; it was rewritten in the fewest octets (RFC 7518 §6.3.1)`;

let made = 0;
const nextName = () => {
  made += 1;
  return `made-${made}`;
};
const optional = ['use', 'alg', 'key_ops', 'kid', 'x5t', 'x5t#S256', 'x5c', 'x5u', 'oth'];

const normalised: readonly [what: string, jwk: Item, stored: Item, warnings: readonly string[]][] = [
  ...optional.map((member): [string, Item, Item, string[]] => [
    `${member} of null`,
    { ...rsa, [member]: null },
    rsa,
    [`${member} is null; it was left out`],
  ]),
  ...optional.map((member): [string, Item, Item, string[]] => [
    `${member} of an empty array`,
    { ...p256Public, [member]: [] },
    p256Public,
    [`${member} is an empty array; it was left out`],
  ]),
  ...optional.map((member): [string, Item, Item, string[]] => [
    `${member} of an empty string`,
    { ...p256Public, [member]: '' },
    p256Public,
    [`${member} is an empty string; it was left out`],
  ]),
  [
    'x5t as hexadecimal text in base64url',
    { ...rsa, x5t: ascii(sha1.toString('hex')) },
    { ...rsa, x5t: sha1.toString('base64url') },
    [hexWarning('x5t')],
  ],
  [
    'x5t as upper-case hexadecimal text',
    { ...rsa, x5t: sha1.toString('hex').toUpperCase() },
    { ...rsa, x5t: sha1.toString('base64url') },
    [hexWarning('x5t')],
  ],
  [
    'x5t#S256 as hexadecimal text in base64url',
    { ...rsa, 'x5t#S256': ascii(sha256.toString('hex')) },
    { ...rsa, 'x5t#S256': sha256.toString('base64url') },
    [hexWarning('x5t#S256')],
  ],
  [
    'x5t with colons',
    { ...rsa, x5t: (sha1.toString('hex').match(/../g) ?? []).join(':') },
    { ...rsa, x5t: sha1.toString('base64url') },
    [hexWarning('x5t')],
  ],
  ['n behind a zero octet', { ...rsa, n: padded(rsa.n, 1) }, rsa, [shortened('n')]],
  [
    'n and e behind zero octets',
    { ...rsa, n: padded(rsa.n, 2), e: padded(rsa.e, 1) },
    rsa,
    [shortened('n'), shortened('e')],
  ],
  [
    'key_ops with a value that is not known',
    { ...rsa, key_ops: ['verify', 'seal'] },
    { ...rsa, key_ops: ['verify'] },
    ['key_ops value (seal) is not known; it was left out'],
  ],
  [
    'key_ops of nothing that is known',
    { ...rsa, key_ops: ['seal', 'open'] },
    rsa,
    [
      'key_ops value (seal) is not known; it was left out',
      'key_ops value (open) is not known; it was left out',
    ],
  ],
];

describe('an optional member that does not concern the key', () => {
  test.each(normalised)(
    'does not reject the key, and has a warning: %s',
    async (_what, jwk, stored, warnings) => {
      const name = nextName();
      const answer = await project.paste(name, jwk, name);
      accepted(answer);
      expect(answer.body.warnings).toEqual(warnings);
      expect(await project.material(name)).toEqual({ ...stored, kid: name });
    },
  );

  test.each([
    ['is null', { d: null }, /^d must be a string, not null$/],
    ['is empty', { x: '' }, /^x is empty/],
    ['is too short', { y: 'AAAA' }, /y has 3 bytes/],
    ['has a zero octet too many', { y: padded(p256Public.y ?? '', 1) }, /y has 33 bytes/],
  ])('does not excuse a member that concerns the key: a coordinate that %s', async (_what, members, text) => {
    expect(refusal(await project.paste(nextName(), { ...p256Public, ...members }))).toMatch(text);
  });

  test('that was rewritten must still agree with the others', async () => {
    const { raw, publicKey } = new X509Certificate(pemFixture('leaf.pem'));
    const certified = { ...publicKey.export({ format: 'jwk' }), x5c: [raw.toString('base64')] };
    const x5t = createHash('sha1').update(raw).digest('hex');
    const name = nextName();
    accepted(await project.paste(name, { ...certified, x5t }, name));
    const other = { ...certified, x5t: sha1.toString('hex') };
    expect(refusal(await project.paste(nextName(), other))).toBe(
      'x5t contradicts x5c: it is the digest of another certificate',
    );
  });

  test('has its key named by the thumbprint of what is stored', async () => {
    const name = nextName();
    accepted(await project.paste(name, { ...rsa, n: padded(rsa.n, 1), kid: null }));
    expect((await project.jwk(name)).kid).toBe(thumbprint(rsa as PublicJwk));
    accepted(await project.call('DELETE', `jwks/${name}/`));
  });

  test('has a warning for every source type, and the same one when the request is repeated', async () => {
    page = { ...p256Public, use: null };
    const jwkStr = JSON.stringify(page);
    const warnings = ['use is null; it was left out'];
    const ways: readonly (readonly [method: string, path: string, body: unknown])[] = [
      ['POST', 'jwks/', { name: 'given', sourceType: 'COPY_PASTE', jwkStr, kid: 'given' }],
      ['PUT', 'jwks/given/', { sourceType: 'URL', url: server.origin, kid: 'given' }],
      ['POST', 'jwks/parse-from-clipboard', { name: 'given-2', jwkStr, kid: 'given-2' }],
      ['POST', 'jwks/parse-from-url', { name: 'given-3', url: server.origin, kid: 'given-3' }],
    ];
    for (const [method, path, body] of ways) {
      const { body: answer } = await project.call(method, path, body);
      expect(answer, path).toMatchObject({ success: true, warnings });
      expect(answer.deploymentResult).not.toHaveProperty('warnings');
    }
    const form = () => {
      const data = new FormData();
      data.append('jwkName', 'given-4');
      data.append('kid', 'given-4');
      data.append('jwkFile', new Blob([jwkStr]), 'key.json');
      return data;
    };
    const repeatable = apiOf(world.url, world.api.token, { 'idempotency-key': 'given' });
    const path = '/apiops/projects/MyProject/jwks/import-file/';
    const first = await repeatable('POST', path, form());
    expect(first.body).toMatchObject({ success: true, warnings });
    expect((await repeatable('POST', path, form())).body).toEqual(first.body);
  });

  test('is stored with the Idempotency-Key, so that a repeated request whose first answer was lost has the warning too', async () => {
    const { services } = world.manager;
    const projectId = (await services.store.read((stores) => stores.projects.list()))[0]?.id ?? '';
    const kept: unknown[] = [];
    const once = { save: async (_stores: unknown, deployment: unknown) => void kept.push(deployment) };
    const scope = { projectId, projectName: 'MyProject', actor: 'admin', once };
    const request = {
      sourceType: 'COPY_PASTE',
      jwkStr: JSON.stringify({ ...p256Public, use: null }),
      kid: 'kept',
    };
    await services.createJwk(scope, { ...request, name: 'kept' });
    await services.updateJwk(scope, 'kept', request);
    const warnings = ['use is null; it was left out'];
    expect(kept).toMatchObject([
      { verb: 'deploy', warnings },
      { verb: 'deploy', warnings },
    ]);
  });

  test('is shown by a look into the source, with the thumbprint that selects the key', async () => {
    const jwkStr = JSON.stringify({ keys: [{ ...p256Public, x5c: [] }, rsa] });
    const { body } = await project.call('POST', 'jwks/inspect/', { sourceType: 'COPY_PASTE', jwkStr });
    expect(body.resultList).toMatchObject([
      {
        warnings: ['x5c is an empty array; it was left out'],
        thumbprint: thumbprint(p256Public as PublicJwk),
      },
      { warnings: [], thumbprint: thumbprint(rsa as PublicJwk) },
    ]);
  });
});

describe('the use type and algorithm that a request gives', () => {
  const create = (jwk: unknown, more: Body) => {
    const name = nextName();
    page = jwk;
    return {
      name,
      pasted: project.create({
        name,
        sourceType: 'COPY_PASTE',
        jwkStr: JSON.stringify(jwk),
        kid: name,
        ...more,
      }),
    };
  };
  const x25519 = publicHalf(makeCurveKey('X25519'));

  test.each<[string, Item, Body, Body]>([
    ['both', rsa, { useType: 'SIGNATURE', algorithm: 'PS256' }, { use: 'sig', alg: 'PS256' }],
    ['the use type alone', rsa, { useType: 'ENCRYPTION' }, { use: 'enc' }],
    ['the algorithm alone', p256Public, { algorithm: 'ECDH-ES' }, { alg: 'ECDH-ES' }],
    [
      "an algorithm for the key's own use",
      { ...rsa, use: 'enc' },
      { algorithm: 'RSA-OAEP-256' },
      { use: 'enc', alg: 'RSA-OAEP-256' },
    ],
    [
      'what the key says as well',
      { ...p256Public, use: 'sig', alg: 'ES256' },
      { useType: 'SIGNATURE', algorithm: 'ES256' },
      { use: 'sig', alg: 'ES256' },
    ],
    ['nothing, as forms do', rsa, { useType: '', algorithm: '' }, {}],
    [
      'what fits key_ops',
      { ...rsa, key_ops: ['verify'] },
      { useType: 'SIGNATURE', algorithm: 'RS512' },
      { use: 'sig', alg: 'RS512', key_ops: ['verify'] },
    ],
    [
      'both where the key has null',
      { ...rsa, use: null, alg: '' },
      { useType: 'SIGNATURE', algorithm: 'RS256' },
      { use: 'sig', alg: 'RS256' },
    ],
  ])('are taken where the key has none: %s', async (_what, jwk, asked, members) => {
    const { name, pasted } = create(jwk, asked);
    accepted(await pasted);
    const { use, alg, key_ops } = await project.material(name);
    expect({ use, alg, key_ops }).toEqual({ use: undefined, alg: undefined, key_ops: undefined, ...members });
  });

  test.each<[string, Item, Body, string, string]>([
    [
      'another algorithm',
      { ...rsa, alg: 'RS256' },
      { algorithm: 'PS256' },
      'algorithm',
      'Algorithm (PS256) contradicts alg (RS256) of the key! Leave algorithm out',
    ],
    [
      'another use type',
      { ...rsa, use: 'sig' },
      { useType: 'ENCRYPTION' },
      'useType',
      'Use type (ENCRYPTION) contradicts use (sig) of the key! Leave useType out',
    ],
    [
      'a use type against its alg',
      { ...rsa, alg: 'RS256' },
      { useType: 'ENCRYPTION' },
      'useType',
      'Use type (ENCRYPTION) contradicts alg (RS256) of the key! Leave useType out',
    ],
    [
      'an algorithm against its use',
      { ...rsa, use: 'enc' },
      { algorithm: 'RS256' },
      'algorithm',
      'Algorithm (RS256) is not valid for RSA keys with use type ENCRYPTION!',
    ],
    [
      'an algorithm of another key type',
      rsa,
      { useType: 'SIGNATURE', algorithm: 'ES256' },
      'algorithm',
      'Algorithm (ES256) is not valid for RSA keys with use type SIGNATURE!',
    ],
    [
      'an algorithm of another curve',
      p256Public,
      { algorithm: 'ES384' },
      'algorithm',
      'Algorithm (ES384) is not valid for EC keys with use type SIGNATURE! Valid values: ES256',
    ],
    [
      'an algorithm that is none',
      rsa,
      { algorithm: 'RSA' },
      'algorithm',
      'Algorithm (RSA) is not valid for RSA keys with use type SIGNATURE!',
    ],
    [
      'an algorithm of another use type',
      rsa,
      { useType: 'ENCRYPTION', algorithm: 'RS256' },
      'algorithm',
      'Algorithm (RS256) is not valid for RSA keys with use type ENCRYPTION!',
    ],
    [
      'a use type against key_ops',
      { ...rsa, key_ops: ['verify'] },
      { useType: 'ENCRYPTION' },
      'useType',
      'key_ops (verify) contradicts use (enc)',
    ],
    [
      'an algorithm against key_ops',
      { ...rsa, key_ops: ['verify'] },
      { algorithm: 'RSA-OAEP-256' },
      'algorithm',
      'key_ops (verify) contradicts alg (RSA-OAEP-256)',
    ],
    [
      'a use type that the curve cannot serve',
      x25519,
      { useType: 'SIGNATURE' },
      'useType',
      'use (sig) contradicts the key: curve X25519 is for encryption only',
    ],
  ])('are rejected where they contradict the key: %s', async (_what, jwk, asked, member, text) => {
    const pasted = await create(jwk, asked).pasted;
    expect(refusal(pasted)).toContain(text);
    expect(pasted.body).toMatchObject({ reason: 'ALGORITHM_NOT_VALID', member });
    const fetched = await project.create({
      name: nextName(),
      sourceType: 'URL',
      url: server.origin,
      ...asked,
    });
    expect(fetched.body).toEqual(pasted.body);
  });

  test('are rejected if they are not valid', async () => {
    const answer = await create(rsa, { useType: 'sig' }).pasted;
    expect(answer.body).toMatchObject({ reason: 'FIELD_NOT_VALID', member: 'useType' });
    expect(refusal(answer)).toBe('Use type (sig) is not valid! Valid values: SIGNATURE, ENCRYPTION');
  });
});
