import { calculateJwkThumbprint, createLocalJWKSet, importJWK, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importJwk } from '../../src/jose/import-jwk.ts';
import type { RunningNode } from '../../src/node/start-node.ts';
import {
  type Body,
  type Item,
  type ProjectApi,
  projectApi,
  publishedKeys,
} from '../api/support/project-api.ts';
import { publicHalf } from '../api/support/sample-keys.ts';
import { deployedTo } from '../life/support/material.ts';
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

let made = 0;
/** Generates, and answers with the JWK as GET shows it and its material. */
async function generate(body: Body): Promise<{ shown: Item; material: Item }> {
  made += 1;
  const name = `generated-${made}`;
  const answer = await project.call('POST', 'jwks/generate', { name, ...body });
  expect(answer.body).toEqual(deployedTo('Deploy', 'production'));
  const shown = await project.jwk(name);
  return { shown, material: shown[String(shown.type).toLowerCase()] };
}

const rsaMembers = ['kty', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'];
const bits = (base64url: string) => Buffer.from(base64url, 'base64url').length * 8;
/** The material without what is not the key's own. */
const asJwk = ({ passwordSaltLength: _salt, passwordIterationCount: _count, ...jwk }: Item) => jwk;

async function verifiesThroughTheNode(material: Item): Promise<void> {
  const { alg = '', kid } = material;
  const token = await new SignJWT({ sub: 'someone' })
    .setProtectedHeader({ alg, kid })
    .sign(await importJWK(material, alg));
  const keys = (await publishedKeys(node)) as Item[];
  const verified = await jwtVerify(token, createLocalJWKSet({ keys } as never));
  expect(verified.payload.sub).toBe('someone');
}

describe('a generated key', () => {
  test.each<[body: Body, algorithm: string, use: 'sig' | 'enc']>([
    [{ type: 'RSA', rsa: { keySize: 2048 } }, 'RS256', 'sig'],
    [{ type: 'RSA', rsa: { keySize: 3072, algorithm: 'PS384' } }, 'PS384', 'sig'],
    [{ type: 'RSA', rsa: { keySize: 4096, algorithm: 'RS512' } }, 'RS512', 'sig'],
    [{ type: 'RSA', rsa: { keySize: 2048, keyUseType: 'ENCRYPTION' } }, 'RSA-OAEP-256', 'enc'],
    [{ type: 'EC', ec: { curveType: 'P256' } }, 'ES256', 'sig'],
    [{ type: 'EC', ec: { curveType: 'P384' } }, 'ES384', 'sig'],
    [{ type: 'EC', ec: { curveType: 'P521' } }, 'ES512', 'sig'],
    [{ type: 'EC', ec: { curveType: 'SECP256K1' } }, 'ES256K', 'sig'],
    [{ type: 'EC', ec: { curveType: 'P384', keyUseType: 'ENCRYPTION' } }, 'ECDH-ES', 'enc'],
    [{ type: 'OKP', okp: { curveType: 'ED25519' } }, 'EdDSA', 'sig'],
    [{ type: 'OKP', okp: { curveType: 'ED448' } }, 'EdDSA', 'sig'],
    [{ type: 'OKP', okp: { curveType: 'X25519' } }, 'ECDH-ES', 'enc'],
    [{ type: 'OKP', okp: { curveType: 'X448', keyUseType: 'ENCRYPTION' } }, 'ECDH-ES', 'enc'],
    [{ type: 'OCT', oct: { keySize: 128, keyUseType: 'ENCRYPTION' } }, 'A128KW', 'enc'],
    [{ type: 'OCT', oct: { keySize: 192, keyUseType: 'ENCRYPTION' } }, 'A192KW', 'enc'],
    [{ type: 'OCT', oct: { keySize: 256 } }, 'HS256', 'sig'],
    [{ type: 'OCT', oct: { keySize: 384, algorithm: 'HS384' } }, 'HS384', 'sig'],
    [{ type: 'OCT', oct: { keySize: 512, algorithm: 'HS512' } }, 'HS512', 'sig'],
    [{ type: 'OCT', oct: { keySize: 512, algorithm: 'HS384' } }, 'HS384', 'sig'],
  ])('of %j is whole, sound and published as %s', async (body, algorithm, use) => {
    const { shown, material } = await generate(body);
    expect(shown).toMatchObject({
      type: body.type,
      algorithm,
      use,
      sourceType: 'GENERATE',
      kid: material.kid,
    });
    expect(material).toMatchObject({ alg: algorithm, use });
    await expect(importJwk({ ...material } as never)).resolves.toEqual(material);
    const parameters = Object(body[String(body.type).toLowerCase()]);
    if (body.type === 'RSA') {
      expect(Object.keys(material)).toEqual(expect.arrayContaining(rsaMembers));
      expect(bits(material.n)).toBe(parameters.keySize);
    }
    if (body.type === 'OCT') {
      expect(bits(material.k)).toBe(parameters.keySize);
      expect((await publishedKeys(node)).map(({ kid }) => kid)).not.toContain(material.kid);
      return;
    }
    expect(await publishedKeys(node)).toContainEqual(publicHalf(material));
    const signable = use === 'sig' && !['SECP256K1', 'ED448'].includes(parameters.curveType);
    if (signable) await verifiesThroughTheNode(material);
  });

  test.each<[type: string, parameters: Body, spelled: string, algorithm: string]>([
    ['RSA', { keySize: 2048 }, 'RSA256', 'RS256'],
    ['RSA', { keySize: 2048 }, 'RSA384', 'RS384'],
    ['RSA', { keySize: 2048 }, 'RSA512', 'RS512'],
    ['RSA', { keySize: 2048 }, 'PS512', 'PS512'],
    ['RSA', { keySize: 2048, keyUseType: 'ENCRYPTION' }, 'RSA_OAEP_256', 'RSA-OAEP-256'],
    ['RSA', { keySize: 2048, keyUseType: 'ENCRYPTION' }, 'RSA-OAEP-512', 'RSA-OAEP-512'],
    ['RSA', { keySize: 2048, keyUseType: 'ENCRYPTION' }, 'RSA_OAEP', 'RSA-OAEP'],
    ['RSA', { keySize: 2048, keyUseType: 'ENCRYPTION' }, 'RSA1_5', 'RSA1_5'],
    ['EC', { curveType: 'P256', keyUseType: 'ENCRYPTION' }, 'ECDH_ES_A128KW', 'ECDH-ES+A128KW'],
    ['EC', { curveType: 'P521', keyUseType: 'ENCRYPTION' }, 'ECDH_1PU_A256KW', 'ECDH-1PU+A256KW'],
    ['OKP', { curveType: 'X25519', keyUseType: 'ENCRYPTION' }, 'ECDH_ES_A192KW', 'ECDH-ES+A192KW'],
    ['OKP', { curveType: 'ED25519' }, 'EdDSA', 'EdDSA'],
    ['OCT', { keySize: 256, keyUseType: 'ENCRYPTION' }, 'A256GCMKW', 'A256GCMKW'],
    ['OCT', { keySize: 384, keyUseType: 'ENCRYPTION' }, 'DIR', 'dir'],
    ['OCT', { keySize: 128, keyUseType: 'ENCRYPTION' }, 'PBES2_HS256_A128KW', 'PBES2-HS256+A128KW'],
    ['OCT', { keySize: 512, keyUseType: 'ENCRYPTION' }, 'PBES2-HS512+A256KW', 'PBES2-HS512+A256KW'],
  ])('of type %s and %j takes %s for %s', async (type, parameters, spelled, algorithm) => {
    const { shown } = await generate({ type, [type.toLowerCase()]: { ...parameters, algorithm: spelled } });
    expect(shown.algorithm).toBe(algorithm);
  });

  test('that is a password keeps its derivation parameters, with defaults, and no other key has any', async () => {
    const oct = { keySize: 256, keyUseType: 'ENCRYPTION', algorithm: 'PBES2_HS384_A192KW' };
    const byDefault = await generate({ type: 'OCT', oct });
    expect(byDefault.material).toMatchObject({ passwordSaltLength: 8, passwordIterationCount: 1000 });
    const given = { passwordSaltLength: 16, passwordIterationCount: 310_000 };
    const asked = await generate({ type: 'OCT', oct: { ...oct, ...given } });
    expect(asked.material).toMatchObject(given);
    await expect(importJwk(asJwk(asked.material) as never)).resolves.toBeDefined();
    const exported = await project.call('GET', `jwks/${asked.shown.name}/export-file/`);
    expect(JSON.stringify(exported.body)).not.toContain('password');
    const mac = await generate({ type: 'OCT', oct: { keySize: 256, ...given } });
    expect(Object.keys(mac.material)).not.toContain('passwordSaltLength');
  });
});

describe('the kid of a generated key', () => {
  const ec = (parameters: Body = {}) => ({ type: 'EC', ec: { curveType: 'P256', ...parameters } });

  test('is the time by default, in milliseconds or as a date, and no two keys share one', async () => {
    const before = Date.now();
    const kids = await Promise.all(
      ['TIMESTAMP', undefined, 'TIMESTAMP', null].map(async (keyIdType) => {
        return (await generate(ec({ keyIdType }))).material.kid;
      }),
    );
    expect(new Set(kids).size).toBe(kids.length);
    for (const kid of kids) {
      expect(kid).toMatch(/^\d{13}$/);
      expect(Number(kid)).toBeGreaterThanOrEqual(before);
    }
    const { material } = await generate(ec({ keyIdType: 'ISO_DATE' }));
    expect(new Date(material.kid).toISOString()).toBe(material.kid);
  });

  test('is a thumbprint where one is asked for', async () => {
    const sha256 = (await generate(ec({ keyIdType: 'SHA256' }))).material;
    expect(sha256.kid).toBe(await calculateJwkThumbprint(sha256, 'sha256'));
    const sha1 = (await generate(ec({ keyIdType: 'SHA1' }))).material;
    expect(Buffer.from(sha1.kid, 'base64url')).toHaveLength(20);
  });

  test('is absent with NONE, and the key is published without one', async () => {
    const { shown, material } = await generate(ec({ keyIdType: 'NONE' }));
    expect(shown.kid).toBeNull();
    expect(material).not.toHaveProperty('kid');
    expect(await publishedKeys(node)).toContainEqual(publicHalf(material));
  });

  test('is the one that was given, whatever the keyIdType', async () => {
    for (const keyIdType of [undefined, 'NONE', 'SHA256']) {
      const kid = `mine-${keyIdType}`;
      const { material } = await generate({ ...ec({ keyIdType }), kid });
      expect(material.kid).toBe(kid);
    }
  });
});

describe('the validity of a generated key', () => {
  const oct = (parameters: Body) => ({ type: 'OCT', oct: { keySize: 256, ...parameters } });

  test('is from now for a year', async () => {
    const before = Date.now();
    const { shown } = await generate(oct({}));
    const start = new Date(shown.notBeforeTime);
    expect(start.getTime()).toBeGreaterThanOrEqual(before);
    expect(start.getTime()).toBeLessThanOrEqual(Date.now());
    start.setUTCFullYear(start.getUTCFullYear() + 1);
    expect(shown.expirationTime).toBe(start.toISOString());
  });

  test.each([
    [{ notBeforeTime: '2024-02-29T12:00:00Z' }, '2024-02-29T12:00:00.000Z', '2025-03-01T12:00:00.000Z'],
    [
      { notBeforeTime: '2030-01-01T00:00:00+02:00', expirationTime: '2030-01-01T00:00:00.5Z' },
      '2029-12-31T22:00:00.000Z',
      '2030-01-01T00:00:00.500Z',
    ],
  ])('is what %j says', async (parameters, notBeforeTime, expirationTime) => {
    const { shown } = await generate(oct(parameters));
    expect(shown).toMatchObject({ notBeforeTime, expirationTime });
  });
});
