// The examples of the RFCs. Each is decrypted as it is printed; where an RFC gives the random values, the same JWE comes
// out of the encryption with them.

import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/jose/json.ts';
import type { PrivateJwk } from '../../../src/jose/jwk.ts';
import { agreementKey, sharedSecret } from '../../../src/operations/encryption/families/agreement-key.ts';
import { concatKdf } from '../../../src/operations/encryption/families/concat-kdf.ts';
import type { Randomness } from '../../../src/operations/encryption/randomness.ts';
import { headerOf, openJwe, openKey, sealJwe } from './support/open-jwe.ts';

interface Example {
  readonly section: string;
  readonly key: { readonly alg: string; readonly kid?: string };
  readonly plaintext: string;
  readonly jwes: readonly (string | JsonObject)[];
}

const { examples }: { examples: Example[] } = JSON.parse(
  readFileSync(new URL('vectors/rfc-jwe.json', import.meta.url), 'utf8'),
);

describe('the examples of RFC 7516 and RFC 7520', () => {
  test.each(examples.map((example) => ({ ...example, alg: example.key.alg })))(
    'of $section decrypt with the key for $alg',
    async ({ key: jwk, plaintext, jwes }) => {
      const key = openKey(jwk, { allowRsa15: true, allowCompressed: true });
      expect(jwes.length).toBeGreaterThan(0);
      for (const jwe of jwes) {
        const decrypted = await openJwe(key, jwe);
        expect(decrypted.plaintext.toString()).toBe(plaintext);
      }
    },
  );
});

/** Draws these octets in this order, and uses this key. */
function scripted(octets: readonly string[], ephemeral?: JsonWebKey): Randomness {
  const left = octets.map((text) => Buffer.from(text, 'base64url'));
  return {
    octets(count) {
      const next = left.shift();
      if (next?.length !== count) throw new Error(`${count} octets are drawn, the next are ${next?.length}`);
      return next;
    },
    ephemeralKey() {
      if (ephemeral === undefined) throw new Error('no key is drawn');
      return createPrivateKey({ key: ephemeral, format: 'jwk' });
    },
  };
}

describe('the agreement of RFC 7518 Appendix C', () => {
  const alice = {
    kty: 'EC',
    crv: 'P-256',
    x: 'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
    y: 'SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps',
    d: '0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo',
  };
  const bob = {
    kty: 'EC',
    crv: 'P-256',
    x: 'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
    y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
    d: 'VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw',
    alg: 'ECDH-ES',
  };

  test('yields the printed key', async () => {
    const key = openKey(bob);
    const randomness = scripted([], alice);
    const managed = await key.encrypt?.({
      enc: 'A128GCM',
      apu: 'QWxpY2U',
      apv: 'Qm9i',
      sender: undefined,
      randomness,
    });
    expect(managed?.cek.toString('base64url')).toBe('VqqN6vgjbSBcIijNcacQGg');
    expect(managed?.header).toEqual({
      epk: { kty: 'EC', crv: 'P-256', x: alice.x, y: alice.y },
      apu: 'QWxpY2U',
      apv: 'Qm9i',
    });
  });
});

describe('the agreements of RFC 8037', () => {
  const hex = (text: string) => Buffer.from(text, 'hex').toString('base64url');
  test.each([
    {
      section: 'A.6',
      crv: 'X25519',
      ephemeral: {
        d: hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
        x: 'hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo',
      },
      recipient: { x: '3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08' },
      secret: '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
    },
    {
      section: 'A.7',
      crv: 'X448',
      ephemeral: {
        d: hex(
          '9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b',
        ),
        x: hex(
          '9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0',
        ),
      },
      recipient: { x: 'PreoKbDNIPW8_AtZm2_sz22kYnEHvbDU80W0MCfYuXL8PjT7QjKhPKcG3LV67D2uB73BxnvzNgk' },
      secret:
        '07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d',
    },
  ] as const)(
    '$section with $crv yields the printed secret',
    async ({ crv, ephemeral, recipient, secret }) => {
      const privateKey = createPrivateKey({ key: { kty: 'OKP', crv, ...ephemeral }, format: 'jwk' });
      expect(createPublicKey(privateKey).export({ format: 'jwk' }).x).toBe(ephemeral.x);
      const peer = agreementKey({ kty: 'OKP', crv, ...recipient } as unknown as PrivateJwk);
      if (peer === undefined) throw new Error('no such curve');
      expect((await sharedSecret(privateKey, peer.publicKey, crv))?.toString('hex')).toBe(secret);
    },
  );
});

describe('the examples of draft-madden-jose-ecdh-1pu-04', () => {
  test('the two secrets of Appendix A yield the printed key', () => {
    const secret = Buffer.concat([
      Buffer.from('9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4', 'hex'),
      Buffer.from('e3ca3474384c9f62b30bfd4c688b3e7d4110a1b4badc3cc54ef7b81241efd50d', 'hex'),
    ]);
    const key = concatKdf(secret, { algorithmId: 'A256GCM', apu: 'QWxpY2U', apv: 'Qm9i', octets: 32 });
    expect(key.toString('hex')).toBe('6caf13723d14850ad4b42cd6dde935bffd2fff00a9ba70de05c203a5e1722ca7');
  });

  const alice = {
    kty: 'OKP',
    crv: 'X25519',
    x: 'Knbm_BcdQr7WIoz-uqit9M0wbcfEr6y-9UfIZ8QnBD4',
    d: 'i9KuFhSzEBsiv3PKVL5115OCdsqQai5nj_Flzfkw5jU',
  };
  const bob = {
    kty: 'OKP',
    crv: 'X25519',
    x: 'BT7aR0ItXfeDAldeeOlXL_wXqp-j5FltT0vRSG16kRw',
    d: '1gDirl_r_Y3-qUa3WXHgEXrrEHngWThU3c9zj9A2uBg',
    alg: 'ECDH-1PU+A128KW',
    kid: 'bob-key-2',
  };
  const ephemeral = {
    kty: 'OKP',
    crv: 'X25519',
    x: 'k9of_cpAajy0poW5gaixXGs9nHkwg1AFqUAFa39dyBc',
    d: 'x8EVZH4Fwk673_mUujnliJoSrLz0zYzzCWp5GUX2fc8',
  };
  const jwe = {
    protected:
      'eyJhbGciOiJFQ0RILTFQVStBMTI4S1ciLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIiwiYXB1IjoiUVd4cFkyVSIsImFwdiI6IlFtOWlJR0Z1WkNCRGFHRnliR2xsIiwiZXBrIjp7Imt0eSI6Ik9LUCIsImNydiI6IlgyNTUxOSIsIngiOiJrOW9mX2NwQWFqeTBwb1c1Z2FpeFhHczluSGt3ZzFBRnFVQUZhMzlkeUJjIn19',
    unprotected: { jku: 'https://alice.example.com/keys.jwks' },
    recipients: [
      {
        header: { kid: 'bob-key-2' },
        encrypted_key:
          'pOMVA9_PtoRe7xXW1139NzzN1UhiFoio8lGto9cf0t8PyU-sjNXH8-LIRLycq8CHJQbDwvQeU1cSl55cQ0hGezJu2N9IY0QN',
      },
      {
        header: { kid: '2021-05-06' },
        encrypted_key:
          '56GVudgRLIMEElQ7DpXsijJVRSWUSDNdbWkdV3g0GUNq6hcT_GkxwnxlPIWrTXCqRpVKQC8fe4z3PQ2YH2afvjQ28aiCTWFE',
      },
    ],
    iv: 'AAECAwQFBgcICQoLDA0ODw',
    ciphertext: 'Az2IWsISEMDJvyc5XRL-3-d-RgNBOGolCsxFFoUXFYw',
    tag: 'HLb4fTlm8spGmij3RyOs2gJ4DpHM4hhVRwdF_hGb3WQ',
  };
  const sender = agreementKey(alice as unknown as PrivateJwk);

  test('Appendix B decrypts with the key of Bob and the sender Alice', async () => {
    const { plaintext, header } = await openJwe(openKey(bob), jwe, { sender });
    expect(plaintext.toString()).toBe('Three is a magic number.');
    expect(header).toMatchObject({ alg: 'ECDH-1PU+A128KW', apu: 'QWxpY2U' });
  });

  test('the encrypted key of Appendix B comes out with the printed values', async () => {
    const cek = Buffer.from(Array.from({ length: 64 }, (_, index) => 0xff - index));
    const randomness = scripted([cek.toString('base64url')], ephemeral);
    const { apu, apv } = headerOf(jwe) as { apu: string; apv: string };
    const managed = await openKey(bob).encrypt?.({ enc: 'A256CBC-HS512', apu, apv, sender, randomness });
    const { encryptedKey } = managed ?? {};
    if (typeof encryptedKey !== 'function') throw new Error('the tag does not enter the key');
    expect(encryptedKey(Buffer.from(jwe.tag, 'base64url')).toString('base64url')).toBe(
      jwe.recipients[0]?.encrypted_key,
    );
  });
});

describe('the examples whose random values are printed', () => {
  test('the JWE of RFC 7516 A.3 comes out of the encryption', async () => {
    const [example] = examples.filter(({ section }) => section === 'RFC 7516 A.3');
    const printed = String(example?.jwes[0]);
    const cek = Buffer.from([
      4, 211, 31, 197, 84, 157, 252, 254, 11, 100, 157, 250, 63, 170, 106, 206, 107, 124, 212, 45, 111, 107,
      9, 219, 200, 177, 0, 240, 143, 156, 44, 207,
    ]);
    const iv = printed.split('.')[2] ?? '';
    const randomness = scripted([cek.toString('base64url'), iv]);
    const jwe = await sealJwe(
      openKey(example?.key ?? {}),
      'Live long and prosper.',
      { enc: 'A128CBC-HS256' },
      randomness,
    );
    expect(jwe).toBe(printed);
  });

  test('the encrypted key of RFC 7517 Appendix C comes out of the password', async () => {
    const password = 'Thus from my lips, by yours, my sin is purged.';
    const jwk = { kty: 'oct', k: Buffer.from(password).toString('base64url'), alg: 'PBES2-HS256+A128KW' };
    const cek = Buffer.from([
      111, 27, 25, 52, 66, 29, 20, 78, 92, 176, 56, 240, 65, 208, 82, 112, 161, 131, 36, 55, 202, 236, 185,
      172, 129, 23, 153, 194, 195, 48, 253, 182,
    ]);
    const p2s = '2WCTcJZ1Rvd_CJuJripQ1w';
    const randomness = scripted([p2s, cek.toString('base64url')]);
    const key = openKey(jwk, { iterationCount: 4096 });
    const managed = await key.encrypt?.({
      enc: 'A128CBC-HS256',
      apu: undefined,
      apv: undefined,
      sender: undefined,
      randomness,
    });
    expect(managed?.header).toEqual({ p2s, p2c: 4096 });
    const encryptedKey = managed?.encryptedKey as Buffer;
    expect(encryptedKey.toString('base64url')).toBe('TrqXOwuNUfDV9VPTNbyGvEJ9JMjefAVn-TR1uIxR9p6hsRQh9Tk7BA');
  });
});
