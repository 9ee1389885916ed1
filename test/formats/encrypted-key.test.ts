import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEncryptedKey } from '../../src/formats/encrypted-key.ts';
import { encryptedKeyIn, jwkFromKeyContent } from '../../src/jose/key-pem.ts';
import { integer, objectIdentifier, octetString, sequence } from './der-writer.ts';

let folder: string;
const passphrase = 'pass phräse';
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyplane-'));
  writeFileSync(join(folder, 'key.pem'), key.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'passphrase'), passphrase);
});
afterAll(() => rmSync(folder, { recursive: true }));

const providers = ['-provider', 'legacy', '-provider', 'default'];
/** What OpenSSL writes, as it is uploaded: text, or base64 of DER. */
function written(command: string, options: readonly string[]): string {
  const out = join(folder, 'encrypted');
  const files = [
    '-in',
    join(folder, 'key.pem'),
    '-out',
    out,
    '-passout',
    `file:${join(folder, 'passphrase')}`,
  ];
  execFileSync('openssl', [command, ...files, ...options, ...providers], { stdio: 'pipe' });
  const bytes = readFileSync(out);
  return bytes[0] === 0x30 ? bytes.toString('base64') : bytes.toString('utf8');
}

function opened(content: string, given = passphrase) {
  const closed = encryptedKeyIn(content);
  if (closed === undefined) throw new Error('it is not encrypted');
  return openEncryptedKey(closed, given);
}

function refusal(content: string, given?: string): string {
  try {
    opened(content, given);
  } catch (error) {
    expect(error).toMatchObject({ name: 'KeyplaneError', code: 'bad_request' });
    return (error as Error).message;
  }
  throw new Error('it was opened');
}

const pkcs8 = ['-topk8'];
describe('a key that OpenSSL encrypted', () => {
  it.each<[string, string, readonly string[]]>([
    ['PBES2 with AES-256 and HMAC-SHA-256', 'pkcs8', pkcs8],
    ['PBES2 with AES-128 and HMAC-SHA-512', 'pkcs8', [...pkcs8, '-v2', 'aes128', '-v2prf', 'hmacWithSHA512']],
    ['PBES2 with AES-192 and HMAC-SHA-1', 'pkcs8', [...pkcs8, '-v2', 'aes192', '-v2prf', 'hmacWithSHA1']],
    ['PBES2 with 3DES', 'pkcs8', [...pkcs8, '-v2', 'des3']],
    ['PBES2 with DES', 'pkcs8', [...pkcs8, '-v2', 'des']],
    ['PBES2 with Camellia', 'pkcs8', [...pkcs8, '-v2', 'camellia256']],
    ['PBES2 with ARIA', 'pkcs8', [...pkcs8, '-v2', 'aria-256-cbc']],
    ['PBES2 with scrypt', 'pkcs8', [...pkcs8, '-scrypt']],
    ['PBES1 with MD5 and DES', 'pkcs8', [...pkcs8, '-v1', 'PBE-MD5-DES']],
    ['PBES1 with SHA-1 and DES', 'pkcs8', [...pkcs8, '-v1', 'PBE-SHA1-DES']],
    ['PBES1 with MD5 and RC2', 'pkcs8', [...pkcs8, '-v1', 'PBE-MD5-RC2-64']],
    ['PBES1 with SHA-1 and RC2', 'pkcs8', [...pkcs8, '-v1', 'PBE-SHA1-RC2-64']],
    ['PKCS#12 with 3DES', 'pkcs8', [...pkcs8, '-v1', 'PBE-SHA1-3DES']],
    ['PKCS#12 with RC2 of 40 bits', 'pkcs8', [...pkcs8, '-v1', 'PBE-SHA1-RC2-40']],
    ['PBES2 in DER', 'pkcs8', [...pkcs8, '-outform', 'DER']],
    ['PBES1 in DER', 'pkcs8', [...pkcs8, '-outform', 'DER', '-v1', 'PBE-MD5-DES']],
    ['traditional headers and AES-256', 'rsa', ['-traditional', '-aes256']],
    ['traditional headers and AES-128', 'rsa', ['-traditional', '-aes128']],
    ['traditional headers and 3DES', 'rsa', ['-traditional', '-des3']],
    ['traditional headers and DES', 'rsa', ['-traditional', '-des']],
    ['traditional headers and Camellia', 'rsa', ['-traditional', '-camellia192']],
  ])('with %s is opened by its passphrase and by no other', (_what, command, options) => {
    const content = written(command, options);
    const type = command === 'rsa' ? 'pkcs1' : 'pkcs8';
    expect(createPrivateKey({ key: opened(content), format: 'der', type }).equals(key)).toBe(true);
    expect(refusal(content, `${passphrase}!`)).toBe('passphrase does not open the key!');
    expect(refusal(content, '')).toBe('passphrase does not open the key!');
  });

  it('is told apart from a key that no passphrase closes', () => {
    expect(encryptedKeyIn(key.export({ type: 'pkcs8', format: 'pem' }).toString())).toBeUndefined();
    expect(() => jwkFromKeyContent(written('pkcs8', pkcs8))).toThrow(
      'Key content is encrypted: passphrase is required!',
    );
  });
});

describe('an encrypted key that is refused', () => {
  const pbes2 = (kdfOid: string, parameters: Buffer) => {
    const cipher = sequence(objectIdentifier('2.16.840.1.101.3.4.1.42'), octetString(Buffer.alloc(16)));
    const scheme = sequence(sequence(objectIdentifier(kdfOid), parameters), cipher);
    const algorithm = sequence(objectIdentifier('1.2.840.113549.1.5.13'), scheme);
    return sequence(algorithm, octetString(Buffer.alloc(16))).toString('base64');
  };
  const scrypt = (...numbers: number[]) =>
    pbes2('1.3.6.1.4.1.11591.4.11', sequence(octetString(Buffer.alloc(8)), ...numbers.map(integer)));
  const pbkdf2 = (iterations: number) =>
    pbes2('1.2.840.113549.1.5.12', sequence(octetString(Buffer.alloc(8)), integer(iterations)));
  const tooMany = 'Key content asks for too many derivation iterations: at most 5000000 are accepted!';

  it.each([
    ['more iterations than a keystore may have', pbkdf2(5_000_001), tooMany],
    ['iterations without end', pbkdf2(2 ** 40), tooMany],
    ['more mixing than a keystore may have', scrypt(2 ** 20, 8, 1), tooMany],
    [
      'more memory than is there',
      scrypt(2 ** 16, 16, 1),
      'Key content asks for too much memory to derive its key (scrypt): at most 64 MiB are accepted!',
    ],
    [
      'parameters of scrypt that are none',
      scrypt(1_000, 8, 1),
      'Key content is damaged: its encryption cannot be read',
    ],
    ['no iterations', pbkdf2(0), 'Key content is damaged: its encryption cannot be read'],
  ])('asks for %s, and nothing is derived', (_what, content, message) => {
    const { user } = process.cpuUsage();
    expect(refusal(content)).toBe(message);
    expect(process.cpuUsage().user - user).toBeLessThan(500_000);
  });

  it('has a passphrase of megabytes', () => {
    expect(refusal(pbkdf2(1), 'x'.repeat(10 * 1024 * 1024))).toBe(
      'passphrase is too long: at most 1024 characters are accepted!',
    );
  });

  it('has headers of another algorithm or a damaged IV', () => {
    const content = written('rsa', ['-traditional', '-aes256']);
    expect(refusal(content.replace('AES-256-CBC', 'RC5-CBC'))).toContain(
      'Key content is encrypted with an algorithm that is not supported (RC5-CBC)! Decrypt it with `openssl pkey ',
    );
    expect(refusal(content.replace(/^(DEK-Info: AES-256-CBC,..).*$/m, '$1'))).toBe(
      'Key content is damaged: its encryption cannot be read',
    );
  });
});
