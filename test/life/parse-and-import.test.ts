import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import {
  accepted,
  type Body,
  footprint,
  type Item,
  type ProjectApi,
  projectApi,
  refusal,
} from '../api/support/project-api.ts';
import { makeCurveKey, p256Public, publicHalf } from '../api/support/sample-keys.ts';
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
let node: RunningNode;
let project: ProjectApi;
let server: HttpTestServer;
const material = makeRsaMaterial();
const set = {
  keys: [
    { ...p256Public, kid: 'one' },
    { ...publicHalf(makeCurveKey('Ed25519')), kid: 'two' },
  ],
};

beforeAll(async () => {
  world = await startTestManager({
    environments: ['production'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  node = await world.addNode('production', 'p1');
  project = projectApi(world.api);
  server = await startHttpServer((_request, response) => response.end(JSON.stringify(set)));
  const fields = { certificateName: 'cert', alias: 'cert', environmentList: 'production' };
  const form = certificateForm({ ...fields, pemEncodedFile: material.cert });
  accepted(await project.call('POST', 'certificates/', form));
  const keys = [
    keyBody('private', { production: material.key }),
    keyBody('public', { production: toPublic(material.cert) }, { keyType: 'PUBLIC_KEY' }),
    keyBody(
      'secret',
      { production: btoa('0123456789abcdef0123456789abcdef') },
      {
        keyType: 'SECRET_KEY',
        algorithm: 'AES',
      },
    ),
  ];
  for (const key of keys) accepted(await project.call('POST', 'keys/', key));
  const store = keystoreBody('store', { production: makeKeystore(material, 'mine') });
  accepted(await project.call('POST', 'keystores/', store));
});
afterAll(async () => {
  await world.close();
  await server.close();
});

function toPublic(cert: string): string {
  return new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

const stored = { environmentName: 'production', useType: 'SIGNATURE', algorithm: 'RS256' };
const parse = (from: string, body: Body) => project.call('POST', `jwks/parse-from-${from}`, body);

describe('a JWK that is parsed', () => {
  test.each<[from: string, body: () => Body, sourceType: string, shown: Item]>([
    [
      'url',
      () => ({ url: server.origin, kid: 'two' }),
      'URL',
      { kid: 'two', type: 'OKP', curve: 'Ed25519', size: 255 },
    ],
    [
      'clipboard',
      () => ({ jwkStr: JSON.stringify(set), kid: 'one' }),
      'COPY_PASTE',
      {
        kid: 'one',
        type: 'EC',
        curve: 'P-256',
        size: 256,
        sourceEnvironmentName: null,
        sourceAliasName: null,
      },
    ],
    [
      'certificate',
      () => ({ certificateName: 'cert', ...stored }),
      'CERTIFICATE',
      {
        type: 'RSA',
        curve: null,
        size: 2048,
        sourceEnvironmentName: 'production',
        sourceAliasName: null,
      },
    ],
    ['key', () => ({ keyName: 'private', ...stored }), 'PRIVATE_KEY', { type: 'RSA' }],
    ['key', () => ({ keyName: 'public', ...stored, kid: 'x' }), 'PUBLIC_KEY', { type: 'RSA', kid: 'x' }],
    [
      'key',
      () => ({ keyName: 'secret', ...stored, algorithm: 'HS256' }),
      'PRIVATE_KEY',
      { type: 'OCT', algorithm: 'HS256', curve: null, size: null },
    ],
    [
      'keystore',
      () => ({ keyStoreName: 'store', aliasName: 'mine', ...stored }),
      'KEYSTORE',
      { kid: 'mine', type: 'RSA', size: 2048, sourceEnvironmentName: 'production', sourceAliasName: 'mine' },
    ],
  ])('from a %s is what Create JWK makes of the same (%#)', async (from, body, sourceType, shown) => {
    const name = `parsed-${from}-${sourceType}-${shown.type}`;
    const others = { jwkStr: 1, certificateName: {}, url: [], keyName: 2, keyStoreName: 3 };
    const answer = await parse(from, { ...others, description: 'parsed', ...body(), name });
    expect(answer.body).toEqual(deployedTo('Deploy', 'production'));
    const parsed = await project.jwk(name);
    expect(parsed).toMatchObject({ ...shown, sourceType, description: 'parsed' });
    accepted(await project.create({ name: `created ${name}`.replaceAll(' ', '-'), sourceType, ...body() }));
    const created = await project.jwk(`created-${name}`);
    const member = String(shown.type).toLowerCase();
    expect(parsed[member]).toEqual(created[member]);
    expect(parsed.sourceId).toBe(created.sourceId);
    expect(parsed.sourceUrl).toBe(created.sourceUrl);
  });

  test.each<[from: string, body: Body, text: string | RegExp]>([
    ['url', { name: null }, 'JWK name can not be empty!'],
    ['url', {}, 'URL is required for URL source type!'],
    ['url', { url: 'http://10.0.0.1/' }, /10\.0\.0\.1/],
    ['url', { sourceType: 'URL', url: 'http://10.0.0.1/' }, /^Unknown member: sourceType!/],
    ['clipboard', {}, 'JWK string is required for COPY_PASTE source type!'],
    ['clipboard', { jwkStr: JSON.stringify(set) }, /^kid is required because the JWK Set holds 2 keys!/],
    ['certificate', {}, 'Certificate name is required for CERTIFICATE source type!'],
    ['certificate', { ...stored, certificateName: 'none' }, 'Certificate (name: none) is not found!'],
    ['key', {}, 'Key name is required for PRIVATE_KEY source type!'],
    ['key', { ...stored, keyName: 'none' }, 'Key (name: none) is not found!'],
    [
      'key',
      { ...stored, keyName: 'public', environmentName: 'nowhere' },
      'Environment (nowhere) is not found or user does not have privilege to access it!',
    ],
    ['keystore', {}, 'Keystore name is required for KEYSTORE source type!'],
    [
      'keystore',
      { ...stored, keyStoreName: 'store', aliasName: 'other' },
      'Alias (other) is not found in keystore (name: store)!',
    ],
  ])('from a %s is refused as Create JWK refuses it (%#)', async (from, body, text) => {
    const before = await footprint(project, [node]);
    const answer = refusal(await parse(from, { name: 'refused', ...body }));
    if (typeof text === 'string') expect(answer).toBe(text);
    else expect(answer).toMatch(text);
    expect(await footprint(project, [node])).toEqual(before);
  });
});

type Part = readonly [name: string, value: string | Blob];
const file = (content: unknown) =>
  new Blob([typeof content === 'string' ? content : JSON.stringify(content)]);

function importing(...parts: readonly Part[]) {
  const form = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, 'key.json');
  }
  return project.call('POST', 'jwks/import-file/', form);
}

describe('a file that is imported', () => {
  test('is a JWK, or a JWK Set and the kid of one of its keys', async () => {
    const description: Part = ['jwkDescription', 'from a file'];
    const answer = await importing(
      ['jwkName', 'imported'],
      ['jwkFile', file(set)],
      ['kid', 'two'],
      description,
    );
    expect(answer.body).toEqual(deployedTo('Deploy', 'production'));
    expect(await project.jwk('imported')).toMatchObject({
      kid: 'two',
      sourceType: 'COPY_PASTE',
      description: 'from a file',
      okp: set.keys[1],
    });
    accepted(
      await importing(['jwkFile', file(`\u{feff}${JSON.stringify(p256Public)}`)], ['jwkName', 'single']),
    );
    expect(await project.material('single')).toMatchObject(p256Public);
  });

  const name: Part = ['jwkName', 'refused'];
  const whole: Part = ['jwkFile', file(p256Public)];
  test.each<[what: string, parts: readonly Part[], text: string | RegExp]>([
    ['without a name', [whole], 'JWK name can not be empty!'],
    ['without a file part', [name], 'jwkFile value can not be empty!'],
    ['that is empty', [name, ['jwkFile', file('')]], 'jwkFile value can not be empty!'],
    ['with another beside it', [name, whole, whole], 'jwkFile is given twice!'],
    ['with another of another name', [name, whole, ['file2', file('x')]], /^Unknown member: file2!/],
    ['with a sourceType', [name, whole, ['sourceType', 'URL']], /^Unknown member: sourceType!/],
    ['that is no JSON', [name, ['jwkFile', file('hello')]], /^JWK string is not valid JSON/],
    [
      'that is no text',
      [name, ['jwkFile', new Blob([new Uint8Array([0xff, 0xfe])])]],
      'jwkFile is not a text file!',
    ],
    ['of several keys without a kid', [name, ['jwkFile', file(set)]], /^kid is required because/],
    ['of the name of another', [['jwkName', 'taken'], whole], /^JWK \(name: taken\) is already exist!/],
  ])('%s is refused', async (_what, parts, text) => {
    if (!(await project.names('jwks')).includes('taken')) accepted(await project.paste('taken', p256Public));
    const before = await footprint(project, [node]);
    const answer = refusal(await importing(...parts));
    if (typeof text === 'string') expect(answer).toBe(text);
    else expect(answer).toMatch(text);
    expect(await footprint(project, [node])).toEqual(before);
  });

  test('of 20 MiB is refused as too large, and one that is no form as of the wrong kind', async () => {
    const large = file(' '.repeat(20 * 1024 * 1024));
    const answer = await importing(name, ['jwkFile', large]);
    expect(answer).toMatchObject({ status: 413, body: { error: 'payload_too_large' } });
    const slightly = await importing(name, ['jwkFile', file(' '.repeat(1024 * 1024 + 1))]);
    expect(slightly).toMatchObject({ status: 413, body: { error: 'payload_too_large' } });
    const json = await project.call('POST', 'jwks/import-file/', { jwkName: 'refused' });
    expect(json).toMatchObject({ status: 415, body: { error: 'unsupported_media_type' } });
    expect(await project.names('jwks')).not.toContain('refused');
  });
});
