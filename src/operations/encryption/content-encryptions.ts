// The content encryption algorithms (`enc`) of RFC 7518 §5.1. One row an algorithm.

import { aesCbcHmac } from './content/aes-cbc-hmac.ts';
import { aesGcm } from './content/aes-gcm.ts';
import type { ContentEncryption } from './content-encryption.ts';

const rows = {
  A256GCM: aesGcm(256),
  A192GCM: aesGcm(192),
  A128GCM: aesGcm(128),
  'A256CBC-HS512': aesCbcHmac(256, 'sha512'),
  'A192CBC-HS384': aesCbcHmac(192, 'sha384'),
  'A128CBC-HS256': aesCbcHmac(128, 'sha256'),
} as const satisfies Readonly<Record<string, ContentEncryption>>;

export type EncName = keyof typeof rows;

/** By preference. */
export const encNames: readonly EncName[] = Object.freeze(Object.keys(rows) as EncName[]);

export function contentEncryption(name: EncName): ContentEncryption {
  return rows[name];
}

export function isEncName(name: unknown): name is EncName {
  return typeof name === 'string' && Object.hasOwn(rows, name);
}
