import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
import { keystoreFixture, keystorePem, publicHalf } from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let node: RunningNode;
let project: ProjectApi;
const odd = 'pässwörd😀';
/** Name, file, password, and a password of its own for the key. */
const stores: readonly [name: string, file: string, password: string, keyPassword?: string][] = [
  ['java17', 'java17/default.p12', 'changeit'],
  ['jks', 'java17/store.jks', 'changeit'],
  ['java8', 'java17/java8.p12', 'changeit'],
  ['legacy', 'java17/legacy.p12', 'changeit'],
  ['key-password', 'java17/key-password.p12', 'changeit', 'otherpass'],
  ['jks-key-password', 'java17/key-password.jks', 'changeit', 'otherpass'],
  ['non-ascii', 'java17/non-ascii.jks', odd],
  ['secrets', 'java17/secrets.p12', 'changeit'],
  ['openssl3', 'openssl3/default.p12', 'changeit'],
  ['openssl-legacy', 'openssl3/legacy.p12', 'changeit'],
  ['no-password', 'openssl3/empty-password.p12', ''],
  ['upper-case', 'openssl3/sha512-mac.p12', 'changeit'],
  ['ber', 'bouncy-castle/pkcs12.keystore', 'changeit'],
];

beforeAll(async () => {
  world = await startTestManager({
    environments: ['production', 'staging'],
    projects: ['MyProject', 'Other'],
  });
  node = await world.addNode('production', 'p1');
  project = projectApi(world.api);
  for (const [name, path, password, keyPassword] of stores) {
    const keyStoreType = path.endsWith('.jks') ? 'JKS' : 'PKCS12';
    const opened = {
      environmentName: 'production',
      file: keystoreFixture(path),
      password,
      keyPassword,
      keyStoreType,
    };
    accepted(await project.call('POST', 'keystores/', { name, keyStoreEnvironmentList: [opened] }));
  }
});
afterAll(() => world.close());

const create = (name: string, keyStoreName: string, aliasName: string, more: Body = {}) =>
  project.create({
    name,
    sourceType: 'KEYSTORE',
    keyStoreName,
    aliasName,
    environmentName: 'production',
    useType: 'SIGNATURE',
    algorithm: 'RS256',
    ...more,
  });

const der = (name: string) => new X509Certificate(keystorePem(`${name}.cert.pem`)).raw.toString('base64');
const privateJwk = (name: string): Item =>
  createPrivateKey(keystorePem(`${name}.key.pem`)).export({ format: 'jwk' });
const rsaChain = () => [der('rsa'), der('intermediate'), der('root')];

describe('a JWK from a keystore', () => {
  test.each([
    ['java17', 'rsa', 'RS256', 'rsa'],
    ['java17', 'ec', 'ES256', 'ec'],
    ['java17', 'ed25519', 'EdDSA', 'ed25519'],
    ['jks', 'rsa', 'PS256', 'rsa'],
    ['jks', 'ec', 'ES256', 'ec'],
    ['java8', 'rsa', 'RS256', 'rsa'],
    ['legacy', 'rsa', 'RS256', 'rsa'],
    ['key-password', 'rsa', 'RS256', 'rsa'],
    ['jks-key-password', 'rsa', 'RS256', 'rsa'],
    ['openssl3', 'rsa', 'RS512', 'rsa'],
    ['openssl-legacy', 'rsa', 'RS256', 'rsa'],
    ['no-password', 'ed25519', 'EdDSA', 'ed25519'],
    ['ber', 'rsa', 'RS256', 'rsa'],
    ['non-ascii', 'schlüssel-😀-ключ', 'ES256', 'ec'],
  ])('%s holds the private key of alias %s and its certificates', async (store, alias, algorithm, key) => {
    const name = `${store}-${key}`;
    accepted(await create(name, store, alias, { algorithm }));
    const material = await project.material(name);
    expect(material).toMatchObject({ ...privateJwk(key), kid: alias, use: 'sig', alg: algorithm });
    expect(material.x5c).toEqual(key === 'rsa' ? rsaChain() : [der(key)]);
    const certificate = new X509Certificate(keystorePem(`${key}.cert.pem`));
    const stored = await project.jwk(name);
    expect(new Date(stored.notBeforeTime)).toEqual(certificate.validFromDate);
    expect(new Date(stored.expirationTime)).toEqual(certificate.validToDate);
    expect(stored.sourceId).toBe((await project.call('GET', `keystores/${store}/`)).body.resultList[0].id);
    expect(await publishedKeys(node)).toContainEqual(publicHalf(material));
    // The alias is the kid of one key at a time.
    accepted(await project.call('DELETE', `jwks/${name}/`));
  });

  test('holds the public key of a trusted certificate', async () => {
    accepted(await create('trusted', 'java17', 'trusted', { algorithm: 'ES256' }));
    const jwk = createPublicKey(keystorePem('root.cert.pem')).export({ format: 'jwk' });
    const material = await project.material('trusted');
    expect(material).toMatchObject({ ...jwk, kid: 'trusted', x5c: [der('root')] });
    expect(material).not.toHaveProperty('d');
  });

  test('holds a secret key, as an OCT JWK', async () => {
    const secrets = readFileSync(new URL('../formats/fixtures/java17/secrets.txt', import.meta.url), 'utf8');
    const hex = (alias: string) => new RegExp(`^${alias} \\S+ (\\S+)$`, 'm').exec(secrets)?.[1] ?? '';
    accepted(await create('hmac', 'secrets', 'hmacsha256', { algorithm: 'HS256' }));
    const k = Buffer.from(hex('hmacsha256'), 'hex').toString('base64url');
    expect(await project.material('hmac')).toEqual({
      kty: 'oct',
      k,
      kid: 'hmacsha256',
      use: 'sig',
      alg: 'HS256',
    });
    const wrapping = { useType: 'ENCRYPTION', algorithm: 'A256KW' };
    accepted(await create('aes', 'secrets', 'aes', wrapping));
    expect((await project.jwk('aes')).type).toBe('OCT');
    const tooShort = await create('x', 'secrets', 'desede', { algorithm: 'HS256' });
    expect(refusal(tooShort)).toContain('is not valid for OCT keys with use type SIGNATURE!');
  });

  test('has the alias as its kid, or the kid that was given', async () => {
    accepted(await create('given', 'java17', 'rsa', { kid: 'my kid' }));
    expect((await project.jwk('given')).kid).toBe('my kid');
    accepted(await create('empty', 'java17', 'rsa', { kid: '' }));
    expect((await project.jwk('empty')).kid).toBe('rsa');
  });

  test('finds an alias in any case, as Java does, and names it as the keystore does', async () => {
    for (const [index, alias] of ['RSA', 'Rsa', 'rSA'].entries()) {
      accepted(await create(`folded-${index}`, 'jks', alias));
      expect((await project.jwk(`folded-${index}`)).kid).toBe('rsa');
    }
    accepted(await create('folded-p12', 'upper-case', 'UPPER case', { algorithm: 'ES256' }));
    expect((await project.jwk('folded-p12')).kid).toBe('Upper Case');
  });
});

describe('a keystore alias', () => {
  test.each(['nothing', 'rsa ', 'rs', '', '  ', 'rsa1', 'Schlüssel'])(
    'that does not exist is named in the error: %j',
    async (alias) => {
      const text =
        alias.trim() === ''
          ? 'Alias name is required for KEYSTORE source type!'
          : `Alias (${alias}) is not found in keystore (name: java17)!`;
      expect(refusal(await create('x', 'java17', alias))).toBe(text);
    },
  );

  test('that holds a key of no JOSE algorithm is refused for it', async () => {
    expect(refusal(await create('x', 'java17', 'dsa'))).toContain('DSA');
  });

  test('whose algorithm does not fit is refused with those that do', async () => {
    expect(refusal(await create('x', 'java17', 'ec', { algorithm: 'ES384' }))).toBe(
      'Algorithm (ES384) is not valid for EC keys with use type SIGNATURE! Valid values: ES256',
    );
  });

  test('whose key has another password is rejected without a mention of the password', async () => {
    const text = refusal(await create('x', 'jks-key-password', 'ec', { algorithm: 'ES256' }));
    expect(text).toBe('Alias (ec) can not be opened: the key password is wrong or the entry is damaged!');
  });

  test('is not found in another environment, nor by another project', async () => {
    const elsewhere = await create('x', 'java17', 'rsa', { environmentName: 'staging' });
    expect(refusal(elsewhere)).toBe('Keystore (name: java17) is not found!');
    const body = { name: 'x', sourceType: 'KEYSTORE', keyStoreName: 'java17', aliasName: 'rsa' };
    const demand = { environmentName: 'production', useType: 'SIGNATURE', algorithm: 'RS256' };
    const other = projectApi(world.api, 'Other');
    expect(refusal(await other.create({ ...body, ...demand }))).toBe('Keystore (name: java17) is not found!');
  });

  test('that was refused leaves nothing', async () => {
    expect(await project.names('jwks')).not.toContain('x');
  });
});
