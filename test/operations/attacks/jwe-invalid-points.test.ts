// Points that reveal the private key or make the agreed key known to everyone (RFC 8725 §2.5, RFC 7748 §6).

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ephemeralPublicKey } from '../../../src/operations/encryption/families/agreement-key.ts';
import { concatKdf } from '../../../src/operations/encryption/families/concat-kdf.ts';
import { forgeJwe } from '../encryption/support/forged-jwe.ts';
import { openJwe, openKey } from '../encryption/support/open-jwe.ts';
import { curveJwk } from '../encryption/support/sample-jwks.ts';

const enc = 'A256GCM';

/** For a secret that the attacker knows. */
function withSecret(secret: Buffer, epk: object): string {
  const cek = concatKdf(secret, { algorithmId: enc, apu: undefined, apv: undefined, octets: 32 });
  return forgeJwe({ header: { alg: 'ECDH-ES', enc, epk }, cek });
}

function hex(text: string): string {
  return Buffer.from(text, 'hex').toString('base64url');
}

describe('points of small order', () => {
  const smallOrder = [
    ['X25519', '00'.repeat(32)],
    ['X25519', `01${'00'.repeat(31)}`],
    ['X25519', 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'],
    ['X25519', '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'],
    ['X25519', `ec${'ff'.repeat(30)}7f`],
    ['X25519', `ed${'ff'.repeat(30)}7f`],
    ['X25519', `ee${'ff'.repeat(30)}7f`],
    ['X448', '00'.repeat(56)],
    ['X448', `01${'00'.repeat(55)}`],
    ['X448', `fe${'ff'.repeat(27)}fe${'ff'.repeat(27)}`],
  ] as const;

  test.each(smallOrder)('on %s do not agree on a key of zeros: %s', async (crv, point) => {
    const key = openKey(curveJwk('ECDH-ES', crv));
    const zeros = Buffer.alloc(crv === 'X25519' ? 32 : 56);
    const jwe = withSecret(zeros, { kty: 'OKP', crv, x: hex(point) });
    await expect(openJwe(key, jwe)).rejects.toThrow('Decryption failed!');
  });
});

describe('an ephemeral key that is none of the curve of the recipient', () => {
  const key = openKey(curveJwk('ECDH-ES', 'P-256'));
  const { x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  const other = (namedCurve: string) =>
    generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' });
  const { d, ...onP384 } = other('P-384');
  const zeros = Buffer.alloc(32).toString('base64url');

  test.each([
    ['off the curve', { kty: 'EC', crv: 'P-256', x, y: x }],
    ['the point of zeros', { kty: 'EC', crv: 'P-256', x: zeros, y: zeros }],
    ['on another curve', onP384],
    ['on secp256k1', other('secp256k1')],
    ['on another curve under the name of this one', { ...other('secp256k1'), crv: 'P-256' }],
    ['of another key type', generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' })],
    ['without y', { kty: 'EC', crv: 'P-256', x }],
    ['with a longer x', { kty: 'EC', crv: 'P-256', x: `${x}AA`, y }],
    ['with padding', { kty: 'EC', crv: 'P-256', x: `${x}=`, y }],
    ['with a private part', { kty: 'EC', crv: 'P-256', x, y, d: zeros }],
    ['a list', [x, y]],
    ['a text', 'P-256'],
    ['absent', undefined],
  ])('is refused: %s', async (_what, epk) => {
    const received = {
      enc,
      header: { alg: 'ECDH-ES', enc, epk: epk as never },
      encryptedKey: Buffer.alloc(0),
      tag: Buffer.alloc(16),
      sender: undefined,
      randomness: { octets: Buffer.alloc, ephemeralKey: () => generateKeyPairSync('x25519').privateKey },
    } as const;
    expect(ephemeralPublicKey(epk as never, { kty: 'EC', curve: 'P-256' })).toBeUndefined();
    // There is no key, so that decryption continues with a random one.
    expect(await key.decrypt?.(received)).toBeUndefined();
    const jwe = forgeJwe({ header: { alg: 'ECDH-ES', enc, epk }, cek: Buffer.alloc(32) });
    await expect(openJwe(key, jwe)).rejects.toThrow('Decryption failed!');
  });
});
