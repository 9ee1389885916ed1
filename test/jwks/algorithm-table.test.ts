import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, type Item, type ProjectApi, projectApi, refusal } from '../api/support/project-api.ts';
import { curves, makeCurveKey, pemFixture } from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let project: ProjectApi;

const agreement = [
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A256KW',
  'ECDH-1PU',
  'ECDH-1PU+A128KW',
  'ECDH-1PU+A192KW',
  'ECDH-1PU+A256KW',
];
const wrapping = ['A128KW', 'A192KW', 'A256KW', 'A128GCMKW', 'A192GCMKW', 'A256GCMKW', 'DIR'];
const passwords = ['PBES2-HS256+A128KW', 'PBES2-HS384+A192KW', 'PBES2-HS512+A256KW'];

/** Typed in from the documentation of Create JWK, so that the expectation does not come from our own code. */
const table: Readonly<Record<string, readonly string[]>> = {
  'RSA SIGNATURE': ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  'RSA ENCRYPTION': ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'],
  'EC SIGNATURE': ['ES256', 'ES384', 'ES512', 'ES256K'],
  'EC ENCRYPTION': agreement,
  'OCT SIGNATURE': ['HS256', 'HS384', 'HS512'],
  'OCT ENCRYPTION': [...wrapping, ...passwords],
  'OKP SIGNATURE': ['EdDSA', 'Ed25519', 'Ed448'],
  'OKP ENCRYPTION': agreement,
};
/** One or two of every row: what every key but those of the row itself is to refuse. */
const ofEveryRow = [...new Set(Object.values(table).flatMap((row) => row.slice(-2)))];

/** What fits each stored key, by the two uses. */
const keys: readonly [
  name: string,
  type: string,
  signature: readonly string[],
  encryption: readonly string[],
][] = [
  ['RSA', 'RSA', table['RSA SIGNATURE'] ?? [], table['RSA ENCRYPTION'] ?? []],
  ['P-256', 'EC', ['ES256'], agreement],
  ['P-384', 'EC', ['ES384'], agreement],
  ['P-521', 'EC', ['ES512'], agreement],
  ['secp256k1', 'EC', ['ES256K'], []],
  ['Ed25519', 'OKP', ['EdDSA', 'Ed25519'], []],
  ['Ed448', 'OKP', ['EdDSA', 'Ed448'], []],
  ['X25519', 'OKP', [], agreement],
  ['X448', 'OKP', [], agreement],
  ['oct-8', 'OCT', [], passwords],
  ['oct-16', 'OCT', [], ['A128KW', 'A128GCMKW', 'DIR', ...passwords]],
  ['oct-24', 'OCT', [], ['A192KW', 'A192GCMKW', 'DIR', ...passwords]],
  ['oct-32', 'OCT', ['HS256'], ['A256KW', 'A256GCMKW', 'DIR', ...passwords]],
  ['oct-48', 'OCT', ['HS256', 'HS384'], ['DIR', ...passwords]],
  ['oct-64', 'OCT', ['HS256', 'HS384', 'HS512'], ['DIR', ...passwords]],
];

const pkcs8 = (jwk: Item) =>
  createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' });

beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  project = projectApi(world.api);
  const store = async (name: string, content: string, more: object = { keyType: 'PRIVATE_KEY' }) => {
    const cryptoKeyInfoEnvironmentList = [{ environmentName: 'production', content }];
    accepted(await project.call('POST', 'keys/', { name, cryptoKeyInfoEnvironmentList, ...more }));
  };
  await store('RSA', pemFixture('leaf.key'));
  for (const curve of [...curves.EC, ...curves.OKP]) await store(curve, String(pkcs8(makeCurveKey(curve))));
  for (const octets of [8, 16, 24, 32, 48, 64]) {
    const secret = { keyType: 'SECRET_KEY', algorithm: 'AES' };
    await store(`oct-${octets}`, Buffer.alloc(octets, 9).toString('base64'), secret);
  }
});
afterAll(() => world.close());

let made = 0;
function create(keyName: string, useType: string, algorithm: string) {
  made += 1;
  const source = { sourceType: 'PRIVATE_KEY', environmentName: 'production', keyName, useType, algorithm };
  return project.create({ name: `jwk-${made}`, ...source });
}

const uses = keys.flatMap(([name, type, signature, encryption]) => [
  { name, type, useType: 'SIGNATURE', fitting: signature },
  { name, type, useType: 'ENCRYPTION', fitting: encryption },
]);

describe('the table of algorithms', () => {
  test.each(uses)('takes for $useType with $name what fits it', async ({ name, useType, fitting }) => {
    for (const algorithm of fitting) {
      accepted(await create(name, useType, algorithm));
      const alg = algorithm === 'DIR' ? 'dir' : algorithm;
      const use = useType === 'SIGNATURE' ? 'sig' : 'enc';
      expect(await project.material(`jwk-${made}`)).toMatchObject({ alg, use });
    }
  });

  test.each(uses)(
    'refuses for $useType with $name what does not fit it',
    async ({ name, type, useType, fitting }) => {
      const row = table[`${type} ${useType}`] ?? [];
      const others = new Set([...row, ...ofEveryRow].filter((algorithm) => !fitting.includes(algorithm)));
      for (const algorithm of others) {
        const refused = `Algorithm (${algorithm}) is not valid for ${type} keys with use type ${useType}!`;
        const text = refusal(await create(name, useType, algorithm));
        if (fitting.length === 0)
          expect(text.startsWith(`${refused} No algorithm of this use type fits`)).toBe(true);
        else
          expect(text).toBe(
            `${refused} Valid values: ${(row.includes(algorithm) ? fitting : row).join(', ')}`,
          );
      }
    },
  );

  const rs = 'RS256, RS384, RS512, PS256, PS384, PS512';
  test.each([
    ['RSA', 'RSA', 'SIGNATURE', rs],
    ['RSA', 'rs256', 'SIGNATURE', rs],
    ['RSA', 'RS256 ', 'SIGNATURE', rs],
    ['RSA', 'RS1', 'SIGNATURE', rs],
    ['RSA', 'none', 'SIGNATURE', rs],
    ['RSA', 'HS256', 'SIGNATURE', rs],
    ['RSA', 'SHA256withRSA', 'SIGNATURE', rs],
    ['RSA', '__proto__', 'SIGNATURE', rs],
    ['RSA', 'constructor', 'SIGNATURE', rs],
    ['RSA', 'rsa-oaep', 'ENCRYPTION', 'RSA1_5, RSA-OAEP, RSA-OAEP-256, RSA-OAEP-384, RSA-OAEP-512'],
    ['RSA', 'A256GCM', 'ENCRYPTION', 'RSA1_5, RSA-OAEP, RSA-OAEP-256, RSA-OAEP-384, RSA-OAEP-512'],
  ])(
    'names the valid values for a key of %s and %j with use type %s',
    async (name, algorithm, useType, values) => {
      expect(refusal(await create(name, useType, algorithm))).toBe(
        `Algorithm (${algorithm}) is not valid for RSA keys with use type ${useType}! Valid values: ${values}`,
      );
    },
  );
});
