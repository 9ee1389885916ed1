import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { createRemoteJWKSet, importJWK, jwtVerify, SignJWT } from 'jose';
import jsonwebtoken, { type Algorithm } from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { endAllProcesses, type ServeProcess } from './support/keyplane-process.ts';
import { removeTemporaryFolders } from './support/temporary-folder.ts';
import { jwksPath, made, startWorld, type World } from './support/world.ts';

const issuer = 'https://issuer.example';
const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512'] as const;
const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

let world: World;
let node: ServeProcess;
const privateKeys = new Map<string, JsonWebKey>();

beforeAll(async () => {
  world = await startWorld();
  node = await world.startNode('n1');
  await world.connected('n1');
  for (const alg of algorithms) {
    const curve = curves[alg];
    const { privateKey } = curve
      ? generateKeyPairSync('ec', { namedCurve: curve })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: `key of ${alg}` };
    privateKeys.set(alg, jwk);
    const body = { name: `signs-${alg}`, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) };
    const { deploymentResult } = await made(world.api, jwksPath, body);
    expect(deploymentResult.success).toBe(true);
  }
});
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

function privateKeyOf(alg: string): JsonWebKey & { kid: string } {
  const jwk = privateKeys.get(alg);
  if (!jwk) throw new Error(`no key for ${alg}`);
  return { ...jwk, kid: `key of ${alg}` };
}

/** A verifier without a JOSE library: it fetches the set, selects by kid, and imports with node:crypto. */
async function publishedKey(kid: string) {
  const { keys } = (await (await fetch(`${node.url}/.well-known/jwks.json`)).json()) as {
    keys: (JsonWebKey & { kid: string })[];
  };
  const key = keys.find((one) => one.kid === kid);
  if (!key) throw new Error(`${kid} is not in the set`);
  return createPublicKey({ key, format: 'jwk' });
}

describe.each(algorithms)('what a node publishes for %s', (alg) => {
  test("verifies a token of the private half by jose's client of remote JWK Sets", async () => {
    const jwk = privateKeyOf(alg);
    const token = await new SignJWT({ scope: 'all' })
      .setProtectedHeader({ alg, kid: jwk.kid })
      .setIssuer(issuer)
      .setExpirationTime('5 minutes')
      .sign(await importJWK({ ...jwk, kty: jwk.kty ?? '' }));
    const remote = createRemoteJWKSet(new URL(`${node.url}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(token, remote, { issuer, algorithms: [alg] });
    expect(payload.scope).toBe('all');
    expect(protectedHeader.kid).toBe(jwk.kid);
    await expect(jwtVerify(`${token.slice(0, -4)}AAAA`, remote, { issuer })).rejects.toThrow('signature');
  });

  test('verifies a token that jsonwebtoken signed, by jsonwebtoken, which shares no code with jose', async () => {
    const jwk = privateKeyOf(alg);
    const key = createPrivateKey({ key: jwk, format: 'jwk' });
    const options = { algorithm: alg satisfies Algorithm, keyid: jwk.kid, issuer, expiresIn: '5m' } as const;
    const token = jsonwebtoken.sign({ scope: 'all' }, key, options);
    const kid = jsonwebtoken.decode(token, { complete: true })?.header.kid ?? '';
    const published = await publishedKey(kid);
    expect(jsonwebtoken.verify(token, published, { algorithms: [alg], issuer })).toMatchObject({
      scope: 'all',
    });
    const other = await publishedKey(alg === 'RS256' ? 'key of PS256' : 'key of RS256');
    expect(() => jsonwebtoken.verify(token, other, { algorithms: [alg] })).toThrow();
  });
});

describe('a set that a verifier keeps', () => {
  test('is revalidated by its ETag, and replaced once a key was added', async () => {
    const address = `${node.url}/.well-known/jwks.json`;
    const first = await fetch(address);
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('content-type')).toContain('application/jwk-set+json');
    const again = await fetch(address, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    const jwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    await made(world.api, jwksPath, {
      name: 'one-more',
      sourceType: 'COPY_PASTE',
      jwkStr: JSON.stringify(jwk),
    });
    const later = await fetch(address, { headers: { 'if-none-match': etag } });
    expect(later.status).toBe(200);
    expect(later.headers.get('etag')).not.toBe(etag);
  });

  test('gets the Cache-Control of a manager that starts with other settings, under the same ETag, and keeps it without a manager', async () => {
    const address = `${node.url}/projects/MyProject/.well-known/jwks.json`;
    const first = await fetch(address);
    expect(first.headers.get('cache-control')).toBe('public, max-age=300, stale-while-revalidate=60');
    const etag = first.headers.get('etag') ?? '';
    await first.arrayBuffer();
    const unchanged = () => fetch(address, { headers: { 'if-none-match': etag } });
    await world.manager.stop();
    await world.startManager({
      settings: { KEYPLANE_JWKS_MAX_AGE: '30', KEYPLANE_JWKS_STALE_IF_ERROR: '90' },
    });
    const changed = 'public, max-age=30, stale-while-revalidate=60, stale-if-error=90';
    const has = async () => (await unchanged()).headers.get('cache-control') === changed;
    await eventually(has, 'the node answers with the new setting');
    await world.manager.stop();
    const answer = await unchanged();
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([304, changed]);
  });
});
