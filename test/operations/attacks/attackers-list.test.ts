// What an attacker tries first at the operations of a node, one test each (RFC 8725, RFC 7516 §11, RFC 7518 §8). The other files
// of this folder vary each attack.

import {
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  publicEncrypt,
  randomBytes,
  sign,
} from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import * as jose from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { secureRandomness } from '../../../src/node/operations/secure-randomness.ts';
import { concatKdf } from '../../../src/operations/encryption/families/concat-kdf.ts';
import type {
  DeployedContent,
  DeployedJwk,
  DeployedKeyRing,
  KeyAllowances,
} from '../../../src/protocol/content.ts';
import { makeEc, makeOkp, makeRsa, publicHalf, type RawJwk } from '../../jose/made-keys.ts';
import { callingWorld, signingApplication } from '../../node/support/calling-world.ts';
import { ecJwk } from '../../node/support/contents.ts';
import { testIssuer } from '../../node/support/jwt-issuers.ts';
import { applicationContent, memberContent, operate, ringContent } from '../../node/support/operations.ts';
import { operationsWorld } from '../../node/support/operations-world.ts';
import { forgedPlaintext, forgeJwe, knownOctets } from '../encryption/support/forged-jwe.ts';
import { openJwe, openKey, sealCompact } from '../encryption/support/open-jwe.ts';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { sub: 'admin' };
const modulusOctets = 256;

/** A node that verifies and decrypts with these, and what it answers the one application. */
async function attackedNode(
  granted: readonly (DeployedJwk | DeployedKeyRing)[],
  others: readonly DeployedContent[] = [],
) {
  const { token, content } = applicationContent(
    granted.map(({ id, kind }) => ({ id, kind, operations: ['VERIFY', 'DECRYPT'] })),
  );
  const { url } = await operationsWorld([...granted, ...others, content]);
  const [target] = granted;
  const path = `${target?.kind === 'jwk' ? 'jwks' : 'key-rings'}/${target?.name}`;
  const judged = async (jws: unknown): Promise<string> => {
    const { status, body } = await operate(url, `${path}/verify`, { token, body: { jws } });
    expect(status).toBe(200);
    return body.valid ? 'valid' : body.reason;
  };
  const decrypted = async (jwe: string) => {
    const { status, body } = await operate(url, `${path}/decrypt`, { token, body: { jwe } });
    return { status, body };
  };
  return { judged, decrypted };
}

function signedBy(raw: RawJwk, header: object): Promise<string> {
  const key = jose.importJWK(raw, 'ES256');
  return key.then((one) =>
    new jose.SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(one),
  );
}

/** The ring `own` with the key `own-1`, beside a ring of which the attacker has the key. */
async function verifyingNode() {
  const [own, others] = [ringContent('own'), ringContent('others')];
  const [key, stolen] = [makeEc('P-256'), makeEc('P-256')];
  const members = [memberContent(own, 1, 'ACTIVE', key), memberContent(others, 1, 'ACTIVE', stolen)];
  const { judged } = await attackedNode([own], [others, ...members]);
  expect(await judged(await signedBy(key, { kid: 'own-1' }))).toBe('valid');
  return { key, stolen, judged };
}

/** An attacker's key, and addresses where it is offered as a JWK Set and as PEM. */
async function offeredKey() {
  const key = makeEc('P-256');
  const jwk = { ...publicHalf(key), kid: 'own-1', alg: 'ES256', use: 'sig' };
  const pem = createPublicKey({ key: publicHalf(key), format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  });
  let requests = 0;
  const server = createServer(({ url }, response) => {
    requests += 1;
    response.end(url === '/jwks.json' ? JSON.stringify({ keys: [jwk] }) : pem);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { key, jwk, address, requests: () => requests };
}

function encryptionJwk(jwk: RawJwk, alg: string, operations?: KeyAllowances): DeployedJwk {
  const content = ecJwk({ name: 'opened', jwk: { ...jwk, alg, use: 'enc', kid: 'opened' } });
  return operations ? { ...content, operations } : content;
}

const failed = {
  status: 400,
  body: {
    error: 'bad_request',
    error_description: 'Decryption failed!',
    reason: 'REQUEST_NOT_VALID',
  },
};

test('algorithm confusion: a MAC whose secret is the public key is not valid', async () => {
  const raw: RawJwk = { ...makeRsa(), alg: 'RS256', use: 'sig', kid: 'k' };
  const { judged } = await attackedNode([ecJwk({ name: 'rsa', jwk: raw })]);
  const secret = createPublicKey({ key: publicHalf(raw), format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  });
  const input = `${part({ alg: 'HS256', kid: 'k' })}.${part(claims)}`;
  const mac = createHmac('sha256', secret).update(input).digest('base64url');
  expect(await judged(`${input}.${mac}`)).toBe('ALGORITHM');
});

test('key confusion by kid: a key of another ring verifies nothing, whatever kid the token has', async () => {
  const { key, stolen, judged } = await verifyingNode();
  expect(await judged(await signedBy(stolen, { kid: 'others-1' }))).toBe('UNKNOWN_KEY');
  expect(await judged(await signedBy(stolen, { kid: 'own-1' }))).toBe('SIGNATURE');
  expect(await judged(await signedBy(key, { kid: 'others-1' }))).toBe('UNKNOWN_KEY');
});

test('jku: the JWK Set that a token points to is not fetched', async () => {
  const { judged } = await verifyingNode();
  const { key, address, requests } = await offeredKey();
  const jws = await signedBy(key, { kid: 'own-1', jku: `${address}/jwks.json` });
  expect([await judged(jws), requests()]).toEqual(['SIGNATURE', 0]);
});

test('x5u: the certificate that a token points to is not fetched', async () => {
  const { judged } = await verifyingNode();
  const { key, address, requests } = await offeredKey();
  const jws = await signedBy(key, { kid: 'own-1', x5u: `${address}/certificate.pem` });
  expect([await judged(jws), requests()]).toEqual(['SIGNATURE', 0]);
});

test('jwk: the key that a token contains is not used', async () => {
  const { judged } = await verifyingNode();
  const { key, jwk } = await offeredKey();
  expect(await judged(await signedBy(key, { kid: 'own-1', jwk }))).toBe('SIGNATURE');
});

test('crit: a token with an extension that is not implemented is not valid, although its signature is', async () => {
  const { key, judged } = await verifyingNode();
  const input = `${part({ alg: 'ES256', kid: 'own-1', crit: ['b65'], b65: false })}.${part(claims)}`;
  const signer = { key: createPrivateKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const;
  const signature = sign('sha256', Buffer.from(input), signer).toString('base64url');
  expect(await judged(`${input}.${signature}`)).toBe('CRITICAL');
});

test('none: a token without a signature is not valid', async () => {
  const { judged } = await verifyingNode();
  for (const alg of ['none', 'None', 'NONE'])
    expect(await judged(`${part({ alg, kid: 'own-1' })}.${part(claims)}.`)).toBe('ALGORITHM');
});

/** What a client sends that knows, or guesses, the secret that the node agrees on. */
function forAgreement(secret: Buffer, epk: object): string {
  const enc = 'A256GCM';
  const cek = concatKdf(secret, { algorithmId: enc, apu: undefined, apv: undefined, octets: 32 });
  return forgeJwe({ header: { alg: 'ECDH-ES', enc, kid: 'opened', epk }, cek });
}

test('invalid curve: an ephemeral key of order 2 off the curve does not reveal whether the private key is odd', async () => {
  let jwk = makeEc('P-256');
  while (((Buffer.from(jwk.d ?? '', 'base64url').at(-1) ?? 0) & 1) === 0) jwk = makeEc('P-256');
  const { decrypted } = await attackedNode([encryptionJwk(jwk, 'ECDH-ES')]);
  // With y = 0 it is its own inverse on a curve of another b: times an odd number it is itself.
  const x = Buffer.alloc(32);
  x.writeUInt8(5, 31);
  const epk = {
    kty: 'EC',
    crv: 'P-256',
    x: x.toString('base64url'),
    y: Buffer.alloc(32).toString('base64url'),
  };
  expect(await decrypted(forAgreement(x, epk))).toEqual(failed);
});

test('small order: an ephemeral key with which everyone agrees on zeros opens nothing', async () => {
  const { decrypted } = await attackedNode([encryptionJwk(makeOkp('X25519'), 'ECDH-ES')]);
  for (const first of [0, 1]) {
    const x = Buffer.alloc(32);
    x.writeUInt8(first);
    const epk = { kty: 'OKP', crv: 'X25519', x: x.toString('base64url') };
    expect(await decrypted(forAgreement(Buffer.alloc(32), epk))).toEqual(failed);
  }
});

test('PBES2 bomb: a password is not derived with more iterations than the key allows, although it is right', async () => {
  const alg = 'PBES2-HS256+A128KW';
  const jwk = { kty: 'oct', k: randomBytes(16).toString('base64url') };
  const { decrypted } = await attackedNode([encryptionJwk(jwk, alg)]);
  const own = { ...jwk, alg, kid: 'opened' };
  const withCount = (count: number) =>
    sealCompact(openKey(own, { iterationCount: count, maxIterationCount: count }), 'x');
  expect(await decrypted(await withCount(100_000))).toMatchObject({ status: 200 });
  expect(await decrypted(await withCount(100_001))).toEqual(failed);
});

test('zip bomb: content is not decompressed beyond 256 KiB, although its tag is right', async () => {
  const cek = randomBytes(32);
  const jwk = { kty: 'oct', k: cek.toString('base64url') };
  const { decrypted } = await attackedNode([encryptionJwk(jwk, 'dir', { allowCompressed: true })]);
  const compressed = (octets: number) =>
    forgeJwe({
      header: { alg: 'dir', enc: 'A256GCM', zip: 'DEF', kid: 'opened' },
      cek,
      plaintext: deflateRawSync(Buffer.alloc(octets)),
    });
  expect(await decrypted(compressed(256 * 1024))).toMatchObject({ status: 200 });
  expect(await decrypted(compressed(100 * 1024 * 1024))).toEqual(failed);
});

/** RSA of octets with the padding that a test chooses. */
function encryptedKeyOf(jwk: RawJwk, [type, separator]: readonly [number, number], cek: Buffer): Buffer {
  const padding = Buffer.alloc(modulusOctets - 3 - cek.length, 0xff);
  const encoded = Buffer.concat([Buffer.of(0, type), padding, Buffer.of(separator), cek]);
  const key = createPublicKey({ key: publicHalf(jwk) as JsonWebKey, format: 'jwk' });
  return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
}

const rsa15Header = { alg: 'RSA1_5', enc: 'A128CBC-HS256', kid: 'opened' };
const wrongPaddings = [
  [1, 0],
  [2, 1],
  [0, 0],
] as const;

test('padding oracle: a wrong padding, a wrong key and a wrong tag get the same answer', async () => {
  const jwk = makeRsa();
  const { decrypted } = await attackedNode([encryptionJwk(jwk, 'RSA1_5', { allowRsa15: true })]);
  const cek = randomBytes(32);
  const sealed = (padding: readonly [number, number], inside = cek) =>
    forgeJwe({ header: rsa15Header, cek, encryptedKey: encryptedKeyOf(jwk, padding, inside) });
  expect(await decrypted(sealed([2, 0]))).toMatchObject({ status: 200 });
  for (const padding of wrongPaddings) expect(await decrypted(sealed(padding))).toEqual(failed);
  expect(await decrypted(sealed([2, 0], randomBytes(32)))).toEqual(failed);
  expect(await decrypted(sealed([2, 0]).replace(/.{3}$/, 'AAA'))).toEqual(failed);
});

test('timing oracle: decryption goes on to the tag with a random key where the padding is wrong', async () => {
  const jwk = { ...makeRsa(), alg: 'RSA1_5', kid: 'opened' };
  const key = openKey(jwk, { allowRsa15: true });
  const randomness = { ...secureRandomness, octets: knownOctets };
  for (const padding of wrongPaddings) {
    const encryptedKey = encryptedKeyOf(jwk, padding, randomBytes(32));
    const jwe = forgeJwe({ header: rsa15Header, cek: knownOctets(32), encryptedKey });
    expect((await openJwe(key, jwe, { randomness })).plaintext).toEqual(forgedPlaintext);
  }
});

test('replay: an assertion of single use signs once', async () => {
  const issuer = testIssuer();
  const { sign: signAs } = await callingWorld((ring) => [
    signingApplication(ring, { credentials: [issuer.credential({ singleUse: true })] }),
  ]);
  const jwt = await issuer.jwt();
  expect([(await signAs(jwt)).status, (await signAs(jwt)).status]).toEqual([200, 401]);
});

test('another project: a grant of a key in one project opens nothing of an application in another', async () => {
  const ring = ringContent('tokens');
  const contents = [ring, memberContent(ring, 1, 'ACTIVE')];
  const statusIn = async (project: string) => {
    const { token, content } = applicationContent([{ ...ring, operations: ['SIGN'] }], { project });
    const { url } = await operationsWorld([...contents, content]);
    return (await operate(url, 'key-rings/tokens/sign', { token, body: { claims } })).status;
  };
  expect([await statusIn('MyProject'), await statusIn('Other')]).toEqual([200, 403]);
});
