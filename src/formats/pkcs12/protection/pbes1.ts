// PBES1 (RFC 8018, 6.1): PBKDF1 and a cipher of 64-bit blocks in CBC mode. OpenSSL of before 1.1 and older Java write it.

import { hash } from 'node:crypto';
import { decryptCbc, onlySequence } from './encrypted-content.ts';
import { iterateHash } from './iterated-hash.ts';
import { decryptRc2Cbc } from './rc2.ts';

interface Pbes1Scheme {
  readonly digest: 'md5' | 'sha1';
  readonly cipher: 'DES' | 'RC2';
}

/** RFC 8018, A.3, without the two that use MD2, which no OpenSSL has. */
export const pbes1Schemes: ReadonlyMap<string, Pbes1Scheme> = new Map([
  ['1.2.840.113549.1.5.3', { digest: 'md5', cipher: 'DES' }],
  ['1.2.840.113549.1.5.6', { digest: 'md5', cipher: 'RC2' }],
  ['1.2.840.113549.1.5.10', { digest: 'sha1', cipher: 'DES' }],
  ['1.2.840.113549.1.5.11', { digest: 'sha1', cipher: 'RC2' }],
]);

/** The plaintext, which is one SEQUENCE; undefined where the password or the bytes are wrong. */
export function openPbes1(
  { digest, cipher }: Pbes1Scheme,
  { salt, iterations }: { readonly salt: Buffer; readonly iterations: number },
  { sealed, password }: { readonly sealed: Buffer; readonly password: string },
): Buffer | undefined {
  const first = hash(digest, Buffer.concat([Buffer.from(password, 'utf8'), salt]), 'buffer');
  const derived = iterateHash(digest, first, iterations - 1);
  const [key, iv] = [derived.subarray(0, 8), derived.subarray(8, 16)];
  if (cipher === 'RC2') return onlySequence(decryptRc2Cbc(sealed, { key, effectiveKeyBits: 64, iv }));
  // Single DES is 3DES with one key three times.
  return onlySequence(decryptCbc('des-ede3-cbc', { sealed, key: Buffer.concat([key, key, key]), iv }));
}
