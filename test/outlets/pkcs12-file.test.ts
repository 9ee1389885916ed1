// PKCS#12 files of outlets, read by keyplane, by Java and by OpenSSL.

import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openKeystore } from '../../src/formats/keystore.ts';
import { thumbprint } from '../../src/jose/thumbprint.ts';
import type { ContentInput } from '../../src/outlets/content/content-input.ts';
import { makeArtifact } from '../../src/outlets/content/make-artifact.ts';
import { isPkcs12Password } from '../../src/outlets/content/pkcs12-file.ts';
import { CertificateFolder, privateJwkOf } from '../support/issued-certificates.ts';
import { findProgram } from '../support/programs.ts';
import { contentInput, contentKey, pairNames, privateJwk, secretJwk } from './support/content-keys.ts';

const keytool = findProgram('keytool');
const openssl = findProgram('openssl');
const password = 'change it, "quickly"';

const certificates = new CertificateFolder();
const folder = mkdtempSync(join(tmpdir(), 'keyplane-pkcs12-'));
afterAll(() => {
  certificates.remove();
  rmSync(folder, { recursive: true });
});

async function fileOf(input: ContentInput): Promise<Buffer> {
  const artifact = await makeArtifact('PKCS12', { password, ...input });
  if (artifact.form !== 'FILE') throw new Error('it is a folder');
  return artifact.bytes;
}
const opened = (file: Buffer) => openKeystore({ file, password, type: 'PKCS12' });

const root = certificates.issue({ subject: 'root', extensions: 'basicConstraints=CA:TRUE' });
const leaf = certificates.issue({ subject: 'leaf', issuer: root });
const certified = { ...privateJwkOf(leaf), kid: 'certified', x5c: [leaf.x5c, root.x5c] } as never;

test.each(pairNames)('a private %s key is read back with a certificate over it', async (pair) => {
  const jwk = privateJwk(pair, { kid: 'k' });
  const entry = opened(await fileOf(contentInput([contentKey(jwk)]))).readEntry('k');
  if (entry.kind !== 'PRIVATE_KEY') throw new Error(entry.kind);
  const key = createPrivateKey({ key: entry.privateKeyPkcs8, format: 'der', type: 'pkcs8' });
  expect(jwk).toMatchObject(key.export({ format: 'jwk' }));
  const [der, ...others] = entry.chain;
  expect(others).toEqual([]);
  const certificate = new X509Certificate(der ?? '');
  expect(certificate.checkPrivateKey(key)).toBe(true);
  expect(certificate.subject).toBe(`CN=${thumbprint(jwk)}`);
  // A key that signs nothing has a certificate that another key signed.
  const signsItself = !pair.startsWith('X');
  expect(certificate.subject === certificate.issuer).toBe(signsItself);
  if (signsItself) expect(certificate.verify(certificate.publicKey)).toBe(true);
});

test('a key keeps its own chain, the ACTIVE key is first, and a wrong password opens nothing', async () => {
  const file = await fileOf(
    contentInput([
      contentKey(secretJwk({ kid: 'Mac' })),
      contentKey(certified, { state: 'ACTIVE', isCurrent: true }),
    ]),
  );
  const keystore = opened(file);
  expect(keystore.list()).toEqual([
    { alias: 'certified', kind: 'PRIVATE_KEY' },
    { alias: 'Mac', kind: 'SECRET_KEY' },
  ]);
  expect(keystore.readEntry('certified')).toMatchObject({ chain: [leaf.der, root.der] });
  expect(keystore.readEntry('Mac')).toMatchObject({ algorithm: 'HmacSHA256' });
  expect(() => openKeystore({ file, password: 'wrong', type: 'PKCS12' })).toThrow(/password is wrong/);
});

test('the file cannot be made where the key in use has neither a private key nor a certificate', async () => {
  const { d: _private, ...publicOnly } = privateJwk('P-256') as unknown as Record<string, unknown>;
  const key = contentKey(publicOnly as never, { name: 'ring.1', isCurrent: true });
  await expect(fileOf(contentInput([key]))).rejects.toThrow(
    'JWK (name: ring.1) has no private key and no certificate!',
  );
  await expect(makeArtifact('PKCS12', contentInput([key]))).rejects.toThrow(
    'password is required for PKCS12!',
  );
});

test.each(['', 'pässword', 'new\nline', 'x'.repeat(1025)])('%j is no password that Java takes', (text) => {
  expect(isPkcs12Password(text)).toBe(false);
});

/** Prints each entry as the program of a user would load it. */
const readerSource = `
import java.io.FileInputStream;
import java.security.KeyStore;
import java.util.Collections;

public class Reader {
    public static void main(String[] args) throws Exception {
        var keystore = KeyStore.getInstance("PKCS12");
        try (var file = new FileInputStream(args[0])) { keystore.load(file, args[1].toCharArray()); }
        for (var alias : Collections.list(keystore.aliases())) {
            if (keystore.isCertificateEntry(alias)) {
                System.out.println(alias + " trusted");
                continue;
            }
            String algorithm;
            try { algorithm = keystore.getKey(alias, args[1].toCharArray()).getAlgorithm(); }
            catch (java.security.UnrecoverableKeyException e) { algorithm = "unknown"; }
            var chain = keystore.getCertificateChain(alias);
            System.out.println(alias + " " + algorithm + " " + (chain == null ? 0 : chain.length));
        }
    }
}
`;

describe.skipIf(keytool === undefined)('Java', () => {
  const everything = async () => {
    const ca = certificates.issue({ subject: 'ca' });
    const pairs = pairNames.map((pair) => contentKey(privateJwk(pair, { kid: pair })));
    const keys = [
      contentKey(secretJwk({ kid: 'Mac' })),
      ...pairs,
      contentKey(certified, { state: 'ACTIVE' }),
    ];
    const path = join(folder, 'everything.p12');
    const trusted = [{ name: 'trusted-ca', chain: [ca.x5c] }];
    writeFileSync(path, await fileOf(contentInput(keys, { certificates: trusted })));
    return path;
  };

  test('opens every entry with the password, the ACTIVE key first', async () => {
    const path = await everything();
    writeFileSync(join(folder, 'Reader.java'), readerSource);
    const printed = execFileSync('java', [join(folder, 'Reader.java'), path, password], { encoding: 'utf8' });
    expect(printed.trim().split('\n')).toEqual([
      'certified EC 2',
      'mac HmacSHA256 0',
      'rsa RSA 1',
      'p-256 EC 1',
      'p-384 EC 1',
      'p-521 EC 1',
      // A curve that some builds of Java do not have; the other keys open all the same.
      expect.stringMatching(/^secp256k1 (EC|unknown) 1$/),
      'ed25519 EdDSA 1',
      'ed448 EdDSA 1',
      'x25519 XDH 1',
      'x448 XDH 1',
      // Key types that Java does not have; the other keys open all the same.
      expect.stringMatching(/^ml-dsa-44 \S+ 1$/),
      expect.stringMatching(/^ml-dsa-87 \S+ 1$/),
      'trusted-ca trusted',
    ]);
  });

  test('lists the file with keytool, and not with another password', async () => {
    const path = await everything();
    const listed = (with_: string) =>
      spawnSync('keytool', ['-list', '-keystore', path, '-storepass', with_], { encoding: 'utf8' });
    const { stdout } = listed(password);
    expect(stdout).toMatch(/Your keystore contains 14 entries/);
    expect(stdout).toMatch(/trusted-ca, .*trustedCertEntry/);
    expect(listed('another').stdout).toMatch(/password was incorrect/);
  });
});

describe.skipIf(openssl === undefined)('OpenSSL', () => {
  const read = (path: string, ...args: string[]) =>
    spawnSync('openssl', ['pkcs12', '-in', path, ...args], { encoding: 'utf8' });

  test('opens key and chain with the password, and nothing with another', async () => {
    const path = join(folder, 'certified.p12');
    writeFileSync(path, await fileOf(contentInput([contentKey(certified)])));
    const { status, stdout } = read(path, '-passin', `pass:${password}`, '-nodes');
    expect(status).toBe(0);
    const key = createPrivateKey(
      /-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/.exec(stdout)?.[0] ?? '',
    );
    expect(certified).toMatchObject(key.export({ format: 'jwk' }));
    expect(stdout.match(/friendlyName: certified/g)).toHaveLength(2);
    expect(stdout.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(read(path, '-passin', 'pass:wrong', '-nodes').status).not.toBe(0);
  });

  test('shows how the file is protected', async () => {
    const path = join(folder, 'info.p12');
    writeFileSync(path, await fileOf(contentInput([contentKey(certified)])));
    const { stderr } = read(path, '-passin', `pass:${password}`, '-info', '-noout');
    expect(stderr).toMatch(/MAC: sha256, Iteration 10000/);
    expect(stderr.match(/PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256/g)).toHaveLength(2);
  });
});
