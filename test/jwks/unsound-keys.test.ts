import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Item, type ProjectApi, projectApi, refusal } from '../api/support/project-api.ts';
import {
  makeCurveKey,
  makeRsaKey,
  octKey,
  p256Private,
  p256Public,
  pemFixture,
  publicHalf,
} from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager();
  project = projectApi(world.api);
});
afterAll(() => world.close());

const rsa = makeRsaKey();
const otherRsa = makeRsaKey();
const { n, e } = rsa;
const ed25519 = makeCurveKey('Ed25519');
const x25519 = makeCurveKey('X25519');
const without = (jwk: Item, ...members: string[]) =>
  Object.fromEntries(Object.entries(jwk).filter(([member]) => !members.includes(member)));
const toNumber = (text: string) => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);
const toText = (value: bigint) => {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
};
const modulus = (value: bigint) => ({ kty: 'RSA', n: toText(value), e });
const certificate = new X509Certificate(pemFixture('ec.pem'));
const certified = certificate.publicKey.export({ format: 'jwk' });
const privatePem = Buffer.from(pemFixture('ec.key').replace(/-----.*-----|\n/g, ''), 'base64').toString(
  'base64',
);

const unsound: readonly [what: string, jwk: Item, reason: RegExp][] = [
  ['an RSA key with the d of another', { ...rsa, d: otherRsa.d }, /RSA/],
  ['an RSA key with the p of another', { ...rsa, p: otherRsa.p }, /RSA/],
  ['an RSA key with a wrong dp', { ...rsa, dp: rsa.dq }, /dp/],
  ['an RSA key with a wrong qi', { ...rsa, qi: rsa.dq }, /qi/],
  ['an RSA key without qi', without(rsa, 'qi'), /qi/],
  ['an RSA key without d', without(rsa, 'd'), /d/],
  [
    'an RSA key of three primes',
    { ...rsa, oth: [{ r: 'AQAB', d: 'AQAB', t: 'AQAB' }] },
    /more than two primes/,
  ],
  ['an RSA key of 1024 bits', publicHalf(makeRsaKey(1024)), /has 1024 bits, 2048 to 8192 are accepted/],
  ['an RSA key of 16384 bits', modulus((1n << 16383n) + 1n), /at most|16384 bits|characters/],
  ['an RSA key whose d is padded', { ...rsa, d: `AAAA${rsa.d}` }, /zero|leading/],
  ['an even modulus', modulus(toNumber(n) + 1n), /even/],
  ['a square modulus', modulus(toNumber(rsa.p) ** 2n), /square/],
  ['a modulus with a small factor', modulus((1n << 2047n) + 1n), /small factor/],
  ['an exponent of 1', { kty: 'RSA', n, e: 'AQ' }, /exponent \(e\) is 1/],
  ['an even exponent', { kty: 'RSA', n, e: 'Ag' }, /exponent \(e\) is even/],
  ['an exponent above 2^256', { kty: 'RSA', n, e: toText((1n << 256n) + 1n) }, /above 2\^256/],
  ['a point off its curve', { ...p256Public, y: p256Public.x }, /is not on P-256/],
  ['a point of zeros', { ...p256Public, x: 'A'.repeat(43), y: 'A'.repeat(43) }, /curve|infinity|point/],
  ['a coordinate that is too short', { ...p256Public, x: p256Public.x.slice(0, 40) }, /octets|bytes/],
  [
    'a coordinate that is too long',
    { ...p256Public, x: `${p256Public.x.slice(0, 40)}${p256Public.x}` },
    /octets|bytes|base64url/,
  ],
  ['a P-256 point that claims P-384', { ...p256Public, crv: 'P-384' }, /octets|bytes/],
  ['an EC key with the d of another', { ...p256Private, d: makeCurveKey('P-256').d }, /d/],
  ['an EC key with d = 0', { ...p256Private, d: 'A'.repeat(43) }, /d/],
  ['an unknown curve', { ...p256Public, crv: 'P-192' }, /crv|curve/],
  ['a curve in small letters', { ...p256Public, crv: 'p-256' }, /crv|curve/],
  ['an OKP key with the d of another', { ...ed25519, d: makeCurveKey('Ed25519').d }, /d/],
  ['an OKP key that is too short', { ...ed25519, x: ed25519.x.slice(0, -3) }, /x/],
  ['an Ed25519 key of small order', { kty: 'OKP', crv: 'Ed25519', x: `AQ${'A'.repeat(41)}` }, /small order/],
  ['an OKP key on an EC curve', { ...publicHalf(ed25519), crv: 'P-256' }, /crv|curve/],
  [
    'an OCT key that is shorter than its alg needs',
    { ...octKey(31), alg: 'HS256' },
    /HS256.*at least 32 bytes/,
  ],
  ['an OCT key of another size than its alg', { ...octKey(32), alg: 'A128KW' }, /A128KW.*exactly 16 bytes/],
  ['an OCT key without content', { kty: 'oct', k: '' }, /k is empty/],
  ['base64url with padding', { kty: 'oct', k: 'AAAAAA==' }, /padding/],
  ['plain base64', { kty: 'oct', k: '++//' }, /plain base64/],
  ['base64url with a space', { kty: 'oct', k: 'AA AA' }, /base64url/],
  ['base64url with bits left over', { kty: 'oct', k: 'AAB' }, /bits that belong to no octet/],
  ['a member of another type', { kty: 'oct', k: 5 }, /k must be a string/],
  ['alg of another key type', { ...p256Public, alg: 'RS256' }, /alg \(RS256\) contradicts the key/],
  ['alg of another curve', { ...p256Public, alg: 'ES384' }, /alg \(ES384\) contradicts the key/],
  ['an alg that is not known', { ...p256Public, alg: 'ES1' }, /alg \(ES1\) is not known/],
  ['alg none', { ...p256Public, alg: 'none' }, /alg \(none\) is not known/],
  ['use against alg', { ...p256Public, alg: 'ES256', use: 'enc' }, /use \(enc\) contradicts alg/],
  ['use against the curve', { ...publicHalf(x25519), use: 'sig' }, /contradicts the key/],
  ['a use that is not known', { ...p256Public, use: 'both' }, /use \(both\) is not valid/],
  ['key_ops against use', { ...p256Public, use: 'enc', key_ops: ['verify'] }, /key_ops.*contradicts use/],
  ['key_ops against alg', { ...p256Public, alg: 'ES256', key_ops: ['deriveKey'] }, /key_ops/],
  ['key_ops that need the private half', { ...p256Public, key_ops: ['sign'] }, /key_ops|private/],
  ['key_ops twice', { ...p256Public, key_ops: ['verify', 'verify'] }, /key_ops/],
  ['key_ops that are no list', { ...p256Public, key_ops: 'verify' }, /key_ops must be an array/],
  ['x5c of another key', { ...p256Public, x5c: [certificate.raw.toString('base64')] }, /x5c/],
  ['x5c with a private key', { ...certified, x5c: [privatePem] }, /private key|certificate/],
  ['x5c that is garbage', { ...certified, x5c: ['AAAA'] }, /x5c|certificate/],
  [
    'x5t of another certificate',
    { ...certified, x5c: [certificate.raw.toString('base64')], x5t: 'A'.repeat(27) },
    /x5t/,
  ],
];

test.each(unsound)('%s is refused with its reason', async (what, jwk, reason) => {
  const text = refusal(await project.paste(what.replace(/[^a-zA-Z0-9]/g, '-'), jwk));
  expect(text).toMatch(reason);
  for (const member of ['d', 'p', 'k']) {
    const secret = jwk[member];
    if (typeof secret === 'string' && secret.length > 8) expect(text).not.toContain(secret);
  }
});

test('no rejected key was stored', async () => {
  expect(await project.names('jwks')).toEqual([]);
});
