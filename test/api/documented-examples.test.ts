// The examples that the documentation of Create JWK prints, under the names they have there.

import forge from 'node-forge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpTestServer, startHttpServer } from '../support/http-servers.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { accepted, type Body, type ProjectApi, pemFile, projectApi, refusal } from './support/project-api.ts';
import { keystorePem, makeRsaKey, pemFixture, publicHalf } from './support/sample-keys.ts';

let world: TestManager;
let project: ProjectApi;
let server: HttpTestServer;
const rsa = publicHalf(makeRsaKey());
const set = JSON.stringify({
  keys: [
    { ...rsa, kid: 'key-id-1' },
    { ...publicHalf(makeRsaKey()), kid: 'key-id-2' },
  ],
});

beforeAll(async () => {
  world = await startTestManager({
    environments: ['production', 'staging'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  await Promise.all([world.addNode('production', 'p1'), world.addNode('staging', 's1')]);
  project = projectApi(world.api);
  server = await startHttpServer((_request, response) => response.end(set));
  const pemEncodedFile = pemFile(pemFixture('leaf.pem'));
  const certificate = {
    certificateName: 'my-certificate',
    alias: 'my-cert-alias',
    environmentList: 'production',
    pemEncodedFile,
  };
  accepted(await project.certificate(certificate));
  const cryptoKeyInfoEnvironmentList = [{ environmentName: 'production', content: pemFixture('leaf.key') }];
  accepted(
    await project.call('POST', 'keys/', {
      name: 'my-key',
      keyType: 'PRIVATE_KEY',
      cryptoKeyInfoEnvironmentList,
    }),
  );
  const opened = {
    environmentName: 'production',
    file: keystoreOfMyAlias(),
    password: 'changeit',
    keyStoreType: 'PKCS12',
  };
  accepted(
    await project.call('POST', 'keystores/', { name: 'my-keystore', keyStoreEnvironmentList: [opened] }),
  );
});
afterAll(async () => {
  await world.close();
  await server.close();
});

/** The alias of the documentation is in no fixture, so a library writes a keystore that has it. */
function keystoreOfMyAlias(): string {
  const key = forge.pki.privateKeyFromPem(keystorePem('rsa.key.pem'));
  const options = { friendlyName: 'my-alias', algorithm: 'aes256' as const };
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.rsa.setPublicKey(key.n, key.e);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  certificate.sign(key, forge.md.sha256.create());
  const file = forge.pkcs12.toPkcs12Asn1(key, [certificate], 'changeit', options);
  return Buffer.from(forge.asn1.toDer(file).getBytes(), 'binary').toString('base64');
}

const deployed = {
  success: true,
  deploymentResult: {
    success: true,
    message: 'Deployment completed successfully',
    environmentResults: [
      { environmentName: 'production', success: true, message: 'Deployed successfully' },
      { environmentName: 'staging', success: true, message: 'Deployed successfully' },
    ],
  },
};
const demand = { environmentName: 'production', useType: 'SIGNATURE', algorithm: 'RS256' };

describe('the documented request', () => {
  test.each<[body: Body]>([
    [
      {
        description: 'JWK from URL',
        sourceType: 'URL',
        url: 'https://example.com/.well-known/jwks.json',
        urlOptionConnectTimeout: 5000,
        urlOptionReadTimeout: 10000,
        urlOptionSizeLimit: 1048576,
        kid: 'key-id-1',
      },
    ],
    [
      {
        description: 'JWK from JSON string',
        sourceType: 'COPY_PASTE',
        jwkStr: JSON.stringify(rsa),
        kid: 'key-id-1',
      },
    ],
    [{ description: 'JWK from clipboard', sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(rsa) }],
    [
      {
        description: 'JWK from certificate',
        sourceType: 'CERTIFICATE',
        certificateName: 'my-certificate',
        ...demand,
      },
    ],
    [{ description: 'JWK from key', sourceType: 'PUBLIC_KEY', keyName: 'my-key', ...demand }],
    [{ description: 'JWK from key', sourceType: 'PRIVATE_KEY', keyName: 'my-key', ...demand }],
    [
      {
        description: 'JWK from key',
        sourceType: 'KEYSTORE',
        keyStoreName: 'my-keystore',
        aliasName: 'my-alias',
        ...demand,
      },
    ],
  ])('is answered as documented: %#', async (body) => {
    const name = `my-jwk-${body.sourceType}-${body.kid ?? 'no-kid'}`;
    const url = body.url === undefined ? {} : { url: `${server.origin}/.well-known/jwks.json` };
    const { status, body: answer } = await project.create({ name, ...body, ...url });
    expect(answer).toEqual(deployed);
    expect(status).toBe(200);
  });

  test.each<[body: Body, text: string]>([
    [{ sourceType: 'URL' }, 'JWK name can not be empty!'],
    [
      { name: 'my-jwk-COPY_PASTE-no-kid', sourceType: 'URL' },
      'JWK (name: my-jwk-COPY_PASTE-no-kid) is already exist! Try update operation if want to change its value.',
    ],
    [{ name: 'my-jwk' }, 'Source type is required!'],
    [{ name: 'my-jwk', sourceType: 'URL' }, 'URL is required for URL source type!'],
    [
      { name: 'my-jwk', sourceType: 'CERTIFICATE', certificateName: 'your-certificate', ...demand },
      'Certificate (name: your-certificate) is not found!',
    ],
    [
      {
        name: 'my-jwk',
        sourceType: 'CERTIFICATE',
        certificateName: 'my-certificate',
        ...demand,
        algorithm: 'RSA',
      },
      'Algorithm (RSA) is not valid for RSA keys with use type SIGNATURE! Valid values: RS256, RS384, RS512, PS256, PS384, PS512',
    ],
    [
      { name: 'my-jwk', sourceType: 'COPY_PASTE', jwkStr: '{"kty":"RSA","n":"...","e":"AQAB"}' },
      'n is not base64url: it holds a character outside A-Z a-z 0-9 - _ (RFC 7515 §2)',
    ],
  ])('is refused in the documented words: %j', async (body, text) => {
    expect(refusal(await project.create(body))).toBe(text);
  });
});
