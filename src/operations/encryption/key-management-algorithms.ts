// What each encryption algorithm of `jose/algorithms.ts` computes. One row an algorithm; a test compares the two tables.

import { aesGcmKeyWrap } from './families/aes-gcm-key-wrap.ts';
import { aesKeyWrap } from './families/aes-key-wrap.ts';
import { direct } from './families/direct.ts';
import { ecdh1pu, ecdhEs } from './families/ecdh.ts';
import { pbes2 } from './families/pbes2.ts';
import { rsa15, rsaOaep } from './families/rsa.ts';
import type { KeyManagementAlgorithm } from './key-management.ts';

const rows: Readonly<Record<string, KeyManagementAlgorithm>> = {
  RSA1_5: rsa15,
  'RSA-OAEP': rsaOaep('sha1'),
  'RSA-OAEP-256': rsaOaep('sha256'),
  'RSA-OAEP-384': rsaOaep('sha384'),
  'RSA-OAEP-512': rsaOaep('sha512'),
  'ECDH-ES': ecdhEs(),
  'ECDH-ES+A128KW': ecdhEs(128),
  'ECDH-ES+A192KW': ecdhEs(192),
  'ECDH-ES+A256KW': ecdhEs(256),
  'ECDH-1PU': ecdh1pu(),
  'ECDH-1PU+A128KW': ecdh1pu(128),
  'ECDH-1PU+A192KW': ecdh1pu(192),
  'ECDH-1PU+A256KW': ecdh1pu(256),
  A128KW: aesKeyWrap(128),
  A192KW: aesKeyWrap(192),
  A256KW: aesKeyWrap(256),
  A128GCMKW: aesGcmKeyWrap(128),
  A192GCMKW: aesGcmKeyWrap(192),
  A256GCMKW: aesGcmKeyWrap(256),
  dir: direct,
  'PBES2-HS256+A128KW': pbes2('sha256', 128),
  'PBES2-HS384+A192KW': pbes2('sha384', 192),
  'PBES2-HS512+A256KW': pbes2('sha512', 256),
  A128GCM: direct,
  A192GCM: direct,
  A256GCM: direct,
  'A128CBC-HS256': direct,
  'A192CBC-HS384': direct,
  'A256CBC-HS512': direct,
};

// Without a prototype: an alg of "constructor" finds nothing.
const table: typeof rows = Object.freeze(Object.assign(Object.create(null), rows));

export const keyManagementNames: readonly string[] = Object.freeze(Object.keys(table));

/** Undefined for everything that is no encryption algorithm. */
export function keyManagementAlgorithm(name: string): KeyManagementAlgorithm | undefined {
  return table[name];
}
