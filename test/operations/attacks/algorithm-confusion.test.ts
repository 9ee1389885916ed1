// A token says which algorithm it was made with. A node that believes it can be made to verify with another (RFC 8725 §2.1).

import { createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeEc, makeOct, makeRsa, publicHalf, type RawJwk } from '../../jose/made-keys.ts';
import { ecJwk } from '../../node/support/contents.ts';
import { applicationContent } from '../../node/support/operations.ts';
import { callerOf, operationsWorld } from '../../node/support/operations-world.ts';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = part({ sub: 'admin' });

/** A node that verifies with each of these JWKs, by name. */
async function verifiers(jwks: Readonly<Record<string, RawJwk>>) {
  const contents = Object.entries(jwks).map(([name, jwk]) => ecJwk({ name, jwk }));
  const { token, content } = applicationContent(
    contents.map((jwk) => ({ ...jwk, operations: ['VERIFY', 'MAC', 'DECRYPT'] })),
  );
  const { url } = await operationsWorld([...contents, content]);
  return async (name: string, jws: string | object): Promise<string> => {
    const { status, body } = await callerOf(url, `jwks/${name}`, token)('verify', { jws });
    expect(status).toBe(200);
    return body.valid ? 'valid' : body.reason;
  };
}

test('a MAC whose secret is the public key is no signature of that key', async () => {
  const raw: RawJwk = { ...makeRsa(), alg: 'RS256', kid: 'k' };
  const verify = await verifiers({ rsa: raw });
  const key = createPublicKey({ key: publicHalf(raw), format: 'jwk' });
  const secrets = [
    key.export({ type: 'spki', format: 'pem' }),
    String(key.export({ type: 'spki', format: 'pem' })).trim(),
    key.export({ type: 'pkcs1', format: 'pem' }),
    key.export({ type: 'spki', format: 'der' }),
    JSON.stringify(publicHalf(raw)),
    Buffer.from(raw.n ?? '', 'base64url'),
  ];
  for (const secret of secrets) {
    const input = `${part({ alg: 'HS256', kid: 'k' })}.${claims}`;
    const mac = createHmac('sha256', secret).update(input).digest('base64url');
    expect(await verify('rsa', `${input}.${mac}`)).toBe('ALGORITHM');
  }
});

test('a signature with another algorithm than that of the key is none, also with the right key', async () => {
  const rsa = { ...makeRsa(), alg: 'RS256', kid: 'k' };
  const ec = { ...makeEc('P-256'), alg: 'ES256', kid: 'k' };
  const oct: RawJwk = { ...makeOct(64), alg: 'HS512', kid: 'k' };
  const verify = await verifiers({ rsa, ec, oct });
  const signed = (alg: string, digest: string, raw: RawJwk, options: object = {}) => {
    const input = `${part({ alg, kid: 'k' })}.${claims}`;
    const key = createPrivateKey({ key: raw, format: 'jwk' });
    return `${input}.${sign(digest, Buffer.from(input), { key, ...options }).toString('base64url')}`;
  };
  const raw = { dsaEncoding: 'ieee-p1363' };
  expect(await verify('rsa', signed('RS256', 'sha256', rsa))).toBe('valid');
  expect(await verify('rsa', signed('RS512', 'sha512', rsa))).toBe('ALGORITHM');
  expect(await verify('rsa', signed('PS256', 'sha256', rsa, { padding: 6, saltLength: 32 }))).toBe(
    'ALGORITHM',
  );
  expect(await verify('ec', signed('ES256', 'sha256', ec, raw))).toBe('valid');
  expect(await verify('ec', signed('ES384', 'sha384', ec, raw))).toBe('ALGORITHM');
  expect(await verify('ec', signed('ES256K', 'sha256', ec, raw))).toBe('ALGORITHM');
  const input = `${part({ alg: 'HS256', kid: 'k' })}.${claims}`;
  const secret = Buffer.from(oct.k ?? '', 'base64url');
  const mac = createHmac('sha256', secret).update(input).digest('base64url');
  expect(await verify('oct', `${input}.${mac}`)).toBe('ALGORITHM');
});

test('a JWS without a signature is valid for no key, however its algorithm is written', async () => {
  const ec = { ...makeEc('P-256'), alg: 'ES256', kid: 'k' };
  const verify = await verifiers({ ec });
  for (const alg of ['none', 'None', 'NONE', 'nOnE', 'none ', 'null', 'constructor', '__proto__']) {
    for (const signature of ['', 'AA']) {
      const compact = `${part({ alg, kid: 'k' })}.${claims}.${signature}`;
      expect(await verify('ec', compact)).toBe('ALGORITHM');
      const flattened = { payload: claims, header: { alg, kid: 'k' }, signature };
      expect(await verify('ec', flattened)).toBe('ALGORITHM');
    }
  }
  for (const alg of ['', null, ['none'], { none: true }, 0, false]) {
    expect(await verify('ec', `${part({ alg, kid: 'k' })}.${claims}.`)).toBe('FORMAT');
  }
  expect(await verify('ec', `${part({ kid: 'k' })}.${claims}.`)).toBe('FORMAT');
  expect(await verify('ec', `${part({ alg: 'ES256', kid: 'k' })}.${claims}.`)).toBe('SIGNATURE');
});

test('an ECDSA signature of zeros is none', async () => {
  const keys = {
    p256: makeEc('P-256'),
    p384: makeEc('P-384'),
    p521: makeEc('P-521'),
    k1: makeEc('secp256k1'),
  };
  const algs = {
    p256: ['ES256', 64],
    p384: ['ES384', 96],
    p521: ['ES512', 132],
    k1: ['ES256K', 64],
  } as const;
  const names = Object.keys(keys) as (keyof typeof keys)[];
  const jwks = Object.fromEntries(
    names.map((name) => [name, { ...keys[name], alg: algs[name][0], kid: 'k' }]),
  );
  const verify = await verifiers(jwks);
  for (const name of names) {
    const [alg, octets] = algs[name];
    const zeros = Buffer.alloc(octets).toString('base64url');
    expect(await verify(name, `${part({ alg, kid: 'k' })}.${claims}.${zeros}`)).toBe('SIGNATURE');
    const most = Buffer.alloc(octets, 0xff).toString('base64url');
    expect(await verify(name, `${part({ alg, kid: 'k' })}.${claims}.${most}`)).toBe('SIGNATURE');
  }
});
