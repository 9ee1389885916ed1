// Fixed vectors of the handshake's steps. They were made with the functions under test, and OpenSSL, another
// implementation, reads them back: `openssl pkeyutl -verify -rawin` and `openssl kdf HKDF`.

import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enrollmentTokenText, parseEnrollmentToken } from '../../src/protocol/enrollment-token.ts';
import {
  deriveSessionKeys,
  endorse,
  firstReleaseMac,
  isIdentityOf,
  proofBytes,
  transcriptOf,
} from '../../src/protocol/handshake.ts';
import { fingerprintOf, isSignedBy, signBytes, signingKeyOf } from '../../src/protocol/signing-keys.ts';

const hello = '{"type":"hello","name":"rack-7"}';
const identity = '{"type":"identity"}';
const names = { environment: 'production', node: 'rack-7' };
const node = signingKeyOf(Buffer.alloc(32, 7));
const transcript = transcriptOf(hello, identity);

/** RFC 7748 §6.1. */
const alice = '77076d0a7318a57d3c16c17251b26645df4f9ad6c8b0e6c1b4b9a6c6a1b5b8a2';
const x25519Head = Buffer.from('302e020100300506032b656e04220420', 'hex');
const x25519Of = (hex: string): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([x25519Head, Buffer.from(hex, 'hex')]),
    format: 'der',
    type: 'pkcs8',
  });
const peer = Buffer.from('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f', 'hex');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyplane-vectors-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: Uint8Array | string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const openssl = (...given: string[]) => execFileSync('openssl', given, { encoding: 'utf8' });

test('the transcript is the hash of both first messages, with their lengths', () => {
  expect(transcript.toString('hex')).toMatchInlineSnapshot(
    `"59c94de0eb9bc3ef36a149557912f896358629243be24b7e1bfba55f9dcf67e7"`,
  );
  expect(transcriptOf(`${hello}{`, identity.slice(1))).not.toEqual(transcript);
});

test('a proof names role, environment and node, and OpenSSL accepts its signature', () => {
  const bytes = proofBytes('node', names, transcript);
  expect(hash('sha256', bytes)).toMatchInlineSnapshot(
    `"125bcf2799b57aaa13255c1c5169c8a7ffac25c8fdbd291721d20fa2891c10b1"`,
  );
  const signature = signBytes(node, bytes);
  expect(signature.toString('base64url')).toMatchInlineSnapshot(
    `"5X_fhIlM1kWWMv7cAJxiXxCIpmQXawlQNFIJrEcQcCeUK7L4yZV0w6UT8U_gvHiYimJuslBHtgI38yd4wRmUAg"`,
  );
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), node.publicKey]);
  const verified = openssl(
    'pkeyutl',
    '-verify',
    '-rawin',
    '-pubin',
    '-keyform',
    'DER',
    '-inkey',
    file('node.der', spki),
    '-in',
    file('proof', bytes),
    '-sigfile',
    file('signature', signature),
  );
  expect(verified).toMatch(/Verified Successfully/);
});

test.each<[string, Buffer]>([
  ['another role', proofBytes('token', names, transcript)],
  ['another environment', proofBytes('node', { ...names, environment: 'staging' }, transcript)],
  ['another node', proofBytes('node', { ...names, node: 'rack-8' }, transcript)],
  ['other first messages', proofBytes('node', names, transcriptOf(hello, `${identity} `))],
  [
    'names that are cut elsewhere',
    proofBytes('node', { environment: 'productionr', node: 'ack-7' }, transcript),
  ],
])('a signature proves nothing for %s', (_what, bytes) => {
  const signature = signBytes(node, proofBytes('node', names, transcript));
  expect(isSignedBy(node.publicKey, bytes, signature)).toBe(false);
});

test('the session keys are those of HKDF over the X25519 secret, salted with the transcript, one a direction', () => {
  const keys = deriveSessionKeys(x25519Of(alice), peer, transcript);
  const own = file('own.der', x25519Of(alice).export({ format: 'der', type: 'pkcs8' }));
  const spki = Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), peer]);
  const secret = execFileSync('openssl', [
    'pkeyutl',
    '-derive',
    '-keyform',
    'DER',
    '-inkey',
    own,
    '-peerform',
    'DER',
    '-peerkey',
    file('peer.der', spki),
  ]).toString('hex');
  const derived = (info: string) =>
    openssl(
      'kdf',
      '-keylen',
      '32',
      '-kdfopt',
      'digest:SHA256',
      '-kdfopt',
      `hexkey:${secret}`,
      '-kdfopt',
      `hexsalt:${transcript.toString('hex')}`,
      '-kdfopt',
      `info:${info}`,
      'HKDF',
    )
      .replaceAll(/[:\s]/g, '')
      .toLowerCase();
  expect(keys.toNode.export().toString('hex')).toBe(derived('keyplane/2 manager to node'));
  expect(keys.toManager.export().toString('hex')).toBe(derived('keyplane/2 node to manager'));
  expect(keys.toNode.export().toString('hex')).toMatchInlineSnapshot(
    `"a12990e1a34a53f318835f355499472ff74fdeb69720e3529d4e04b2b0c8d232"`,
  );
});

describe('session keys', () => {
  const pair = () => {
    const { privateKey, publicKey } = generateKeyPairSync('x25519');
    return { privateKey, publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url') };
  };

  test('are the same on both sides, and others for another transcript', () => {
    const [one, other] = [pair(), pair()];
    const ours = deriveSessionKeys(one.privateKey, other.publicKey, transcript);
    const theirs = deriveSessionKeys(other.privateKey, one.publicKey, transcript);
    expect(ours.toNode.equals(theirs.toNode)).toBe(true);
    expect(ours.toManager.equals(theirs.toManager)).toBe(true);
    expect(ours.toNode.equals(ours.toManager)).toBe(false);
    const altered = deriveSessionKeys(other.privateKey, one.publicKey, transcriptOf(hello, `${identity} `));
    expect(ours.toNode.equals(altered.toNode)).toBe(false);
  });

  // The points of small order on Curve25519: with any of them everybody knows the shared secret, all zeros.
  test.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  ])('are never derived with the low-order point %s', (point) => {
    expect(() => deriveSessionKeys(pair().privateKey, Buffer.from(point, 'hex'), transcript)).toThrow(
      expect.objectContaining({ code: 'bad_request' }),
    );
  });

  test.each([0, 31, 33])('are never derived with a public key of %i bytes', (length) => {
    expect(() => deriveSessionKeys(pair().privateKey, Buffer.alloc(length, 9), transcript)).toThrow(
      /32 bytes/,
    );
  });
});

describe('an identity', () => {
  const [first, second, third] = [1, 2, 3].map((byte) => signingKeyOf(Buffer.alloc(32, byte)));
  if (!first || !second || !third) throw new Error('three keys');
  const chain = [
    { formerKey: first.publicKey, signature: endorse(first, second.publicKey) },
    { formerKey: second.publicKey, signature: endorse(second, third.publicKey) },
  ];

  test('is known by its own fingerprint, and by those of the identities before it', () => {
    for (const { publicKey } of [first, second, third]) {
      expect(isIdentityOf(fingerprintOf(publicKey), third.publicKey, chain)).toBe(true);
    }
    expect(fingerprintOf(first.publicKey)).toMatchInlineSnapshot(
      `"NHUPmL1Z_PyUbaRaqr6TO-FUpLUJThxKv0KGZQXzyX4"`,
    );
  });

  test('is not known where a signature is missing, of another key, or over another key', () => {
    const pinned = fingerprintOf(first.publicKey);
    const other = signingKeyOf(Buffer.alloc(32, 9));
    expect(isIdentityOf(pinned, third.publicKey, [])).toBe(false);
    expect(isIdentityOf(pinned, third.publicKey, chain.slice(1))).toBe(false);
    expect(isIdentityOf(pinned, third.publicKey, chain.slice(0, 1))).toBe(false);
    expect(isIdentityOf(pinned, other.publicKey, chain)).toBe(false);
    const forged = { formerKey: first.publicKey, signature: endorse(other, third.publicKey) };
    expect(isIdentityOf(pinned, third.publicKey, [forged])).toBe(false);
  });
});

describe('an enrollment token', () => {
  test('holds the seed of its key and the fingerprint of an identity', () => {
    const text = enrollmentTokenText(Buffer.alloc(32, 5), fingerprintOf(node.publicKey));
    expect(text).toMatchInlineSnapshot(
      `"kpn_BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU._oEsEvOrTOasXbaaw1L5BssbEe9D-zPiUu9_9VImOIk"`,
    );
    const parsed = parseEnrollmentToken(text);
    expect(parsed).toMatchObject({ kind: 'key', fingerprint: fingerprintOf(node.publicKey) });
    expect(parsed?.kind === 'key' && parsed.key.publicKey).toEqual(
      signingKeyOf(Buffer.alloc(32, 5)).publicKey,
    );
  });

  test('of the first release is known by its hash, which makes its proof', () => {
    const text = `kpn_${'A'.repeat(43)}`;
    const parsed = parseEnrollmentToken(text);
    expect(parsed).toEqual({ kind: 'first release', hash: hash('sha256', text, 'buffer') });
    const mac = firstReleaseMac(hash('sha256', text, 'buffer'), names, transcript);
    expect(mac.toString('base64url')).toMatchInlineSnapshot(`"8l6Q036XLoA9SoF7zBAoAZgGuE9CX_T1sQXvRhIHR50"`);
    expect(firstReleaseMac(Buffer.alloc(32), names, transcript)).not.toEqual(mac);
  });

  test.each(['', 'kpn_', `kpn_${'A'.repeat(42)}`, `kpn_${'A'.repeat(43)}.`, `kp_${'A'.repeat(43)}`, 'x'])(
    'that is malformed is not read as one: "%s"',
    (text) => expect(parseEnrollmentToken(text)).toBeUndefined(),
  );
});
