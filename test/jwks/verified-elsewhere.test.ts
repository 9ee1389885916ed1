import { createPublicKey, verify } from 'node:crypto';
import { createRemoteJWKSet, importJWK, jwtVerify, SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { accepted, type ProjectApi, projectApi, publishedKeys } from '../api/support/project-api.ts';
import { makeCurveKey, makeRsaKey } from '../api/support/sample-keys.ts';
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

const rsa = makeRsaKey();
const signers = [
  { alg: 'RS256', jwk: rsa },
  { alg: 'PS256', jwk: rsa },
  { alg: 'ES256', jwk: makeCurveKey('P-256') },
  { alg: 'ES384', jwk: makeCurveKey('P-384') },
  { alg: 'ES512', jwk: makeCurveKey('P-521') },
  { alg: 'EdDSA', jwk: makeCurveKey('Ed25519') },
];

/** Signed with the private half as the API gives it out. */
async function signedToken(alg: string): Promise<string> {
  const material = await project.material(`signer-${alg}`);
  const key = await importJWK(material, alg);
  const token = new SignJWT({ scope: 'read' }).setProtectedHeader({ alg, kid: material.kid });
  return token.setIssuer('https://issuer.example').setExpirationTime('1h').sign(key);
}

describe('a token that is signed with a stored key', () => {
  test.each(signers)("by $alg is verified by jose from the node's set", async ({ alg, jwk }) => {
    accepted(await project.paste(`signer-${alg}`, { ...jwk, alg, use: 'sig' }, `kid-${alg}`));
    const keys = createRemoteJWKSet(new URL(`${node.url}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(await signedToken(alg), keys, {
      issuer: 'https://issuer.example',
    });
    expect(payload.scope).toBe('read');
    expect(protectedHeader.kid).toBe(`kid-${alg}`);
  });

  // jsonwebtoken knows neither EdDSA nor JWK Sets, so the key is chosen here and read by node:crypto.
  test.each(signers.filter(({ alg }) => alg !== 'EdDSA'))(
    'by $alg is verified by jsonwebtoken, too',
    async ({ alg }) => {
      const key = (await publishedKeys(node)).find(({ kid }) => kid === `kid-${alg}`) ?? {};
      const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
      const verified = jsonwebtoken.verify(await signedToken(alg), pem, {
        algorithms: [alg as jsonwebtoken.Algorithm],
      });
      expect(verified).toMatchObject({ scope: 'read' });
    },
  );

  test('by EdDSA is verified by node:crypto, too', async () => {
    const key = (await publishedKeys(node)).find(({ kid }) => kid === 'kid-EdDSA') ?? {};
    const [header, payload, signature = ''] = (await signedToken('EdDSA')).split('.');
    const publicKey = createPublicKey({ key, format: 'jwk' });
    const signed = Buffer.from(`${header}.${payload}`);
    expect(verify(null, signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test("is not verified by another key's signature", async () => {
    const keys = createRemoteJWKSet(new URL(`${node.url}/projects/MyProject/.well-known/jwks.json`));
    const forged = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'kid-ES256' })
      .sign(await importJWK(makeCurveKey('P-256'), 'ES256'));
    await expect(jwtVerify(forged, keys)).rejects.toThrow('signature verification failed');
  });
});
