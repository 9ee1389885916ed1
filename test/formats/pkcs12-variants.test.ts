import { createSecureContext } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { openKeystore } from '../../src/formats/keystore.ts';
import {
  bmpString,
  explicit,
  indefinite,
  integer,
  objectIdentifier,
  octetPieces,
  sequence,
} from './der-writer.ts';
import { certificateDer, privateKey, readFixture } from './keystore-fixtures.ts';
import {
  authenticatedSafe,
  certificateBag,
  type HmacDigest,
  keyBag,
  nestedBag,
  pbmac1Data,
  pfx,
  sha1Mac,
  shroudedBag,
  shroudedWith,
} from './pkcs12-writer.ts';

const open = (file: Buffer, password = 'changeit') => openKeystore({ file, password, type: 'PKCS12' });
const pem = (text: string) => Buffer.from(text.replace(/-----.*-----|\s/g, ''), 'base64');
const ec = privateKey('ec');
const ecBags = [
  certificateBag(certificateDer('ec'), { localKeyId: 'x' }),
  keyBag(ec, { friendlyName: 'ec', localKeyId: 'x' }),
];

describe('PBMAC1', () => {
  const digests: readonly HmacDigest[] = ['sha1', 'sha256', 'sha384', 'sha512'];
  const pairs = digests.flatMap((prf) => digests.map((mac) => ({ prf, mac })));

  test.each(pairs)(
    'opens with PBKDF2 over $prf and HMAC with $mac, in which OpenSSL agrees',
    ({ prf, mac }) => {
      const content = authenticatedSafe(ecBags);
      const options = { prf, mac, iterations: 2_000, keyLength: 32 };
      const file = pfx(content, pbmac1Data(content, 'pässwörd😀', options));
      expect(() => createSecureContext({ pfx: file, passphrase: 'pässwörd😀' })).not.toThrow();
      expect(open(file, 'pässwörd😀').readEntry('ec').kind).toBe('PRIVATE_KEY');
      expect(() => open(file, 'passwort')).toThrow('the password is wrong or the file is damaged!');
    },
  );

  test('is refused with a key that is short or whose length is not given (RFC 9579, 4)', () => {
    const content = authenticatedSafe(ecBags);
    const options = { prf: 'sha256', mac: 'sha256', iterations: 2_000, keyLength: 32 } as const;
    const short = pbmac1Data(content, 'changeit', { ...options, keyLength: 16 });
    expect(() => open(pfx(content, short))).toThrow('the file is damaged!');
    const absent = pbmac1Data(content, 'changeit', { ...options, leaveOutKeyLength: true });
    expect(() => open(pfx(content, absent))).toThrow('the file is damaged!');
  });
});

test('no password may be spelled as an empty string with its end or as nothing, in which OpenSSL agrees', () => {
  const content = authenticatedSafe(ecBags);
  for (const spelling of [Buffer.alloc(2), Buffer.alloc(0)]) {
    const file = pfx(content, sha1Mac(content, spelling));
    expect(() => createSecureContext({ pfx: file, passphrase: '' })).not.toThrow();
    expect(open(file, '').readEntry('ec').kind).toBe('PRIVATE_KEY');
    expect(() => open(file, ' ')).toThrow('the password is wrong or the file is damaged!');
  }
});

describe('BER', () => {
  test('a file of indefinite lengths and OCTET STRINGs in pieces gives what its DER twin gives', () => {
    const content = authenticatedSafe(ecBags);
    const mac = pbmac1Data(content, 'changeit', {
      prf: 'sha256',
      mac: 'sha256',
      iterations: 1_000,
      keyLength: 32,
    });
    const data = objectIdentifier('1.2.840.113549.1.7.1');
    const ber = indefinite(
      0x30,
      integer(3),
      indefinite(0x30, data, indefinite(0xa0, octetPieces(content, 100))),
      mac,
    );
    expect(open(ber).readEntry('ec')).toEqual(open(pfx(content, mac)).readEntry('ec'));
  });

  test('pieces may be in pieces themselves, down to a depth', () => {
    const content = authenticatedSafe(ecBags);
    const data = objectIdentifier('1.2.840.113549.1.7.1');
    const nest = (depth: number) => {
      let octets = octetPieces(content, 500);
      for (let level = 0; level < depth; level++) octets = indefinite(0x24, octets);
      return sequence(integer(3), sequence(data, explicit(0, octets)));
    };
    expect(open(nest(20)).list()).toHaveLength(1);
    expect(() => open(nest(5_000))).toThrow('the file is damaged!');
  });
});

describe('entries', () => {
  test('a key that OpenSSL closed with scrypt opens', () => {
    const scrypt = pem(readFixture('openssl3/scrypt.pkcs8.pem').toString('latin1'));
    const opened = open(pfx(authenticatedSafe([shroudedBag(scrypt, { friendlyName: 'scrypt' })])));
    expect(opened.readEntry('scrypt')).toMatchObject({
      privateKeyPkcs8: ec.export({ format: 'der', type: 'pkcs8' }),
    });
    expect(() => opened.readEntry('scrypt', 'wrong')).toThrow('Alias (scrypt) can not be opened');
  });

  test('one key under an algorithm that is not known is named when it is asked for, and the others open', () => {
    const rc4 = shroudedWith('1.2.840.113549.1.12.1.1', 1);
    const opened = open(pfx(authenticatedSafe([shroudedBag(rc4, { friendlyName: 'odd' }), ...ecBags])));
    expect(opened.list()).toHaveLength(2);
    expect(() => opened.readEntry('odd')).toThrow(
      'Alias (odd) is encrypted with an algorithm that is not supported (1.2.840.113549.1.12.1.1)!',
    );
    expect(opened.readEntry('ec').kind).toBe('PRIVATE_KEY');
  });

  test('keys without a localKeyId are numbered and get the certificate over their own public half', () => {
    const certificates = ['ed25519', 'ec'].map((name) => certificateBag(certificateDer(name)));
    const keys = ['ec', 'ed25519'].map((name) => keyBag(privateKey(name)));
    const opened = open(pfx(authenticatedSafe(certificates, keys)));
    expect(opened.readEntry('1')).toMatchObject({ chain: [certificateDer('ec')] });
    expect(opened.readEntry('2')).toMatchObject({ chain: [certificateDer('ed25519')] });
  });

  test('a certificate of a key that lacks a localKeyId is matched by its name', () => {
    const bags = [
      certificateBag(certificateDer('ed25519'), { friendlyName: 'other' }),
      certificateBag(certificateDer('ec'), { friendlyName: 'EC' }),
      keyBag(ec, { friendlyName: 'ec' }),
    ];
    const opened = open(pfx(authenticatedSafe(bags)));
    expect(opened.list()).toEqual([
      { alias: 'ec', kind: 'PRIVATE_KEY' },
      { alias: 'other', kind: 'TRUSTED_CERTIFICATE' },
    ]);
    expect(opened.readEntry('ec')).toMatchObject({ chain: [certificateDer('ec')] });
  });

  test('the certificate beside the only key is its own where neither bears a localKeyId', () => {
    const bags = [[certificateBag(certificateDer('ec'))], [keyBag(ec)]];
    const opened = open(pfx(authenticatedSafe(...bags)));
    expect(opened.list()).toEqual([{ alias: '1', kind: 'PRIVATE_KEY' }]);
    expect(opened.readEntry('1')).toMatchObject({ chain: [certificateDer('ec')] });
  });

  test('of two issuers of one name the one that issued the certificate stands in the chain', () => {
    const others = ['other-root', 'root', 'intermediate'].map((name) => certificateBag(certificateDer(name)));
    const leaf = certificateBag(certificateDer('rsa'), { localKeyId: 'x' });
    const key = keyBag(privateKey('rsa'), { friendlyName: 'rsa', localKeyId: 'x' });
    const opened = open(pfx(authenticatedSafe([...others, leaf, key])));
    const chain = ['rsa', 'intermediate', 'root'].map(certificateDer);
    expect(opened.readEntry('rsa')).toMatchObject({ chain });
  });

  test('bags inside bags are found, and certificates that claim a taken name are numbered', () => {
    const extra = certificateBag(certificateDer('root'), { friendlyName: 'ec' });
    const opened = open(pfx(authenticatedSafe([nestedBag(nestedBag(...ecBags)), extra])));
    expect(opened.list()).toEqual([
      { alias: 'ec', kind: 'PRIVATE_KEY' },
      { alias: '1', kind: 'TRUSTED_CERTIFICATE' },
    ]);
  });

  test('an invalid certificate neither makes the keystore unreadable nor becomes part of a chain', () => {
    const broken = certificateBag(bmpString('no certificate'), { friendlyName: 'broken' });
    const opened = open(pfx(authenticatedSafe([broken, ...ecBags])));
    expect(opened.list().map(({ alias }) => alias)).toEqual(['ec', 'broken']);
    expect(opened.readEntry('ec')).toMatchObject({ chain: [certificateDer('ec')] });
  });
});
