// Keys and certificates as a PKCS#12 file, for Java and OpenSSL. The alias of a key is its kid. Java lists entries in the order
// of the file and takes the first key where none is named, so the ACTIVE one comes first.

import { Buffer } from 'node:buffer';
import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { badRequest } from '../../errors.ts';
import type { KeystoreEntry } from '../../formats/keystore-format.ts';
import { writePkcs12 } from '../../formats/pkcs12/write-pkcs12.ts';
import { hasPrivatePart } from '../../jose/key-types.ts';
import { thumbprint } from '../../jose/thumbprint.ts';
import type { Artifact } from './artifact.ts';
import {
  type ContentCertificate,
  type ContentInput,
  type ContentKey,
  noPart,
  orderedKeys,
} from './content-input.ts';
import { namedKeys } from './file-names.ts';
import { ownCertificate } from './own-certificate.ts';

/** Java accepts no other characters in the password of a key that is encrypted with PBES2. */
const password = /^[\x20-\x7e]{1,1024}$/;

export function isPkcs12Password(text: string): boolean {
  return password.test(text);
}

/** Without control characters, which keytool would print. */
const isAlias = (text: string) => /^[^\p{C}]{1,200}$/u.test(text);

/** The file is secret. @throws KeyplaneError bad_request without a password, and where the key in use has no entry */
export async function pkcs12File(input: ContentInput): Promise<Artifact> {
  if (input.password === undefined) {
    throw badRequest('password is required for PKCS12!', { reason: 'FIELD_REQUIRED', member: 'password' });
  }
  const entries = uniqueAliases([
    ...namedKeys(orderedKeys(input.keys), isAlias).flatMap(({ name, key }) => keyEntry(name, key)),
    ...(input.certificates ?? []).flatMap(trustedEntries),
  ]);
  return {
    form: 'FILE',
    bytes: await writePkcs12(entries, { password: input.password, random: input.random }),
  };
}

function keyEntry(alias: string, key: ContentKey): KeystoreEntry[] {
  const { jwk } = key;
  const chain = (jwk.x5c ?? []).map((base64) => Buffer.from(base64, 'base64'));
  if (jwk.kty === 'oct') {
    const secret = Buffer.from(jwk.k, 'base64url');
    return [{ kind: 'SECRET_KEY', alias, algorithm: secretAlgorithmOf(jwk.alg), secret }];
  }
  if (!hasPrivatePart(jwk)) {
    const [leaf] = chain;
    if (leaf !== undefined) return [{ kind: 'TRUSTED_CERTIFICATE', alias, certificate: leaf }];
    if (key.isCurrent) throw noPart(key, 'private key and no certificate');
    return [];
  }
  const privateKeyPkcs8 = createPrivateKey({ key: { ...jwk } as JsonWebKey, format: 'jwk' }).export({
    type: 'pkcs8',
    format: 'der',
  });
  const certified = chain.length > 0 ? chain : [ownCertificate(thumbprint(jwk), privateKeyPkcs8)];
  return [{ kind: 'PRIVATE_KEY', alias, privateKeyPkcs8, chain: certified }];
}

/** The leaf under the name of the certificate, those above it under its name and their place. */
function trustedEntries({ name, chain }: ContentCertificate): KeystoreEntry[] {
  return chain.map((base64, index) => ({
    kind: 'TRUSTED_CERTIFICATE',
    alias: index === 0 ? name : `${name}-${index + 1}`,
    certificate: Buffer.from(base64, 'base64'),
  }));
}

/** The name that Java has for secrets of the algorithm. */
function secretAlgorithmOf(alg: string | undefined): string {
  const hmac = /^HS(256|384|512)$/.exec(alg ?? '');
  return hmac ? `HmacSHA${hmac[1]}` : 'AES';
}

/** Of two entries of one alias Java would keep the later one. */
function uniqueAliases(entries: readonly KeystoreEntry[]): KeystoreEntry[] {
  return [...new Map(entries.map((entry) => [entry.alias.toLowerCase(), entry])).values()];
}
