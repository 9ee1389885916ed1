import { execFileSync } from 'node:child_process';
import { createCipheriv, createHash, createPrivateKey, generateKeyPairSync, pbkdf2Sync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
  test.each<[string, string, readonly string[]]>([
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

  test('is distinguished from a key without a passphrase', () => {
    expect(encryptedKeyIn(key.export({ type: 'pkcs8', format: 'pem' }).toString())).toBeUndefined();
    expect(() => jwkFromKeyContent(written('pkcs8', pkcs8))).toThrow(
      'Key content is encrypted: passphrase is required!',
    );
  });
});

describe('an encrypted key that is refused', () => {
  const pbes2 = (
    kdfOid: string,
    parameters: Buffer,
    { iv = Buffer.alloc(16), sealed = Buffer.alloc(16) } = {},
  ) => {
    const cipher = sequence(objectIdentifier('2.16.840.1.101.3.4.1.42'), octetString(iv));
    const scheme = sequence(sequence(objectIdentifier(kdfOid), parameters), cipher);
    const algorithm = sequence(objectIdentifier('1.2.840.113549.1.5.13'), scheme);
    return sequence(algorithm, octetString(sealed)).toString('base64');
  };
  const scrypt = (...numbers: number[]) =>
    pbes2('1.3.6.1.4.1.11591.4.11', sequence(octetString(Buffer.alloc(8)), ...numbers.map(integer)));
  const salted = (salt: Buffer, ...numbers: number[]) => sequence(octetString(salt), ...numbers.map(integer));
  /** @param numbers iterations, and the length of the key where it is fixed */
  const pbkdf2 = (...numbers: number[]) =>
    pbes2('1.2.840.113549.1.5.12', salted(Buffer.alloc(8), ...numbers));
  /** Lengths of the writer here are not the shortest, which is taken inside PEM. */
  const pem = (base64: string) =>
    `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${base64}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
  const damaged = 'Key content is damaged: its encryption cannot be read';
  const closed = 'passphrase does not open the key!';
  const tooMany = 'Key content asks for too many derivation iterations: at most 5000000 are accepted!';

  test.each([
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
    ['no iterations', pbkdf2(0), damaged],
    [
      'no iterations of a scheme of PKCS#12',
      sequence(
        sequence(objectIdentifier('1.2.840.113549.1.12.1.3'), salted(Buffer.alloc(8), 0)),
        octetString(Buffer.alloc(16)),
      ).toString('base64'),
      damaged,
    ],
    [
      'a salt of more than 1,024 bytes',
      pem(pbes2('1.2.840.113549.1.5.12', salted(Buffer.alloc(1025), 1))),
      tooMany,
    ],
    ['more lanes of scrypt than work is accepted', scrypt(2 ** 14, 8, 40), tooMany],
    [
      'more memory for the lanes of scrypt than is there',
      scrypt(2, 1, 2 ** 20),
      'Key content asks for too much memory to derive its key (scrypt): at most 64 MiB are accepted!',
    ],
    ['a cost of one', scrypt(1, 8, 1), damaged],
    ['blocks of nothing', scrypt(2 ** 14, 0, 1), damaged],
    ['no lane', scrypt(2 ** 14, 8, 0), damaged],
    ['a key of another length than its cipher has', pbkdf2(1, 16), damaged],
    ['a key of another length than its cipher has, by scrypt', scrypt(2, 1, 1, 16), damaged],
    [
      'an initialisation vector that is too short',
      pbes2('1.2.840.113549.1.5.12', salted(Buffer.alloc(8), 1), { iv: Buffer.alloc(15) }),
      damaged,
    ],
  ])('asks for %s, and nothing is derived', (_what, content, message) => {
    const { user } = process.threadCpuUsage();
    expect(refusal(content)).toBe(message);
    expect(process.threadCpuUsage().user - user).toBeLessThan(500_000);
  });

  test('has a passphrase of megabytes', () => {
    expect(refusal(pbkdf2(1), 'x'.repeat(10 * 1024 * 1024))).toBe(
      'passphrase is too long: at most 1024 characters are accepted!',
    );
  });

  const der = sequence(octetString(Buffer.alloc(20)));
  const contents: readonly [what: string, plain: Buffer, opens: boolean][] = [
    ['one SEQUENCE', der, true],
    ['a SEQUENCE with a byte behind it', Buffer.concat([der, Buffer.alloc(1)]), false],
    ['another element', octetString(Buffer.alloc(20)), false],
  ];
  test.each(contents)('holds %s behind PBES2', (_what, plain, opens) => {
    const [salt, iv] = [Buffer.alloc(8), Buffer.alloc(16)];
    const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(passphrase, salt, 1, 32, 'sha1'), iv);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    const content = pbes2('1.2.840.113549.1.5.12', salted(salt, 1), { iv, sealed });
    if (opens) expect(opened(content)).toEqual(plain);
    else expect(refusal(content)).toBe(closed);
  });

  /** As OpenSSL writes it, but for its headers. */
  const traditional = (plain: Buffer, dekInfo = (iv: string) => `AES-128-CBC,${iv}`) => {
    const iv = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
    const md5 = createHash('md5').update(passphrase).update(iv.subarray(0, 8)).digest();
    const cipher = createCipheriv('aes-128-cbc', md5, iv);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
    const headers = `Proc-Type: 4,ENCRYPTED\nDEK-Info: ${dekInfo(iv.toString('hex'))}\n`;
    return `-----BEGIN EC PRIVATE KEY-----\n${headers}\n${sealed}\n-----END EC PRIVATE KEY-----\n`;
  };
  test.each(contents)('holds %s behind traditional headers', (_what, plain, opens) => {
    if (opens) expect(opened(traditional(plain))).toEqual(plain);
    else expect(refusal(traditional(plain))).toBe(closed);
  });

  test.each<[string, (iv: string) => string]>([
    ['with the name of its algorithm in lower case', (iv) => `aes-128-cbc,${iv}`],
    ['with white space around its parts', (iv) => `AES-128-CBC , ${iv} `],
  ])('opens all the same %s', (_what, dekInfo) => {
    expect(opened(traditional(der, dekInfo))).toEqual(der);
  });

  test.each<[string, (iv: string) => string]>([
    ['without an initialisation vector', () => 'AES-128-CBC'],
    ['with text behind the initialisation vector', (iv) => `AES-128-CBC, ${iv}zz`],
    ['with an initialisation vector that is no hexadecimal text', (iv) => `AES-128-CBC,${iv.slice(2)}zz`],
    ['with the initialisation vector of another cipher', (iv) => `DES-CBC, ${iv}`],
  ])('has traditional headers %s', (_what, dekInfo) => {
    expect(refusal(traditional(der, dekInfo))).toBe(damaged);
  });

  test('has headers that name an algorithm of any letters and length, of which a few are shown', () => {
    const named = refusal(traditional(der, (iv) => `<b>\u001b[1m${'x'.repeat(100)},${iv}`));
    expect(named).toContain(`(?b??`);
    expect(named).toMatch(/ \(.{40}\)! /);
  });

  test('has headers of another algorithm or a damaged IV', () => {
    const content = written('rsa', ['-traditional', '-aes256']);
    expect(refusal(content.replace('AES-256-CBC', 'RC5-CBC'))).toContain(
      'Key content is encrypted with an algorithm that is not supported (RC5-CBC)! Decrypt it with `openssl pkey ',
    );
    expect(refusal(content.replace(/^(DEK-Info: AES-256-CBC,..).*$/m, '$1'))).toBe(
      'Key content is damaged: its encryption cannot be read',
    );
  });
});
