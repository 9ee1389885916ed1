import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCertificates } from '../../src/jose/certificate.ts';
import { parseJson } from '../../src/jose/json.ts';
import { encryptedKeyIn, jwkFromKeyContent } from '../../src/jose/key-pem.ts';
import { writePem } from '../../src/jose/pem.ts';
import { fixture, refusalOf } from './made-keys.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const jwk = privateKey.export({ format: 'jwk' });
const leaf = fixture('leaf.pem');
const keystore = (name: string) => readFileSync(new URL(`../formats/fixtures/${name}`, import.meta.url));
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const relabelled = (text: string, label: string) => text.replace(/(BEGIN|END) [A-Z ]+/g, `$1 ${label}`);

const number = (value: number) => Buffer.from([0, 0, 0, value]);
const field = (octets: Buffer | string) =>
  Buffer.concat([Buffer.from([0, 0, octets.length >> 8, octets.length & 0xff]), Buffer.from(octets)]);

/** PROTOCOL.key of OpenSSH. @param secret the fields of the private key, from its type on */
function openSshFile(secret: readonly Buffer[], { keys = 1, checks = [7, 7] } = {}): Buffer {
  const head = [Buffer.from('openssh-key-v1\0'), field('none'), field('none'), field(''), number(keys)];
  const inside = Buffer.concat([...checks.map(number), ...secret, field('')]);
  return Buffer.concat([...head, field('public'), field(inside)]);
}
const ed25519Fields = (x: Buffer, d: Buffer, repeated = x) => [
  field('ssh-ed25519'),
  field(x),
  field(Buffer.concat([d, repeated])),
];

describe('a key in a file', () => {
  test.each([
    ['UTF-16, little end first', utf16(key)],
    ['UTF-16, big end first', utf16(key).swap16()],
    ['UTF-8 behind a byte order mark', Buffer.from(`\ufeff${key}`)],
  ])('is read from PEM in %s', (_encoding, file) => {
    expect(jwkFromKeyContent(file.toString('base64')).jwk).toEqual(jwk);
  });

  test('is read from the octets of an OpenSSH key', () => {
    const own = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
    const [x, d] = [own.x ?? '', own.d ?? ''].map((text) => Buffer.from(text, 'base64url'));
    const octets = openSshFile(ed25519Fields(x as Buffer, d as Buffer));
    for (const content of [octets.toString('base64'), writePem('OPENSSH PRIVATE KEY', octets)]) {
      expect(jwkFromKeyContent(content)).toEqual({ jwk: own, kind: 'PRIVATE_KEY' });
    }
  });

  const [x, d] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  test.each<[string, Buffer, string]>([
    [
      'whose check numbers differ',
      openSshFile(ed25519Fields(x, d), { checks: [7, 8] }),
      'its two check numbers differ',
    ],
    [
      'that says it holds two keys',
      openSshFile(ed25519Fields(x, d), { keys: 2 }),
      'it does not hold exactly one key',
    ],
    ['that repeats another public key', openSshFile(ed25519Fields(x, d, d)), 'its Ed25519 halves differ'],
    [
      'whose point is short',
      openSshFile([field('ssh-ed25519'), field('x'), field('')]),
      'its Ed25519 halves differ',
    ],
    ['that is cut off', openSshFile(ed25519Fields(x, d)).subarray(0, -20), 'it ends too early'],
    [
      'whose number is too long',
      openSshFile([field('ssh-rsa'), field(Buffer.alloc(2049, 1))]),
      'a number is too long',
    ],
  ])('in the format of OpenSSH is rejected %s', async (_how, octets, why) => {
    expect(await refusalOf(() => jwkFromKeyContent(writePem('OPENSSH PRIVATE KEY', octets)))).toContain(
      `is a damaged key in the format of OpenSSH: ${why}`,
    );
  });

  test('in the format of OpenSSH has as many octets in d as its curve', () => {
    const { x = '', y = '' } = jwk;
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    const fields = ['ecdsa-sha2-nistp256', 'nistp256', point, Buffer.from([5])].map(field);
    const { jwk: read } = jwkFromKeyContent(writePem('OPENSSH PRIVATE KEY', openSshFile(fields)));
    expect(read.d).toBe(Buffer.from('05'.padStart(64, '0'), 'hex').toString('base64url'));
  });

  test.each(['aes128', 'des3'])('keeps its %s parameters where the line breaks are lost', async (cipher) => {
    const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const names = { aes128: 'aes-128-cbc', des3: 'des-ede3-cbc' } as Record<string, string>;
    const text = rsa
      .export({ type: 'pkcs1', format: 'pem', cipher: names[cipher] ?? '', passphrase: 'sample-pass' })
      .toString();
    const known = encryptedKeyIn(text);
    expect(known?.encryption).toMatch(/^[\w-]+,[0-9A-F]+$/);
    for (const lost of [text.replace(/\n+/g, ' '), text.replace(/\n+/g, ''), text.replace(/\n/g, '\\n')]) {
      expect(encryptedKeyIn(lost)).toEqual(known);
    }
    expect(createPrivateKey({ key: text, passphrase: 'sample-pass' }).equals(rsa)).toBe(true);
  });

  test.each<[string, string | Buffer, string]>([
    ['PKCS#12', keystore('openssl3/default.p12'), 'a PKCS#12 keystore! Upload it as a keystore'],
    ['JKS', Buffer.from('feedfeed0000000200000000', 'hex'), 'a JKS keystore! Upload it as a keystore'],
    ['JCEKS', Buffer.from('cececece0000000200000000', 'hex'), 'a JCEKS keystore! Upload it as a keystore'],
    [
      'PuTTY',
      'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n',
      'a key in the format of PuTTY! Convert it with `puttygen key.ppk -O private-openssh',
    ],
    [
      'PuTTY, behind a byte order mark',
      Buffer.from('\ufeffPuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: none\r\n'),
      'a key in the format of PuTTY! Convert it with `puttygen key.ppk -O private-openssh',
    ],
    ['OpenPGP', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOY\n=abcd\n', 'an OpenPGP key'],
    [
      'OpenSSH',
      'ssh-rsa AAAAB3NzaC1yc2E= me@here',
      'Convert it with `ssh-keygen -e -m PKCS8 -f key.pub > key.pem`',
    ],
    [
      'a private key',
      key,
      'where a certificate belongs! Only certificates may stand in it; upload it as a key',
    ],
    [
      'a private key in DER',
      privateKey.export({ type: 'sec1', format: 'der' }),
      'holds a private key (EC PRIVATE KEY)',
    ],
    [
      'a public key in DER',
      publicKey.export({ type: 'spki', format: 'der' }),
      'holds a public key (PUBLIC KEY)',
    ],
    [
      'a private key that says CERTIFICATE',
      relabelled(key, 'CERTIFICATE'),
      'holds a private key (PRIVATE KEY)',
    ],
  ])('of the form %s is no certificate, and the refusal says what to do', async (_form, file, text) => {
    const content = typeof file === 'string' ? file : file.toString('base64');
    expect(await refusalOf(() => readCertificates(content))).toContain(text);
    if (!/private key|public key|OpenSSH/.test(_form))
      expect(await refusalOf(() => jwkFromKeyContent(content))).toContain(text);
  });

  test('that stands beside its public key is refused with the command that takes it out', async () => {
    for (const content of [key + spki, spki + key]) {
      expect(await refusalOf(() => jwkFromKeyContent(content))).toContain(
        'exactly one key is accepted! Write the key alone with `openssl pkey -in both.pem -out key.pem`',
      );
    }
    expect(await refusalOf(() => jwkFromKeyContent(key + key))).toMatch(/exactly one key is accepted$/);
  });

  test('is distinguished from a JWT', async () => {
    expect(await refusalOf(() => jwkFromKeyContent('eyJhbGciOiJub25lIn0.e30.'))).toBe(
      'Key content is a JWT, which is a token and not a key',
    );
  });
});

describe('a certificate in a file', () => {
  test.each(['PUBLIC KEY', 'PRIVATE KEY', 'X509 CERTIFICATE'])(
    'is read whatever its label says: %s',
    (label) => {
      expect(readCertificates(relabelled(leaf, label))).toEqual(readCertificates(leaf));
    },
  );

  test('is read from UTF-16', () => {
    for (const file of [utf16(leaf), utf16(leaf).swap16()])
      expect(readCertificates(file.toString('base64'))).toEqual(readCertificates(leaf));
  });
});

test('an Ed25519 key of OpenSSH where JSON belongs is refused with a command that converts Ed25519', async () => {
  const text = await refusalOf(() => parseJson('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me', 'JWK string'));
  expect(text).toContain('openssl pkey -pubin -inform DER -out key.pem');
  expect(text).not.toContain('ssh-keygen -e');
});
