// A PEM file that holds one key among other blocks, or certificates among other blocks, is rejected with a command. Each test
// runs the command on the file and reads the result.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isKeyplaneError } from '../../src/errors.ts';
import { certificatesIn } from '../../src/jose/certificate-file.ts';
import { encryptedKeyIn, jwkFromKeyContent } from '../../src/jose/key-pem.ts';

const hasTool = (tool: string) => spawnSync('which', [tool]).status === 0;
const canRun = hasTool('openssl') && hasTool('ssh-keygen');
if (!canRun) console.info('bundled keys are not taken out here: openssl and ssh-keygen are needed');

const folder = mkdtempSync(join(tmpdir(), 'keyplane-bundles-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (program: string, args: string) =>
  execFileSync(program, args.split(' '), { cwd: folder, stdio: 'pipe' });
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');

beforeAll(() => {
  if (!canRun) return;
  const closed = '-passout pass:sample-pass';
  run('openssl', 'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key');
  run('openssl', 'pkey -in rsa.key -pubout -out rsa.pub');
  run('openssl', 'rsa -in rsa.key -RSAPublicKey_out -out pkcs1.pub');
  run('openssl', `pkcs8 -topk8 -in rsa.key -v2 aes-256-cbc ${closed} -out pkcs8.closed`);
  run('openssl', `rsa -in rsa.key -traditional -aes128 ${closed} -out pkcs1.closed`);
  run('openssl', 'req -x509 -new -key rsa.key -subj /CN=leaf -days 30 -out leaf.crt');
  run('openssl', 'req -x509 -new -key rsa.key -subj /CN=root -days 30 -out root.crt');
  run('openssl', 'req -new -key rsa.key -subj /CN=leaf -out leaf.csr');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', 'open.ssh'], { cwd: folder });
});

function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (isKeyplaneError(error) && error.reason === 'FORM_NOT_SUPPORTED') return error.message;
    throw error;
  }
  throw new Error('The content was accepted');
}

/** @returns the file that the command of the refusal wrote */
function converted(refusal: string, output: string): string {
  const [, command = ''] = /`([^`]+)`/.exec(refusal) ?? [];
  expect(command).toContain('both.pem');
  const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, input: '' });
  expect(status, `${command}\n${stderr}`).toBe(0);
  return textOf(output);
}

function bundle(...names: readonly string[]): string {
  writeFileSync(join(folder, 'both.pem'), names.map(textOf).join(''));
  return textOf('both.pem');
}

const besides = [['leaf.crt'], ['leaf.crt', 'root.crt', 'leaf.csr']];

describe.skipIf(!canRun)('one key in a PEM file', () => {
  test.each(['rsa.key', 'open.ssh', 'rsa.pub', 'pkcs1.pub'])('is taken out by the command: %s', (key) => {
    const kind = key.endsWith('.pub') ? 'PUBLIC_KEY' : 'PRIVATE_KEY';
    for (const others of besides) {
      for (const names of [
        [key, ...others],
        [...others, key],
      ]) {
        const refusal = refusalOf(() => jwkFromKeyContent(bundle(...names)));
        expect(refusal).toMatch(new RegExp(`upload key\\.pem as a ${kind}$`));
        const alone = jwkFromKeyContent(converted(refusal, 'key.pem'));
        expect(alone).toEqual(jwkFromKeyContent(textOf(key)));
        expect(alone.kind).toBe(kind);
      }
    }
  });

  test.each(['pkcs8.closed', 'pkcs1.closed'])('stays under its passphrase: %s', (key) => {
    for (const others of besides) {
      const refusal = refusalOf(() => jwkFromKeyContent(bundle(...others, key)));
      expect(refusal).toMatch(/upload key\.pem as a PRIVATE_KEY$/);
      expect(encryptedKeyIn(converted(refusal, 'key.pem'))).toEqual(encryptedKeyIn(textOf(key)));
    }
  });

  test('is the private one where its public key is there, too', () => {
    const refusal = refusalOf(() => jwkFromKeyContent(bundle('rsa.pub', 'leaf.crt', 'rsa.key')));
    expect(jwkFromKeyContent(converted(refusal, 'key.pem')).kind).toBe('PRIVATE_KEY');
  });

  test.each([
    ['two keys', ['rsa.key', 'pkcs8.closed']],
    ['no key', ['leaf.crt', 'leaf.csr']],
  ])('gets no command where there is %s', (_what, names) => {
    expect(() => jwkFromKeyContent(bundle(...names))).toThrow(/exactly one key is accepted$/);
  });
});

describe.skipIf(!canRun)('certificates in a PEM file', () => {
  test.each(['rsa.key', 'open.ssh', 'rsa.pub', 'leaf.csr'])(
    'are taken out by the command, beside %s',
    (other) => {
      for (const certificates of [['leaf.crt'], ['leaf.crt', 'root.crt']]) {
        const refusal = refusalOf(() => certificatesIn(bundle(other, ...certificates)));
        const alone = certificatesIn(converted(refusal, 'certificates.pem'));
        expect(alone).toEqual(certificates.flatMap((name) => certificatesIn(textOf(name))));
      }
    },
  );
});
