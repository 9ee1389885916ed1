import { describe, expect, test } from 'vitest';
import { isKeyplaneError } from '../../../src/errors.ts';
import { readDecryptRequest } from '../../../src/operations/encryption/decrypt-request.ts';
import { readEncryptRequest } from '../../../src/operations/encryption/encrypt-request.ts';
import { countsGcmUse, gcmUsesOfNode, isHalfUsed } from '../../../src/operations/encryption/gcm-uses.ts';
import { sendingKey } from '../../../src/operations/encryption/sender.ts';
import { parseBody } from '../../../src/operations/request-members.ts';
import { openKey } from './support/open-jwe.ts';
import { curveJwk, octJwk, rsaJwk } from './support/sample-jwks.ts';

const wrapping = openKey(octJwk('A256KW', 32));
const direct = openKey(octJwk('dir', 32));
const agreement = openKey(curveJwk('ECDH-ES', 'P-256'));
const authenticated = openKey(curveJwk('ECDH-1PU+A128KW', 'X25519'));

function read(members: object, key = wrapping) {
  return readEncryptRequest(parseBody(JSON.stringify(members)), key);
}

function faultOf(run: () => unknown): { text: string; reason: string; member: string | undefined } {
  try {
    run();
  } catch (error) {
    if (!isKeyplaneError(error)) throw error;
    expect(error.status).toBe(400);
    return { text: error.message, reason: error.reason, member: error.member };
  }
  throw new Error('it was accepted');
}

describe('a request to encrypt', () => {
  test('takes text or octets, and the rest has defaults', () => {
    expect(read({ plaintext: 'größer' })).toEqual({
      plaintext: Buffer.from('größer'),
      enc: 'A256GCM',
      serialization: 'COMPACT',
      aad: undefined,
      apu: undefined,
      apv: undefined,
      cty: undefined,
      senderJwkName: undefined,
    });
    expect(read({ plaintextBase64: 'AAH/', plaintext: null }).plaintext).toEqual(Buffer.from([0, 1, 255]));
    expect(read({ plaintext: '' }).plaintext).toHaveLength(0);
    expect(read({ plaintextBase64: '' }).plaintext).toHaveLength(0);
  });

  test('takes all that it may', () => {
    const members = { plaintext: 'x', enc: 'A128CBC-HS256', serialization: 'GENERAL', aad: 'a', cty: 'JWT' };
    expect(read({ ...members, apu: 'QWxpY2U', apv: '' }, agreement)).toMatchObject({
      enc: 'A128CBC-HS256',
      serialization: 'GENERAL',
      aad: Buffer.from('a'),
      apu: 'QWxpY2U',
      apv: '',
      cty: 'JWT',
    });
    expect(read({ plaintext: 'x', senderJwkName: 'alice' }, authenticated)).toMatchObject({
      senderJwkName: 'alice',
      enc: 'A256CBC-HS512',
    });
  });

  test.each([
    [{}, 'Give either plaintext or plaintextBase64!', 'plaintext'],
    [{ plaintext: 'x', plaintextBase64: 'AAAA' }, 'Give either plaintext or plaintextBase64!', 'plaintext'],
    [{ plaintext: 7 }, 'plaintext must be a string!', 'plaintext'],
    [{ plaintext: '\ud800' }, 'plaintext is not well-formed Unicode!', 'plaintext'],
    [
      { plaintextBase64: 'AA' },
      'plaintextBase64 is not base64 with padding (RFC 4648 §4)!',
      'plaintextBase64',
    ],
    [
      { plaintext: 'x', zip: 'DEF' },
      /^Unknown member: zip! Accepted members: plaintext, plaintextBase64, enc, /,
      'zip',
    ],
    [
      { plaintext: 'x', enc: 'A256KW' },
      'enc (A256KW) is not valid! Valid values: A256GCM, A192GCM, A128GCM, A256CBC-HS512, A192CBC-HS384, A128CBC-HS256',
      'enc',
    ],
    [
      { plaintext: 'x', serialization: 'JSON' },
      'serialization (JSON) is not valid! Valid values: COMPACT, FLATTENED, GENERAL',
      'serialization',
    ],
    [{ plaintext: 'x', aad: 'x' }, 'aad is for FLATTENED and GENERAL only!', 'aad'],
    [{ plaintext: 'x', apu: 'AAAA' }, 'apu is for ECDH-ES and ECDH-1PU only!', 'apu'],
    [{ plaintext: 'x', apv: 'AAAA' }, 'apv is for ECDH-ES and ECDH-1PU only!', 'apv'],
    [{ plaintext: 'x', senderJwkName: 'a' }, 'senderJwkName is for ECDH-1PU only!', 'senderJwkName'],
    [{ plaintext: 'x', cty: 7 }, 'cty must be a string!', 'cty'],
  ])('of %j is refused', (members, text, member) => {
    const fault = faultOf(() => read(members));
    expect(fault.member).toBe(member);
    expect(fault.text).toMatch(text);
  });

  test('that does not fit the key is refused by name', () => {
    expect(faultOf(() => read({ plaintext: 'x', enc: 'A128GCM' }, direct))).toEqual({
      text: 'enc (A128GCM) does not fit dir with a key of 32 bytes! Valid values: A256GCM, A128CBC-HS256',
      reason: 'FIELD_NOT_VALID',
      member: 'enc',
    });
    expect(
      faultOf(() => read({ plaintext: 'x', enc: 'A256GCM', senderJwkName: 'a' }, authenticated)).text,
    ).toBe(
      'enc (A256GCM) does not fit ECDH-1PU+A128KW! Valid values: A256CBC-HS512, A192CBC-HS384, A128CBC-HS256',
    );
    expect(faultOf(() => read({ plaintext: 'x' }, authenticated))).toEqual({
      text: 'senderJwkName is required for ECDH-1PU+A128KW!',
      reason: 'FIELD_REQUIRED',
      member: 'senderJwkName',
    });
    for (const apu of ['AAA=', 'A', 'AB', 'A+/A']) {
      expect(faultOf(() => read({ plaintext: 'x', apu }, agreement)).text).toBe(
        'apu is not base64url without padding (RFC 7515 §2)!',
      );
    }
    const legacy = openKey(rsaJwk('RSA1_5'), { allowRsa15: true });
    expect(faultOf(() => read({ plaintext: 'x' }, legacy))).toMatchObject({
      text: 'Algorithm (RSA1_5) only decrypts! Use RSA-OAEP-256.',
      reason: 'ALGORITHM_NOT_VALID',
    });
  });
});

describe('a request to decrypt', () => {
  test('takes a text or an object', () => {
    const readDecrypt = (members: object) => readDecryptRequest(parseBody(JSON.stringify(members)));
    expect(readDecrypt({ jwe: 'a.b.c.d.e' })).toEqual({ jwe: 'a.b.c.d.e', senderJwkName: undefined });
    expect(readDecrypt({ jwe: { ciphertext: 'x' }, senderJwkName: 'alice' })).toEqual({
      jwe: { ciphertext: 'x' },
      senderJwkName: 'alice',
    });
    expect(faultOf(() => readDecrypt({}))).toMatchObject({
      text: 'jwe is required!',
      reason: 'FIELD_REQUIRED',
    });
    for (const jwe of [7, [], true]) {
      expect(faultOf(() => readDecrypt({ jwe })).text).toBe(
        'jwe must be a string (COMPACT) or a JSON object (FLATTENED, GENERAL)!',
      );
    }
    expect(faultOf(() => readDecrypt({ jwe: 'x', key: 'y' })).reason).toBe('FIELD_UNKNOWN');
  });
});

describe('a sender', () => {
  const own = curveJwk('ECDH-1PU', 'X25519');
  const { d, ...published } = own as unknown as Record<string, string>;

  test('has a private key for ECDH-1PU on the curve of the recipient', () => {
    expect(sendingKey(authenticated, openKey(own), 'JWK (name: a)').kid).toBe(own.kid);
    const unsuitable = [
      curveJwk('ECDH-1PU', 'P-256'),
      curveJwk('ECDH-ES', 'X25519'),
      octJwk('A256KW', 32),
    ].map((jwk) => openKey(jwk));
    for (const sender of [...unsuitable, undefined]) {
      expect(faultOf(() => sendingKey(authenticated, sender, 'JWK (name: a)'))).toEqual({
        text: 'JWK (name: a) cannot send to this key: it must be for ECDH-1PU with curve X25519!',
        reason: 'KEY_NOT_SUPPORTED',
        member: 'senderJwkName',
      });
    }
    expect(faultOf(() => sendingKey(authenticated, openKey(published), 'JWK (name: a)')).text).toBe(
      'JWK (name: a) has no private key!',
    );
  });
});

describe('the uses of an AES-GCM key', () => {
  test('are shared by the nodes', () => {
    expect(gcmUsesOfNode(1)).toBe(4_294_967_296);
    expect(gcmUsesOfNode(3)).toBe(1_431_655_765);
    expect(gcmUsesOfNode(0)).toBe(4_294_967_296);
    expect(isHalfUsed(2 ** 31 - 1, 1)).toBe(false);
    expect(isHalfUsed(2 ** 31, 1)).toBe(true);
  });

  test('are those of the key itself, not of one that is drawn for a JWE', () => {
    expect(countsGcmUse(direct, 'A256GCM')).toBe(true);
    expect(countsGcmUse(direct, 'A128CBC-HS256')).toBe(false);
    expect(countsGcmUse(openKey(octJwk('A256GCM', 32)), 'A256GCM')).toBe(true);
    expect(countsGcmUse(openKey(octJwk('A128GCMKW', 16)), 'A128CBC-HS256')).toBe(true);
    for (const key of [wrapping, agreement, openKey(rsaJwk('RSA-OAEP-256'))]) {
      expect(countsGcmUse(key, 'A256GCM')).toBe(false);
    }
  });
});
