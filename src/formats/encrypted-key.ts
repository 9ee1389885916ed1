// Opens an encrypted private key: PKCS#8 with PBES1, PBES2 or PKCS#12's schemes (RFC 8018, RFC 7292), and OpenSSL's
// traditional form (RFC 1421 headers). Rejected before anything is derived: more iterations or memory than keystores
// may use. A derivation takes up to seconds, so a worker thread calls this.

import { hash } from 'node:crypto';
import { octets, readElement, sequence } from '../asn1/ber.ts';
import { badRequest, type KeyplaneError } from '../errors.ts';
import { type Encoding, unknownKeyEncryption, unsupportedText } from '../jose/unsupported-formats.ts';
import { keystoreLimits } from './keystore-format.ts';
import { DerivationBudget } from './pkcs12/protection/derivation-budget.ts';
import { decryptCbc, onlySequence, type Protection } from './pkcs12/protection/encrypted-content.ts';
import { readProtection } from './pkcs12/protection/protection.ts';

export interface EncryptedKeyContent {
  readonly der: Uint8Array;
  /** DEK-Info; undefined for PKCS#8. */
  readonly encryption?: string | undefined;
  readonly encoding: Encoding;
}

const what = 'Key content';

/** DER of the key, which is secret. @throws {KeyplaneError} bad_request */
export function openEncryptedKey(key: EncryptedKeyContent, passphrase: string): Buffer {
  if (passphrase.length > keystoreLimits.passwordLength) {
    throw badRequest(
      `passphrase is too long: at most ${keystoreLimits.passwordLength} characters are accepted!`,
      {
        reason: 'FIELD_NOT_VALID',
        member: 'passphrase',
      },
    );
  }
  const der = Buffer.from(key.der.buffer, key.der.byteOffset, key.der.byteLength);
  const plain =
    key.encryption === undefined
      ? openPkcs8(der, key.encoding, passphrase)
      : openTraditional(der, { encryption: key.encryption, encoding: key.encoding, passphrase });
  if (plain !== undefined) return plain;
  throw badRequest('passphrase does not open the key!', { reason: 'FIELD_NOT_VALID', member: 'passphrase' });
}

function openPkcs8(der: Buffer, encoding: Encoding, passphrase: string): Buffer | undefined {
  const budget = new DerivationBudget(what);
  const { protection, sealed } = readPkcs8(der, budget);
  if (protection.unknown !== undefined) throw notSupported(protection.unknown, encoding);
  return protection.decrypt(sealed, passphrase);
}

/** EncryptedPrivateKeyInfo (RFC 5958 §3). */
function readPkcs8(der: Buffer, budget: DerivationBudget): { protection: Protection; sealed: Buffer } {
  try {
    const [algorithm, sealed] = sequence(readElement(der));
    return { protection: readProtection(algorithm, budget), sealed: octets(sealed) };
  } catch (error) {
    if (budget.isExceeded) throw error;
    throw damaged(error);
  }
}

/** By their names in DEK-Info. Single DES is 3DES with one key three times. */
const traditionalCiphers: ReadonlyMap<string, { name: string; keyBytes: number; repeat?: 3 }> = new Map([
  ['AES-128-CBC', { name: 'aes-128-cbc', keyBytes: 16 }],
  ['AES-192-CBC', { name: 'aes-192-cbc', keyBytes: 24 }],
  ['AES-256-CBC', { name: 'aes-256-cbc', keyBytes: 32 }],
  ['CAMELLIA-128-CBC', { name: 'camellia-128-cbc', keyBytes: 16 }],
  ['CAMELLIA-192-CBC', { name: 'camellia-192-cbc', keyBytes: 24 }],
  ['CAMELLIA-256-CBC', { name: 'camellia-256-cbc', keyBytes: 32 }],
  ['DES-EDE3-CBC', { name: 'des-ede3-cbc', keyBytes: 24 }],
  ['DES-CBC', { name: 'des-ede3-cbc', keyBytes: 8, repeat: 3 }],
]);
const saltBytes = 8;

function openTraditional(
  der: Buffer,
  { encryption, encoding, passphrase }: { encryption: string; encoding: Encoding; passphrase: string },
): Buffer | undefined {
  const [algorithm = '', parameters = ''] = encryption.split(',').map((part) => part.trim());
  const cipher = traditionalCiphers.get(algorithm.toUpperCase());
  if (cipher === undefined) throw notSupported(algorithm.slice(0, 40).replace(/[^\w-]/g, '?'), encoding);
  const iv = Buffer.from(parameters, 'hex');
  const ivBytes = cipher.name.startsWith('des') ? 8 : 16;
  if (iv.length !== ivBytes || parameters.length !== 2 * ivBytes)
    throw damaged(new Error('DEK-Info: length of the IV'));
  const derived = bytesToKey(Buffer.from(passphrase, 'utf8'), iv.subarray(0, saltBytes), cipher.keyBytes);
  const key = cipher.repeat === undefined ? derived : Buffer.concat([derived, derived, derived]);
  return onlySequence(decryptCbc(cipher.name, { sealed: der, key, iv }));
}

/** OpenSSL's EVP_BytesToKey with MD5 and one iteration, which RFC 1423 keys grew into. */
function bytesToKey(passphrase: Buffer, salt: Buffer, length: number): Buffer {
  let key = Buffer.alloc(0);
  let block = Buffer.alloc(0);
  while (key.length < length) {
    block = hash('md5', Buffer.concat([block, passphrase, salt]), 'buffer');
    key = Buffer.concat([key, block]);
  }
  return key.subarray(0, length);
}

function notSupported(algorithm: string, encoding: Encoding): KeyplaneError {
  return badRequest(unsupportedText(what, unknownKeyEncryption(algorithm, encoding)), {
    reason: 'FORM_NOT_SUPPORTED',
  });
}

function damaged(cause: unknown): KeyplaneError {
  return badRequest(`${what} is damaged: its encryption cannot be read`, { cause });
}
