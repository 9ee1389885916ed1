import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import {
  accepted,
  type Body,
  nodeStatus,
  type ProjectApi,
  pemFile,
  projectApi,
  publishedKeys,
  refusal,
} from '../api/support/project-api.ts';
import { jwkOfPem, pemFixture } from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let node: RunningNode;
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({
    environments: ['production', 'staging'],
    projects: ['MyProject', 'Other'],
  });
  node = await world.addNode('production', 'p1');
  project = projectApi(world.api);
  const files = { rsa: 'leaf.pem', ec: 'ec.pem', okp: 'ed25519.pem', expired: 'expired.pem', pss: 'pss.pem' };
  for (const [name, file] of Object.entries(files)) accepted(await upload(name, pemFixture(file)));
  const chain = ['leaf.pem', 'intermediate.pem', 'root.pem'].map(pemFixture).join('');
  accepted(await upload('chain', chain));
});
afterAll(() => world.close());

const upload = (certificateName: string, pem: string) =>
  project.certificate({
    certificateName,
    alias: `alias of ${certificateName}`,
    environmentList: 'production',
    pemEncodedFile: pemFile(pem),
  });

const signature = { sourceType: 'CERTIFICATE', environmentName: 'production', useType: 'SIGNATURE' };
const create = (name: string, more: Body) => project.create({ name, ...signature, ...more });

describe('a JWK from a certificate', () => {
  test.each([
    ['rsa', 'RSA', 'leaf.pem', 'RS256'],
    ['ec', 'EC', 'ec.pem', 'ES256'],
    ['okp', 'OKP', 'ed25519.pem', 'EdDSA'],
    ['expired', 'EC', 'expired.pem', 'ES256'],
  ])(
    'of %s has its key, its thumbprints and its validity',
    async (certificateName, type, file, algorithm) => {
      accepted(await create(certificateName, { certificateName, algorithm }));
      const certificate = new X509Certificate(pemFixture(file));
      const sha1 = Buffer.from(certificate.fingerprint.replaceAll(':', ''), 'hex').toString('base64url');
      const sha256 = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
      const stored = await project.jwk(certificateName);
      const { id } = (await project.call('GET', `certificates/${certificateName}/`)).body.resultList[0];
      expect(stored).toMatchObject({ type, use: 'sig', algorithm, sourceType: 'CERTIFICATE', sourceId: id });
      expect(new Date(stored.notBeforeTime)).toEqual(certificate.validFromDate);
      expect(new Date(stored.expirationTime)).toEqual(certificate.validToDate);
      expect(await project.material(certificateName)).toEqual({
        ...jwkOfPem(pemFixture(file)),
        use: 'sig',
        alg: algorithm,
        kid: stored.kid,
        x5c: [certificate.raw.toString('base64')],
        x5t: sha1,
        'x5t#S256': sha256,
      });
    },
  );

  test('that has expired is taken and deployed, and not published', async () => {
    const { x5t } = await project.material('expired');
    expect((await publishedKeys(node)).map((key) => key.x5t)).not.toContain(x5t);
    expect((await fetch(`${node.url}/projects/MyProject/jwks/expired`)).status).toBe(404);
    expect((await nodeStatus(node)).counts.jwks).toBe((await project.names('jwks')).length);
  });

  test('has the whole chain, leaf first, and publishes it', async () => {
    accepted(await create('chain', { certificateName: 'chain', algorithm: 'PS512', kid: 'my kid' }));
    const files = ['leaf.pem', 'intermediate.pem', 'root.pem'];
    const x5c = files.map((file) => new X509Certificate(pemFixture(file)).raw.toString('base64'));
    const [published] = (await publishedKeys(node)).filter(({ kid }) => kid === 'my kid');
    expect(published).toMatchObject({ x5c, alg: 'PS512', use: 'sig', kty: 'RSA' });
  });

  test('of an RSASSA-PSS key signs with the hash that the certificate names, and nothing else', async () => {
    for (const algorithm of ['RS256', 'PS256']) {
      expect(refusal(await create('pss', { certificateName: 'pss', algorithm }))).toContain(
        `Algorithm (${algorithm}) is not valid for RSASSA-PSS keys`,
      );
    }
    accepted(await create('pss', { certificateName: 'pss', algorithm: 'PS384' }));
  });

  test('is for encryption where that is asked for', async () => {
    const encryption = { useType: 'ENCRYPTION', algorithm: 'RSA-OAEP-256' };
    accepted(await create('encryption', { certificateName: 'rsa', ...encryption }));
    expect(await project.material('encryption')).toMatchObject({ use: 'enc', alg: 'RSA-OAEP-256' });
    const agreement = { useType: 'ENCRYPTION', algorithm: 'ECDH-ES+A256KW' };
    accepted(await create('agreement', { certificateName: 'ec', ...agreement }));
    expect(refusal(await create('none', { certificateName: 'okp', ...agreement }))).toContain(
      'is not valid for OKP keys',
    );
  });

  test('has no private member for any user', async () => {
    expect(Object.keys(await project.material('rsa')).sort()).toEqual(
      ['alg', 'e', 'kid', 'kty', 'n', 'use', 'x5c', 'x5t', 'x5t#S256'].sort(),
    );
  });
});

describe('a certificate that is not available', () => {
  test('is not found by another project', async () => {
    const other = projectApi(world.api, 'Other');
    const body = { name: 'x', ...signature, certificateName: 'rsa', algorithm: 'RS256' };
    expect(refusal(await other.create(body))).toBe('Certificate (name: rsa) is not found!');
    expect(await other.names('jwks')).toEqual([]);
  });

  test('is not found in an environment for which it has nothing', async () => {
    const body = { certificateName: 'rsa', algorithm: 'RS256', environmentName: 'staging' };
    expect(refusal(await create('x', body))).toBe('Certificate (name: rsa) is not found!');
  });

  test('is behind an environment that its project does not reach', async () => {
    const closed = { name: 'closed', type: 'TEST', projects: ['Other'] };
    expect((await world.api('POST', '/apiops/environments/', closed)).status).toBe(200);
    const text = (name: string) =>
      `Environment (${name}) is not found or user does not have privilege to access it!`;
    for (const environmentName of ['closed', 'unknown']) {
      const body = { certificateName: 'rsa', algorithm: 'RS256', environmentName };
      expect(refusal(await create('x', body))).toBe(text(environmentName));
    }
  });

  test('leaves the JWK that was made from it when it is deleted', async () => {
    accepted(await create('stays', { certificateName: 'rsa', algorithm: 'RS512' }));
    accepted(await project.call('DELETE', 'certificates/rsa/'));
    expect(await project.jwk('stays')).toMatchObject({ algorithm: 'RS512' });
    const again = { certificateName: 'rsa', algorithm: 'RS256' };
    expect(refusal(await create('x', again))).toBe('Certificate (name: rsa) is not found!');
  });
});
