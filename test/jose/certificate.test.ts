import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type CertificateInfo,
  chainFault,
  readCertificateDer,
  readCertificates,
  x5Members,
} from '../../src/jose/certificate.ts';
import { importJwk } from '../../src/jose/import-jwk.ts';
import { fixture, refusalOf } from './made-keys.ts';

const derOf = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');

const reasonFor = (text: string) => refusalOf(() => readCertificates(text));
const [leaf, intermediate, root] = ['leaf.pem', 'intermediate.pem', 'root.pem'].map(fixture) as [
  string,
  string,
  string,
];

describe('readCertificates', () => {
  test('reads the same facts from a certificate as node:crypto', () => {
    for (const name of ['leaf.pem', 'ec.pem', 'ed25519.pem', 'expired.pem']) {
      const [read] = readCertificates(fixture(name));
      const known = new X509Certificate(fixture(name));
      expect(read?.der).toEqual(known.raw);
      expect(read?.startDate).toEqual(new Date(known.validFrom));
      expect(read?.endDate).toEqual(new Date(known.validTo));
      expect(read?.sha1Thumbprint).toBe(known.fingerprint.replaceAll(':', ''));
      expect(read?.x5t).toBe(Buffer.from(known.fingerprint.replaceAll(':', ''), 'hex').toString('base64url'));
      expect(read?.x5tS256).toBe(
        Buffer.from(known.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url'),
      );
      expect(read?.publicKey).toEqual(createPublicKey(fixture(name)).export({ format: 'jwk' }));
    }
  });

  test('prints the subject from the most specific part on', () => {
    expect(readCertificates(leaf)[0]?.subjectDn).toBe('CN=example.com, O=Example Inc, C=US');
  });

  test('escapes a subject as RFC 4514 does', () => {
    const [read] = readCertificates(fixture('names.pem'));
    expect(read?.subjectDn).toBe('CN=Örnek İş, OU=A+UID=7, O=Acme\\, \\"Ltd\\", C=TR');
  });

  test('reads a chain, leaf first, with the explanations that openssl puts between', () => {
    const text = `subject=CN = example.com\n${leaf}\nsubject=CN = Test Intermediate\n${intermediate}${root}\n\n`;
    const chain = readCertificates(text);
    expect(chain.map(({ subjectDn }) => subjectDn)).toEqual([
      'CN=example.com, O=Example Inc, C=US',
      'CN=Test Intermediate, C=US',
      'CN=Test Root',
    ]);
    expect(x5Members(chain).x5c).toEqual(
      [leaf, intermediate, root].map((pem) => new X509Certificate(pem).raw.toString('base64')),
    );
    expect(x5Members(chain)).toMatchObject({ x5t: chain[0]?.x5t, 'x5t#S256': chain[0]?.x5tS256 });
  });

  test('reads RSASSA-PSS certificates and the hash that they require', async () => {
    const [read] = readCertificates(fixture('pss.pem'));
    expect(read?.restriction).toBe('PS384');
    expect(await importJwk(read?.publicKey ?? {})).toMatchObject({ kty: 'RSA' });
  });

  test('reads DER in base64 as it reads PEM, also from a text in one line', () => {
    for (const content of [
      derOf(leaf).toString('base64'),
      Buffer.from(leaf).toString('base64'),
      leaf.replaceAll('\n', '\\n'),
    ]) {
      expect(readCertificates(content)).toEqual(readCertificates(leaf));
    }
  });

  const key = createPrivateKey(fixture('leaf.key')).export({ type: 'pkcs8', format: 'pem' }).toString();

  test.each<[string, string, string]>([
    ['nothing', '', 'Certificate file holds no PEM block!'],
    ['words', 'no certificate', 'Certificate file holds no PEM block! It takes PEM (a line'],
    [
      'DER that is cut off',
      derOf(leaf).subarray(0, 200).toString('base64'),
      'is not valid: it ends too early',
    ],
    [
      'DER with something behind its end',
      Buffer.concat([derOf(leaf), Buffer.from('\n')]).toString('base64'),
      'Certificate is not valid: there are bytes behind its end',
    ],
    [
      'a key in DER',
      derOf(key).toString('base64'),
      'Certificate file holds a private key (PRIVATE KEY) where a certificate belongs!',
    ],
    ['a private key', key, 'Certificate file holds a private key (PRIVATE KEY) where a certificate belongs!'],
    [
      'a private key behind the certificate',
      leaf + key,
      'Certificate file holds a private key (PRIVATE KEY) where a certificate belongs!',
    ],
    [
      'a public key',
      createPublicKey(leaf).export({ type: 'spki', format: 'pem' }).toString(),
      'a public key (PUBLIC KEY) where a certificate belongs! Upload it as a key',
    ],
    [
      'text behind the certificate',
      `${leaf}that was it`,
      'Certificate file has text behind its last PEM block',
    ],
    ['a certificate that is cut off', leaf.slice(0, 500), 'Certificate file has no END line'],
    [
      'something else in a certificate block',
      key.replaceAll('PRIVATE KEY', 'CERTIFICATE'),
      'Certificate file holds a private key (PRIVATE KEY) where a certificate belongs!',
    ],
    [
      'a key on explicit curve parameters',
      fixture('explicit.pem'),
      'a named curve is required (RFC 5480 §2.1.1)',
    ],
    [
      'eleven certificates',
      leaf.repeat(11),
      'Certificate file holds 11 certificates; at most 10 are accepted',
    ],
  ])('refuses %s', async (_name, text, message) => {
    expect(await reasonFor(text)).toContain(message);
  });

  test('reports the end of a chain whose issuer has the right name and did not sign', () => {
    const forged = Buffer.from(new X509Certificate(leaf).raw);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    const text = `-----BEGIN CERTIFICATE-----\n${forged.toString('base64')}\n-----END CERTIFICATE-----\n`;
    const [first, second] = readCertificates(text + intermediate) as [CertificateInfo, CertificateInfo];
    expect(chainFault([first], second)).toBe('certificate 2 did not sign certificate 1');
    expect(chainFault(readCertificates(leaf), second)).toBeUndefined();
  });

  test('reads the key usage that a certificate states', () => {
    expect(readCertificates(intermediate)[0]?.keyUsage).toEqual(['keyCertSign']);
    expect(readCertificates(leaf)[0]?.keyUsage).toBeUndefined();
  });

  test('allows no use of a certificate whose key usage is damaged', () => {
    const der = derOf(intermediate);
    // The tag of the BIT STRING inside the extension 2.5.29.15.
    const bits = der.indexOf(Buffer.from('0302', 'hex'), der.indexOf(Buffer.from('0603551d0f', 'hex')));
    expect(der[bits]).toBe(3);
    der[bits] = 2;
    expect(readCertificateDer(der).keyUsage).toEqual([]);
  });
});

describe('readCertificateDer', () => {
  const { raw } = new X509Certificate(leaf);

  test('answers a certificate with any one octet changed with a certificate or a bad request', async () => {
    for (let at = 0; at < raw.length; at += 1) {
      const changed = Buffer.from(raw);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      await refusalOf(() => readCertificateDer(changed)).catch((error: Error) =>
        expect(error.message).toBe('it was accepted'),
      );
    }
  });

  test('answers a certificate that ends anywhere with a bad request', async () => {
    for (let end = 0; end < raw.length; end += 7) {
      expect(await refusalOf(() => readCertificateDer(raw.subarray(0, end)))).toMatch(
        /^Certificate is not valid: /,
      );
    }
  });

  test('rejects input that is too long for a certificate', async () => {
    expect(await refusalOf(() => readCertificateDer(Buffer.alloc(65_537)))).toBe(
      'Certificate has 65537 bytes; at most 65536 are accepted',
    );
  });
});
