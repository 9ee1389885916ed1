// Certificates to trust, in PEM that an operator wrote: each setting that takes them reads them alike.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vaultKv } from '../../src/outlets/kinds/vault-kv.ts';
import { readTrustedCertificates } from '../../src/runtime/pem-certificates.ts';
import { checkCertificates } from '../../src/runtime/tls-files.ts';
import { readCaFile } from '../../src/sources/safe-fetch/ca-file.ts';
import { makeTestAuthority } from '../support/http-servers.ts';

const { caCertificate: one } = makeTestAuthority();
const { caCertificate: other } = makeTestAuthority();
const begin = '-----BEGIN CERTIFICATE-----';
const end = '-----END CERTIFICATE-----';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyplane-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('every certificate is read; text between them and blocks of other kinds are passed over', () => {
  const parameters = '-----BEGIN DH PARAMETERS-----\nMIIB\n-----END DH PARAMETERS-----';
  const read = readTrustedCertificates(`# ours - and theirs\n${one}\n${parameters}\n${other}\n# end`);
  expect(read).toEqual({ certificates: [one.trim(), other.trim()] });
});

test('lines may end as in Windows', () => {
  expect(readTrustedCertificates(one.replaceAll('\n', '\r\n'))).toMatchObject({
    certificates: [expect.stringContaining(end)],
  });
});

describe.each([
  ['nothing', '', 'has no certificate'],
  ['an empty block', `${begin}\n${end}\n`, 'has a damaged certificate, number 1'],
  ['an empty block on one line', `${begin}${end}`, 'has a damaged certificate, number 1'],
  ['an empty block behind another', `${one}${begin}\n${end}`, 'has a damaged certificate, number 2'],
  ['no base64', `${begin}\n-?-\n${end}`, 'has a damaged certificate, number 1'],
  ['base64 of something else', `${one}${begin}\nMIIB\n${end}`, 'has a damaged certificate, number 2'],
  [
    'a block that is cut off',
    `${one}${other.slice(0, 200)}`,
    'has no line END CERTIFICATE for certificate 2',
  ],
  [
    'a block that is cut off before another',
    `${one.slice(0, 200)}\n${other}`,
    'has no line END CERTIFICATE for certificate 1',
  ],
  ['an end alone', `${end}\n${one}`, 'has a line END CERTIFICATE without its line BEGIN'],
])('text with %s', (_, text, problem) => {
  test('is rejected as a file of CAs for source URLs', () => {
    const path = join(folder, 'ca.pem');
    writeFileSync(path, text);
    const why = `names ${path}, which ${problem}: certificates of CAs in PEM are accepted`;
    expect(() => readCaFile(path)).toThrow(new Error(why));
  });

  test('is rejected as a file of CAs of a TLS listener or of the manager', () => {
    const file = { setting: '--client-ca', path: 'ca.pem' };
    const why = `--client-ca is ca.pem, which ${problem}: certificates of CAs in PEM are accepted`;
    expect(() => checkCertificates(file, Buffer.from(text))).toThrow(new Error(why));
  });

  test.skipIf(text === '')('is rejected in the target of VAULT_KV', () => {
    const target = { address: 'https://bao.example:8200', mount: 'secret', path: 'keys', caPem: text };
    const why = `target.caPem is not valid! It ${problem}: it takes certificates in PEM`;
    expect(() => vaultKv.readTarget(target, 'JWKS')).toThrow(why);
  });
});
