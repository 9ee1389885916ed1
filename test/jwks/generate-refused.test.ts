import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import {
  accepted,
  type Body,
  footprint,
  type ProjectApi,
  projectApi,
  refusal,
} from '../api/support/project-api.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let node: RunningNode;
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  node = await world.addNode('production', 'p1');
  project = projectApi(world.api);
  const taken = { name: 'taken', type: 'OCT', oct: { keySize: 256 } };
  accepted(await project.call('POST', 'jwks/generate', taken));
});
afterAll(() => world.close());

const rsa = (parameters: Body) => ({ type: 'RSA', rsa: { keySize: 2048, ...parameters } });
const ec = (parameters: Body) => ({ type: 'EC', ec: { curveType: 'P256', ...parameters } });
const oct = (parameters: Body) => ({ type: 'OCT', oct: { keySize: 256, ...parameters } });
const okp = (parameters: Body) => ({ type: 'OKP', okp: { curveType: 'ED25519', ...parameters } });
const encryption = { keyUseType: 'ENCRYPTION' };

const rsaSizes = 'Valid values: 2048, 3072, 4096';
const octSizes = 'Valid values: 128, 192, 256, 384, 512';
const ecCurves = 'Valid values: P256, P384, P521, SECP256K1';
const instant = 'It takes ISO 8601, such as 2026-01-31T00:00:00Z';

describe('a key that is not generated', () => {
  test.each<[body: Body, text: string | RegExp]>([
    [{ name: null, type: 'X' }, 'JWK name can not be empty!'],
    [{ name: ' ' }, 'JWK name can not be empty!'],
    [{ name: '../x' }, /^JWK name \(\.\.\/x\) is not valid!/],
    [{ name: 'taken' }, 'JWK type can not be empty!'],
    [{}, 'JWK type can not be empty!'],
    [{ type: '' }, 'JWK type can not be empty!'],
    [{ type: 'rsa' }, 'JWK type (rsa) is not valid! Valid values: RSA, EC, OCT, OKP, AKP'],
    [{ type: 'X', name: 'taken' }, 'JWK type (X) is not valid! Valid values: RSA, EC, OCT, OKP, AKP'],
    [
      { ...rsa({ keySize: 1 }), name: 'taken' },
      'JWK (name: taken) is already exist! Try update operation if want to change its value.',
    ],
    [{ type: 'RSA' }, 'rsa is required for type RSA!'],
    [{ type: 'RSA', ec: { curveType: 'P256' } }, 'rsa is required for type RSA!'],
    [{ ...rsa({}), ec: {} }, 'ec does not belong to type RSA! Give rsa alone'],
    [rsa({ keySize: null }), `rsa.keySize is required! ${rsaSizes}`],
    [rsa({ keySize: 1024 }), `rsa.keySize (1024) is not valid! ${rsaSizes}`],
    [rsa({ keySize: 2049 }), `rsa.keySize (2049) is not valid! ${rsaSizes}`],
    [rsa({ keySize: 8192 }), `rsa.keySize (8192) is not valid! ${rsaSizes}`],
    [rsa({ keySize: '2048' }), /^rsa\.keySize must be/],
    [rsa({ keySize: 2048.5 }), /^rsa\.keySize must be/],
    [rsa({ curveType: 'P256' }), /^Unknown member: curveType in rsa!/],
    [oct({ keySize: 200 }), `oct.keySize (200) is not valid! ${octSizes}`],
    [oct({ keySize: 0 }), `oct.keySize (0) is not valid! ${octSizes}`],
    [oct({ keySize: 1024 }), `oct.keySize (1024) is not valid! ${octSizes}`],
    [ec({ curveType: null }), `ec.curveType is required! ${ecCurves}`],
    [ec({ curveType: 'P-256' }), `ec.curveType (P-256) is not valid! ${ecCurves}`],
    [ec({ curveType: 'P224' }), `ec.curveType (P224) is not valid! ${ecCurves}`],
    [
      okp({ curveType: 'Ed25519' }),
      'okp.curveType (Ed25519) is not valid! Valid values: ED25519, X25519, ED448, X448',
    ],
    [rsa({ keyUseType: 'sig' }), 'keyUseType (sig) is not valid! Valid values: SIGNATURE, ENCRYPTION'],
    [
      rsa({ keyIdType: 'UUID' }),
      'keyIdType (UUID) is not valid! Valid values: TIMESTAMP, SHA256, SHA1, ISO_DATE, NONE',
    ],
    [
      rsa({ algorithm: 'ES256' }),
      'Algorithm (ES256) is not valid for RSA keys with use type SIGNATURE! Valid values: RS256, RS384, RS512, PS256, PS384, PS512',
    ],
    [
      rsa({ algorithm: 'RS256', ...encryption }),
      'Algorithm (RS256) is not valid for RSA keys with use type ENCRYPTION! Valid values: RSA1_5, RSA-OAEP, RSA-OAEP-256, RSA-OAEP-384, RSA-OAEP-512',
    ],
    [
      ec({ algorithm: 'ES384' }),
      'Algorithm (ES384) is not valid for EC keys with use type SIGNATURE! Valid values: ES256',
    ],
    [ec({ curveType: 'P521', algorithm: 'ES256' }), /Valid values: ES512$/],
    [
      okp({ curveType: 'X25519', algorithm: 'EdDSA', keyUseType: 'SIGNATURE' }),
      /No algorithm of this use type fits OKP keys on curve X25519/,
    ],
    [
      okp({ curveType: 'X448', keyUseType: 'SIGNATURE' }),
      /^No algorithm with use type SIGNATURE fits OKP keys/,
    ],
    [okp(encryption), /^No algorithm with use type ENCRYPTION fits OKP keys/],
    [ec({ curveType: 'SECP256K1', ...encryption }), /^No algorithm with use type ENCRYPTION fits EC keys/],
    [oct({ keySize: 128 }), /^No algorithm with use type SIGNATURE fits OCT keys/],
    [oct({ algorithm: 'HS384' }), /^Algorithm \(HS384\) is not valid for OCT keys .* Valid values: HS256$/],
    [oct({ keySize: 384, algorithm: 'HS512' }), /Valid values: HS256, HS384$/],
    [oct({ algorithm: 'A128KW', ...encryption }), /Valid values: A256KW, A256GCMKW, DIR, PBES2-/],
    [oct({ algorithm: 'constructor' }), /^Algorithm \(constructor\) is not valid/],
    [oct({ algorithm: 'none' }), /^Algorithm \(none\) is not valid/],
    [
      oct({ passwordSaltLength: 7 }),
      'passwordSaltLength (7) is not valid! It takes a whole number from 8 to 1024',
    ],
    [oct({ passwordIterationCount: 999 }), /^passwordIterationCount \(999\) is not valid! .* from 1000 to/],
    [rsa({ passwordSaltLength: 8 }), /^Unknown member: passwordSaltLength in rsa!/],
    [oct({ notBeforeTime: 'tomorrow' }), `notBeforeTime (tomorrow) is not valid! ${instant}`],
    [
      oct({ notBeforeTime: '2026-02-30T00:00:00Z' }),
      `notBeforeTime (2026-02-30T00:00:00Z) is not valid! ${instant}`,
    ],
    [
      oct({ expirationTime: '2026-13-01T00:00:00Z' }),
      /^expirationTime \(2026-13-01T00:00:00Z\) is not valid!/,
    ],
    [oct({ expirationTime: '2030-01-01' }), `expirationTime (2030-01-01) is not valid! ${instant}`],
    [oct({ expirationTime: '2030-01-01T00:00:00' }), /^expirationTime .* is not valid! It takes ISO 8601/],
    [oct({ expirationTime: 1_900_000_000 }), /^oct\.expirationTime must be a string!/],
    [
      oct({ notBeforeTime: '2031-01-01T00:00:00Z', expirationTime: '2030-01-01T00:00:00Z' }),
      'expirationTime is not valid! 2030-01-01T00:00:00.000Z is not after notBeforeTime 2031-01-01T00:00:00.000Z',
    ],
    [
      oct({ notBeforeTime: '2031-01-01T00:00:00Z', expirationTime: '2031-01-01T00:00:00Z' }),
      /is not after notBeforeTime/,
    ],
    [oct({ expirationTime: '2001-01-01T00:00:00Z' }), /^expirationTime is not valid! 2001-.* is not after/],
    [{ ...oct({}), sourceType: 'GENERATE' }, /^Unknown member: sourceType!/],
    [oct({ algorithm: '__proto__' }), /^Algorithm \(__proto__\) is not valid/],
    [oct({ keySize: 384, algorithm: 'toString' }), /^Algorithm \(toString\) is not valid/],
    [oct({ description: 'x' }), /^Unknown member: description in oct!/],
  ])('of %j', async (body, text) => {
    const before = await footprint(project, [node]);
    const answer = refusal(await project.call('POST', 'jwks/generate', { name: 'refused', ...body }));
    if (typeof text === 'string') expect(answer).toBe(text);
    else expect(answer).toMatch(text);
    expect(await footprint(project, [node])).toEqual(before);
  });

  test.each<[body: Body, reason: string, member: string]>([
    [{ type: 'RSA' }, 'FIELD_REQUIRED', 'rsa'],
    [{ ...rsa({}), ec: {} }, 'FIELD_NOT_VALID', 'ec'],
    [okp(encryption), 'ALGORITHM_NOT_VALID', 'keyUseType'],
  ])('of %j names its reason and the member at fault', async (body, reason, member) => {
    const { body: error } = await project.call('POST', 'jwks/generate', { name: 'refused', ...body });
    expect(error).toMatchObject({ reason, member });
  });

  test('has a name that another request is making at the same time', async () => {
    const body = { name: 'raced', type: 'EC', ec: { curveType: 'P256' } };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => project.call('POST', 'jwks/generate', body)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
  });
});

test('is made of each of many RSA keys that are asked for at once', async () => {
  const names = ['r1', 'r2', 'r3', 'r4', 'r5'];
  const answers = await Promise.all(
    names.map((name) => project.call('POST', 'jwks/generate', { name, ...rsa({}) })),
  );
  for (const answer of answers) accepted(answer);
  expect(await project.names('jwks')).toEqual(expect.arrayContaining(names));
});
