import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import {
  accepted,
  type Body,
  footprint,
  type Item,
  type ProjectApi,
  projectApi,
  publishedKeys,
  refusal,
} from '../api/support/project-api.ts';
import { makeCurveKey, octKey, p256Public, publicHalf } from '../api/support/sample-keys.ts';
import { type HttpTestServer, startHttpServer } from '../support/http-servers.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import {
  certificateForm,
  deployedTo,
  keyBody,
  keystoreBody,
  makeKeystore,
  makeRsaMaterial,
} from './support/material.ts';

let world: TestManager;
let nodes: readonly RunningNode[];
let project: ProjectApi;
let server: HttpTestServer;
const served = { ...p256Public, kid: 'from-url' };
const certificate = makeRsaMaterial();
const keystore = makeRsaMaterial();
const privateKey = makeRsaMaterial();

beforeAll(async () => {
  world = await startTestManager({
    environments: ['production', 'staging'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  nodes = [await world.addNode('production', 'p1'), await world.addNode('staging', 's1')];
  project = projectApi(world.api);
  server = await startHttpServer((_request, response) => response.end(JSON.stringify(served)));
  const fields = { certificateName: 'cert', alias: 'cert', environmentList: 'production' };
  const form = certificateForm({ ...fields, pemEncodedFile: certificate.cert });
  accepted(await project.call('POST', 'certificates/', form));
  accepted(await project.call('POST', 'keys/', keyBody('key', { production: privateKey.key })));
  const file = makeKeystore(keystore, 'mine');
  accepted(await project.call('POST', 'keystores/', keystoreBody('store', { production: file })));
});
afterAll(async () => {
  await world.close();
  await server.close();
});

const update = (name: string, body: unknown) => project.call('PUT', `jwks/${name}/`, body);
const stored = { environmentName: 'production', useType: 'SIGNATURE', algorithm: 'RS256' };
const fromCertificate = { sourceType: 'CERTIFICATE', certificateName: 'cert', ...stored };

async function published(): Promise<readonly (readonly Item[])[]> {
  return Promise.all(nodes.map((node) => publishedKeys(node)));
}

describe('a JWK that is updated', () => {
  test.each<[sourceType: string, body: () => Body, kid: string | undefined, key: () => Item]>([
    [
      'COPY_PASTE',
      () => ({ jwkStr: JSON.stringify({ ...p256Public, kid: 'pasted' }) }),
      'pasted',
      () => p256Public,
    ],
    ['URL', () => ({ url: `${server.origin}/`, kid: 'from-url' }), 'from-url', () => p256Public],
    ['CERTIFICATE', () => ({ ...stored, certificateName: 'cert' }), undefined, () => certificate.jwk],
    ['PRIVATE_KEY', () => ({ ...stored, keyName: 'key', kid: 'k' }), 'k', () => privateKey.jwk],
    ['PUBLIC_KEY', () => ({ ...stored, keyName: 'key' }), undefined, () => privateKey.jwk],
    ['KEYSTORE', () => ({ ...stored, keyStoreName: 'store', aliasName: 'mine' }), 'mine', () => keystore.jwk],
  ])(
    'takes a new value from %s, on every node, under its own id and name',
    async (sourceType, body, kid, key) => {
      const name = `to-${sourceType}`;
      const first = { ...publicHalf(makeCurveKey('Ed25519')), kid: `first of ${name}` };
      accepted(await project.paste(name, first));
      const before = await project.jwk(name);
      const answer = await update(name, { sourceType, ...body(), description: 'new' });
      expect(answer.body).toEqual(deployedTo('Deploy', 'production', 'staging'));
      const after = await project.jwk(name);
      expect(after).toMatchObject({ name, description: 'new', sourceType, createdAt: before.createdAt });
      expect(Date.parse(after.updatedAt)).toBeGreaterThan(Date.parse(before.updatedAt));
      if (kid !== undefined) expect(after.kid).toBe(kid);
      const material = await project.material(name);
      expect(material).toMatchObject(key());
      for (const keys of await published()) {
        expect(keys).toContainEqual(publicHalf(material));
        expect(keys).not.toContainEqual(first);
      }
    },
  );

  test('by its description alone keeps its key and is detached', async () => {
    accepted(await project.create({ name: 'described', ...fromCertificate, description: 'old' }));
    const before = await project.jwk('described');
    expect(before.sourceId).toEqual(expect.any(String));
    const setBefore = await published();
    const answer = await update('described', { description: 'new', name: 'described' });
    expect(answer.body).toEqual(deployedTo('Deploy', 'production', 'staging'));
    const { updatedAt, ...after } = await project.jwk('described');
    expect(after).toEqual({
      ...Object.fromEntries(Object.entries(before).filter(([member]) => member !== 'updatedAt')),
      description: 'new',
      sourceId: null,
      sourceEnvironmentName: null,
      sourceAliasName: null,
      sourceUrl: null,
    });
    expect(updatedAt).not.toBe(before.updatedAt);
    expect(await published()).toEqual(setBefore);
  });

  test('from a URL without a new source no longer shows it', async () => {
    accepted(await project.create({ name: 'url', sourceType: 'URL', url: server.origin }));
    accepted(await update('url', {}));
    expect(await project.jwk('url')).toMatchObject({ sourceUrl: null, sourceId: null, description: null });
  });

  test('keeps a description that is left out and drops an empty one', async () => {
    accepted(await project.create({ name: 'text', ...fromCertificate, description: 'kept' }));
    accepted(await update('text', { description: null }));
    expect((await project.jwk('text')).description).toBe('kept');
    accepted(await update('text', { description: '' }));
    expect((await project.jwk('text')).description).toBeNull();
  });

  test('keeps the parameters of a password, and loses them with the password', async () => {
    const oct = { keySize: 128, keyUseType: 'ENCRYPTION', algorithm: 'PBES2_HS256_A128KW' };
    accepted(await project.call('POST', 'jwks/generate', { name: 'password', type: 'OCT', oct }));
    accepted(await update('password', { description: 'x' }));
    expect(await project.material('password')).toMatchObject({ passwordSaltLength: 8 });
    accepted(await update('password', { sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(octKey(32)) }));
    expect(await project.material('password')).not.toHaveProperty('passwordSaltLength');
  });
});

describe('an update that is refused', () => {
  beforeAll(async () => {
    accepted(await project.create({ name: 'steady', ...fromCertificate, description: 'steady' }));
  });
  const notFound = 'is not found! Try create operation.';
  test.each<[name: string, body: unknown, text: string | RegExp]>([
    ['nobody', { description: 'x' }, `JWK (name: nobody) ${notFound}`],
    ['nobody', { name: 'other', sourceType: 'X' }, `JWK (name: nobody) ${notFound}`],
    ['STEADY', {}, `JWK (name: STEADY) ${notFound}`],
    ['%2E%2E%2Fsteady', {}, `JWK (name: ../steady) ${notFound}`],
    ['steady', { name: 'other' }, 'JWK name can not be changed! It is steady'],
    ['steady', { name: 'Steady', sourceType: 'X' }, 'JWK name can not be changed! It is steady'],
    ['steady', { kid: 'x' }, 'Source type is required!'],
    ['steady', { sourceType: '' }, 'Source type is required!'],
    ['steady', { sourceType: 'FILE' }, /^Source type \(FILE\) is not valid! Valid values: URL, /],
    ['steady', { sourceType: 'GENERATE' }, /jwks\/generate$/],
    ['steady', { sourceType: 'URL' }, 'URL is required for URL source type!'],
    ['steady', { sourceType: 'URL', url: 'http://10.0.0.1/' }, /10\.0\.0\.1/],
    ['steady', { sourceType: 'COPY_PASTE' }, 'JWK string is required for COPY_PASTE source type!'],
    ['steady', { sourceType: 'COPY_PASTE', jwkStr: '{' }, /^JWK string is not valid JSON/],
    ['steady', { ...fromCertificate, certificateName: 'none' }, 'Certificate (name: none) is not found!'],
    ['steady', { ...fromCertificate, algorithm: 'ES256' }, /^Algorithm \(ES256\) is not valid for RSA keys/],
    ['steady', { color: 'red' }, /^Unknown member: color!/],
    ['steady', { description: 'x'.repeat(1_025) }, 'description must have at most 1024 characters!'],
    ['steady', [], /object/],
    ['steady', '{', 'Request body is not valid JSON!'],
  ])('of %s changes nothing anywhere (%#)', async (name, body, text) => {
    const before = await footprint(project, nodes);
    const answer = refusal(await update(name, body));
    if (typeof text === 'string') expect(answer).toBe(text);
    else expect(answer).toMatch(text);
    expect(await footprint(project, nodes)).toEqual(before);
  });

  test('for want of a role changes nothing anywhere', async () => {
    const member = { project: 'MyProject', roles: ['ROLE_API_SECURITY'] };
    const reader = projectApi(await world.as('reader', member));
    const before = await footprint(project, nodes);
    for (const [method, path, body] of [
      ['PUT', 'jwks/steady/', { description: 'x' }],
      ['DELETE', 'jwks/steady/', undefined],
      ['POST', 'jwks/generate', { name: 'x', type: 'OCT', oct: { keySize: 256 } }],
    ] as const) {
      expect(await reader.call(method, path, body)).toMatchObject({
        status: 403,
        body: { error: 'forbidden' },
      });
    }
    expect(await footprint(project, nodes)).toEqual(before);
  });

  test('is each of several concurrent updates but one', async () => {
    const slow = await startHttpServer((_request, response) => {
      setImmediate(() => response.end(JSON.stringify(served)));
    });
    const updates = Array.from({ length: 8 }, (_, index) => {
      return update('steady', { sourceType: 'URL', url: slow.origin, description: `winner ${index}` });
    });
    const answers = await Promise.all(updates);
    await slow.close();
    const won = answers.flatMap(({ status }, index) => (status === 200 ? [`winner ${index}`] : []));
    const lost = answers.filter(({ status }) => status !== 200);
    for (const answer of lost) {
      expect(answer).toMatchObject({
        status: 409,
        body: {
          error: 'conflict',
          error_description: 'JWK (name: steady) was changed by another request. Try again!',
        },
      });
    }
    expect(won.length).toBeGreaterThanOrEqual(1);
    expect(lost.length).toBeGreaterThanOrEqual(1);
    expect(won).toContain((await project.jwk('steady')).description);
  });
});
