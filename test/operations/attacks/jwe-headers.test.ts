// Headers in which a sender asks for another algorithm or another key, or for what is not implemented.

import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/jose/json.ts';
import { secureRandomness } from '../../../src/node/operations/secure-randomness.ts';
import { decryptJwe } from '../../../src/operations/encryption/decrypt-jwe.ts';
import { forgedPlaintext, forgeJwe } from '../encryption/support/forged-jwe.ts';
import { headerOf, openJwe, openKey, sealCompact, sealJwe } from '../encryption/support/open-jwe.ts';
import { curveJwk, octJwk, rsaJwk } from '../encryption/support/sample-jwks.ts';

const jwk = octJwk('dir', 32);
const key = openKey(jwk);
const cek = Buffer.from('k' in jwk ? String(jwk.k) : '', 'base64url');
const header = { alg: 'dir', enc: 'A256GCM' };

async function refused(jwe: string | JsonObject, by = key): Promise<void> {
  await expect(openJwe(by, jwe)).rejects.toThrow('Decryption failed!');
}

/** Flattened, with any further members. */
function flattened(members: Record<string, JsonValue> = {}, protectedHeader: object = header): JsonObject {
  const [text = '', , iv = '', ciphertext = '', tag = ''] = forgeJwe({
    header: protectedHeader as never,
    cek,
  }).split('.');
  return { protected: text, iv, ciphertext, tag, ...members };
}

test('the forgeries of this file would be opened without what makes them forgeries', async () => {
  expect((await openJwe(key, forgeJwe({ header, cek }))).plaintext).toEqual(forgedPlaintext);
  expect((await openJwe(key, flattened())).plaintext).toEqual(forgedPlaintext);
});

describe('crit', () => {
  test.each([[['exp']], [['b64']], [['zip']], [['alg']], [[]], ['exp'], [null], [{}]])(
    'of %j is refused, in each header',
    async (crit) => {
      await refused(forgeJwe({ header: { ...header, crit, exp: 1, b64: true }, cek }));
      await refused(flattened({ header: { crit } }));
      await refused(flattened({ unprotected: { crit } }));
    },
  );
});

describe('a key or an address of a key', () => {
  const attacker = curveJwk('ECDH-ES', 'P-256');
  const victim = curveJwk('ECDH-ES', 'P-256');

  test('in the header changes nothing', async () => {
    const { kty, crv, x, y } = attacker as unknown as Record<string, string>;
    const named = {
      jwk: { kty, crv, x, y },
      jku: 'http://127.0.0.1:1/keys',
      x5u: 'http://127.0.0.1:1/c',
      x5c: ['AAAA'],
    };
    const ofAttacker = await sealCompact(openKey(attacker), 'x');
    const members = { ...headerOf(ofAttacker), ...named, kid: victim.kid };
    const [, ...rest] = ofAttacker.split('.');
    await refused(
      [Buffer.from(JSON.stringify(members)).toString('base64url'), ...rest].join('.'),
      openKey(victim),
    );
    // Of the right key they are no hindrance either.
    expect((await openJwe(key, forgeJwe({ header: { ...header, ...named }, cek }))).plaintext).toEqual(
      forgedPlaintext,
    );
  });

  test('of another kid is not ours', async () => {
    await refused(forgeJwe({ header: { ...header, kid: 'another' }, cek }));
    for (const kid of [7, null, true, ['key of dir'], {}])
      await refused(forgeJwe({ header: { ...header, kid }, cek }));
  });
});

describe('an algorithm', () => {
  test('other than that of the key is refused', async () => {
    const shared = randomBytes(32);
    const wrapping = openKey({ kty: 'oct', k: shared.toString('base64url'), alg: 'A256KW' });
    // Anyone who can make the holder of a wrapping key use it directly has another use of it.
    await refused(forgeJwe({ header, cek: shared }), wrapping);
    for (const alg of [
      'none',
      'A256GCMKW',
      'A128KW',
      'PBES2-HS256+A128KW',
      'A256GCM',
      'DIR',
      '',
      7,
      null,
      undefined,
    ]) {
      await refused(forgeJwe({ header: { ...header, alg }, cek }));
    }
  });

  test.each([
    ['RSA-OAEP-256', 'RSA-OAEP'],
    ['RSA-OAEP-512', 'RSA-OAEP-256'],
  ])('of an %s key is not %s', async (own, other) => {
    const jwe = await sealJwe(openKey({ ...rsaJwk(other), kid: undefined }), 'x');
    await refused(jwe, openKey({ ...rsaJwk(own), kid: undefined }));
  });

  test('for the content that does not fit is refused', async () => {
    const [, ...rest] = forgeJwe({ header, cek }).split('.');
    for (const enc of [
      'A128GCM',
      'A192GCM',
      'A256CBC-HS512',
      'none',
      'A256KW',
      'constructor',
      7,
      undefined,
    ]) {
      await refused(
        [Buffer.from(JSON.stringify({ ...header, enc })).toString('base64url'), ...rest].join('.'),
      );
    }
    const sender = curveJwk('ECDH-1PU+A128KW', 'X25519');
    const recipient = openKey(sender);
    // Without a tag that commits to the key, one recipient could send to another in the name of the sender.
    const jwe = await sealJwe(recipient, 'x', { enc: 'A256GCM', sender: recipient.agreement });
    await expect(openJwe(recipient, jwe, { sender: recipient.agreement })).rejects.toThrow(
      'Decryption failed!',
    );
  });
});

describe('a header', () => {
  test('with a member twice is refused, in one header or in two', async () => {
    const twice = '{"alg":"dir","enc":"A256GCM","enc":"A256GCM"}';
    const [, ...rest] = forgeJwe({ header, cek }).split('.');
    await refused([Buffer.from(twice).toString('base64url'), ...rest].join('.'));
    await refused(flattened({ header: { alg: 'dir' } }));
    await refused(flattened({ unprotected: { enc: 'A256GCM' } }));
    await refused(flattened({ unprotected: { kid: 'key of dir' }, header: { kid: 'key of dir' } }));
    await refused(flattened({ header: { cty: 'a' }, unprotected: { cty: 'b' } }));
  });

  test('that is no JSON object in UTF-8 is refused', async () => {
    const [, ...rest] = forgeJwe({ header, cek }).split('.');
    const texts = [
      '',
      '[]',
      '"dir"',
      'null',
      '{',
      '{"alg":"dir"',
      '\ufeff',
      '{"__proto__":{"alg":"dir","enc":"A256GCM"}}',
    ];
    const octets = [...texts.map((text) => Buffer.from(text)), Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])];
    for (const one of octets) await refused([one.toString('base64url'), ...rest].join('.'));
    await refused([Buffer.from(`${'['.repeat(100_000)}`).toString('base64url'), ...rest].join('.'));
  });
});

describe('a JSON serialisation', () => {
  test('that could be read as two is refused', async () => {
    const one = { header: { kid: 'key of dir' } };
    expect((await openJwe(key, flattened({ recipients: [one] }))).plaintext).toEqual(forgedPlaintext);
    await refused(flattened({ recipients: [one], header: { cty: 'x' } }));
    await refused(flattened({ recipients: [one], encrypted_key: '' }));
  });

  test('with members of other types is refused', async () => {
    for (const name of ['protected', 'iv', 'ciphertext', 'tag', 'encrypted_key', 'aad']) {
      for (const value of [7, null, {}, [], true, '=', 'A', 'AB', 'AAA=', ' AAAA', 'AA+/'])
        await refused(flattened({ [name]: value }));
    }
    for (const name of ['header', 'unprotected']) {
      for (const value of [7, null, [], 'x', true]) await refused(flattened({ [name]: value }));
    }
    for (const recipients of [[], {}, 'x', [null], [7], [[]], [{ header: 7 }], Array(101).fill({}), null]) {
      await refused(flattened({ recipients }));
    }
    for (const name of ['protected', 'iv', 'ciphertext', 'tag']) {
      const { [name]: _left, ...others } = flattened();
      await refused(others);
    }
    await refused({});
  });

  test('with an encrypted key for a key that is used directly is refused', async () => {
    await refused(flattened({ encrypted_key: 'AAAA' }));
    await refused(forgeJwe({ header, cek, encryptedKey: Buffer.alloc(8) }));
    const agreed = openKey(curveJwk('ECDH-ES', 'P-256'));
    const [first, , ...rest] = (await sealCompact(agreed, 'x')).split('.');
    await refused([first, 'AAAA', ...rest].join('.'), agreed);
  });

  test('shows no members as its header that the tag does not cover', async () => {
    const jwe = flattened({ header: { cty: 'forged' }, unprotected: { typ: 'forged' } });
    expect((await openJwe(key, jwe)).header).toEqual(header);
  });

  test('with other additional data is refused', async () => {
    const jwe = (await sealJwe(key, 'x', {
      serialization: 'FLATTENED',
      aad: Buffer.from('one'),
    })) as JsonObject;
    expect((await openJwe(key, jwe)).plaintext.toString()).toBe('x');
    await refused({ ...jwe, aad: Buffer.from('other').toString('base64url') });
    const { aad: _aad, ...without } = jwe;
    await refused(without);
  });
});

describe('a compact serialisation', () => {
  test('in a second spelling is refused', async () => {
    const jwe = forgeJwe({ header, cek });
    for (const other of [
      `${jwe}=`,
      `${jwe}.`,
      `${jwe}.AAAA`,
      ` ${jwe}`,
      `${jwe}\n`,
      jwe.replace('.', ''),
      '....',
      '',
      '.'.repeat(100_000),
    ]) {
      await refused(other);
    }
    const last = jwe.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // The last character of 16 octets carries 4 bits that belong to none of them.
    const sameOctets = alphabet[alphabet.indexOf(last) ^ 1];
    await refused(`${jwe.slice(0, -1)}${sameOctets}`);
  });
});

describe('several recipients', () => {
  test('are looked at until one is ours, with the algorithm of our key', async () => {
    const looked: (string | undefined)[] = [];
    const find = (kid: string | undefined) => {
      looked.push(kid);
      return kid === 'ours' ? openKey({ ...jwk, kid: 'ours' }) : undefined;
    };
    const recipients = [
      { header: { alg: 'A128KW', kid: 'other' } },
      { header: { alg: 'A256KW', kid: 'ours' } },
      { header: { alg: 'dir', kid: 'ours' } },
    ];
    const jwe = flattened({ recipients }, { enc: 'A256GCM' });
    const options = {
      find,
      inTurn: (_key: unknown, run: () => Promise<Buffer>) => run(),
      randomness: secureRandomness,
    };
    expect((await decryptJwe(options, { jwe })).kid).toBe('ours');
    expect(looked).toEqual(['other', 'ours', 'ours']);
  });
});
