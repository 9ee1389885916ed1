// Keys and certificates as a folder of PEM files (RFC 7468): `{kid}.pem` for each, and `current.pem` for the one in use.

import { Buffer } from 'node:buffer';
import { privateJwkToPem, publicJwkToPem } from '../../jose/jwk-pem.ts';
import { hasPrivatePart, isSymmetric } from '../../jose/key-types.ts';
import { writePem } from '../../jose/pem.ts';
import { publicJwk } from '../../jose/public-part.ts';
import type { Artifact } from './artifact.ts';
import {
  type ContentCertificate,
  type ContentInput,
  type ContentKey,
  noPart,
  orderedKeys,
} from './content-input.ts';
import { currentName, isSafeFileName, namedKeys } from './file-names.ts';

type PemOf = (key: ContentKey) => string | undefined;

/**
 * SubjectPublicKeyInfo; an OCT key has none.
 * @throws KeyplaneError bad_request where the key in use has no file
 */
export function publicPemFolder({ keys }: ContentInput): Artifact {
  const pemOf: PemOf = ({ jwk }) => {
    const published = publicJwk(jwk);
    return published && publicJwkToPem(published);
  };
  return folder(pemFiles(keys, pemOf, 'public key'));
}

/**
 * PKCS#8, with the certificates of the key behind it: HAProxy takes both from one file, and what is replaced together always
 * fits. A key without its private part, and an OCT key, has no file. The files are secret.
 * @throws KeyplaneError bad_request where the key in use has no file
 */
export function privatePemFolder({ keys }: ContentInput): Artifact {
  const pemOf: PemOf = ({ jwk }) => {
    if (isSymmetric(jwk) || !hasPrivatePart(jwk)) return undefined;
    return privateJwkToPem(jwk) + chainPem(jwk.x5c ?? []);
  };
  return folder(pemFiles(keys, pemOf, 'private key'));
}

/**
 * Leaf first. A key without a certificate has no file.
 * @throws KeyplaneError bad_request where the key in use has no file
 */
export function certificatePemFolder({ keys, certificates = [] }: ContentInput): Artifact {
  const pemOf: PemOf = ({ jwk: { x5c } }) => (x5c === undefined ? undefined : chainPem(x5c));
  const ofKeys = pemFiles(keys, pemOf, 'certificate');
  return folder([...ofKeys, ...certificates.flatMap(certificateFiles)]);
}

function certificateFiles({ name, chain }: ContentCertificate): PemFile[] {
  const pem = chainPem(chain);
  const current = { name: currentName, pem };
  return isSafeFileName(name) ? [{ name, pem }, current] : [current];
}

interface PemFile {
  readonly name: string;
  readonly pem: string;
}

/** @param part what the files hold of a key */
function pemFiles(keys: readonly ContentKey[], pemOf: PemOf, part: string): PemFile[] {
  return namedKeys(orderedKeys(keys), isSafeFileName).flatMap(({ name, key }) => {
    const pem = pemOf(key);
    if (pem !== undefined)
      return key.isCurrent
        ? [
            { name, pem },
            { name: currentName, pem },
          ]
        : [{ name, pem }];
    if (key.isCurrent) throw noPart(key, part);
    return [];
  });
}

function folder(files: readonly PemFile[]): Artifact {
  return { form: 'FOLDER', files: new Map(files.map(({ name, pem }) => [`${name}.pem`, Buffer.from(pem)])) };
}

function chainPem(chain: readonly string[]): string {
  return chain.map((base64) => writePem('CERTIFICATE', Buffer.from(base64, 'base64'))).join('');
}
