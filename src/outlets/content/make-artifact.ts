// What an outlet delivers of keys, by the names of contents in the API.

import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import type { Artifact } from './artifact.ts';
import type { ContentInput } from './content-input.ts';
import { privateSet, publicSet } from './jwk-set.ts';
import type { OutletContent } from './outlet-content.ts';
import { certificatePemFolder, privatePemFolder, publicPemFolder } from './pem-folder.ts';
import { pkcs12File } from './pkcs12-file.ts';

/** Contents that are made of keys and certificates alone. */
export type KeyOutletContent = Extract<
  OutletContent,
  'JWKS' | 'JWKS_PRIVATE' | 'PEM_PUBLIC' | 'PEM_PRIVATE' | 'PEM_CERTIFICATE' | 'PKCS12'
>;

/** @throws KeyplaneError bad_request */
export async function makeArtifact(content: KeyOutletContent, input: ContentInput): Promise<Artifact> {
  switch (content) {
    case 'JWKS':
      return publicSet(input.keys);
    case 'JWKS_PRIVATE':
      return privateSet(input.keys);
    case 'PEM_PUBLIC':
      return publicPemFolder(input);
    case 'PEM_PRIVATE':
      return privatePemFolder(input);
    case 'PEM_CERTIFICATE':
      return certificatePemFolder(input);
    case 'PKCS12':
      return pkcs12File(input);
    default:
      return content satisfies never;
  }
}

/**
 * The same for the same keys, certificates and password, in hexadecimal: a PKCS#12 file has other salts each time that it is
 * made, and needs no delivery where nothing else changed.
 * @param key secret: a password could be guessed with the fingerprint alone
 */
export function artifactFingerprint(content: KeyOutletContent, input: ContentInput, key: Buffer): string {
  const { keys, certificates = [], password = null } = input;
  const parts = [content, keys, certificates, password];
  return createHmac('sha256', key)
    .update(Buffer.from(JSON.stringify(parts)))
    .digest('hex');
}
