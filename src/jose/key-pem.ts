// The content of a stored key, PEM or base64 of PEM or of DER, to a raw JWK: PKCS#1, PKCS#8, SEC 1 and SPKI.
// Refuses several keys, trailing text, encrypted keys, certificates, and every key that no JOSE algorithm uses.

import type { Buffer } from 'node:buffer';
import { badRequest } from '../errors.ts';
import type { KeyRestriction } from './algorithms.ts';
import { DerError, readDer } from './der/der.ts';
import { readNamedCurve } from './der/key-algorithm.ts';
import {
  type DerKey,
  readEcPrivateKey,
  readPkcs8,
  readRsaPrivateKey,
  readRsaPublicKey,
  readSpki,
} from './der/key-der.ts';
import { sniffDer } from './der/sniff-der.ts';
import type { JsonObject } from './json.ts';
import { shown } from './jwk.ts';
import { decodeBase64 } from './members/base64url.ts';
import { encryptedKey, type PemBlock, parsePem } from './pem.ts';

export interface KeyContent {
  /** Not checked for soundness; holds secrets when the kind says so. */
  readonly jwk: JsonObject;
  readonly kind: 'PUBLIC_KEY' | 'PRIVATE_KEY';
  readonly restriction?: KeyRestriction;
}

const what = 'Key content';
const longestContent = 131_072;

interface Reader {
  readonly kind: KeyContent['kind'];
  readonly read: (der: Buffer, curve: string | undefined) => DerKey;
}

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['PUBLIC KEY', { kind: 'PUBLIC_KEY', read: readSpki }],
  ['RSA PUBLIC KEY', { kind: 'PUBLIC_KEY', read: (der) => ({ jwk: readRsaPublicKey(der) }) }],
  ['PRIVATE KEY', { kind: 'PRIVATE_KEY', read: readPkcs8 }],
  ['RSA PRIVATE KEY', { kind: 'PRIVATE_KEY', read: (der) => ({ jwk: readRsaPrivateKey(der) }) }],
  ['EC PRIVATE KEY', { kind: 'PRIVATE_KEY', read: (der, curve) => ({ jwk: readEcPrivateKey(der, curve) }) }],
]);

const otherLabels: ReadonlyMap<string, string> = new Map([
  ['CERTIFICATE REQUEST', 'a certificate request'],
  ['NEW CERTIFICATE REQUEST', 'a certificate request'],
  ['DSA PRIVATE KEY', 'a DSA key, which no JOSE algorithm uses'],
  ['DH PARAMETERS', 'Diffie-Hellman parameters'],
  ['EC PARAMETERS', 'EC parameters without a key'],
  ['OPENSSH PRIVATE KEY', "a key in OpenSSH's own format; convert it with: ssh-keygen -p -m PKCS8 -f key"],
  ['PKCS7', 'a PKCS#7 bundle'],
]);

/** @throws KeyplaneError bad_request that says what was found and what is accepted */
export function jwkFromKeyContent(content: string): KeyContent {
  const { key, curve } = keyBlock(content);
  if (key.label === 'ENCRYPTED PRIVATE KEY') throw encryptedKey(what);
  if (key.label.endsWith('CERTIFICATE')) {
    throw badRequest(
      `${what} is a certificate where a key belongs! Upload it as a certificate, or give its public key`,
    );
  }
  const reader = readers.get(key.label);
  if (reader === undefined) {
    const found = otherLabels.get(key.label) ?? `a PEM block of the kind ${shown(key.label)}`;
    throw badRequest(`${what} is ${found}! Accepted PEM blocks: ${[...readers.keys()].join(', ')}`);
  }
  return damagedAsBadRequest(() => {
    const { jwk, restriction } = reader.read(key.der, curve?.());
    return restriction === undefined ? { jwk, kind: reader.kind } : { jwk, kind: reader.kind, restriction };
  });
}

/** The one key of the content, and the curve that an EC PARAMETERS block before it names. */
function keyBlock(content: string): { key: PemBlock; curve?: () => string } {
  if (content.length > longestContent)
    throw badRequest(`${what} has ${content.length} characters; at most ${longestContent} are accepted`);
  const blocks = blocksOf(content);
  const [first, second] = blocks as [PemBlock, PemBlock | undefined];
  // `openssl ecparam -genkey` writes its parameters in front of the key.
  if (blocks.length === 2 && first.label === 'EC PARAMETERS' && second?.label === 'EC PRIVATE KEY') {
    return { key: second, curve: () => readNamedCurve(readDer(first.der)) };
  }
  if (blocks.length > 1) {
    throw badRequest(
      `${what} has ${blocks.length} PEM blocks (${blocks.map(({ label }) => shown(label)).join(', ')}); exactly one key is accepted`,
    );
  }
  return { key: first };
}

function blocksOf(content: string): PemBlock[] {
  if (content.includes('-----BEGIN')) return parsePem(content, what);
  const octets = decodeBase64(content.replace(/\s+/g, ''));
  if (octets === undefined) {
    throw badRequest(`${what} is neither PEM (-----BEGIN ...) nor base64 of PEM`);
  }
  if (octets.includes('-----BEGIN')) return parsePem(octets.toString('utf8'), what);
  const sniffed = sniffDer(octets);
  if (sniffed === undefined) throw badRequest(`${what} is base64, but neither of PEM nor of a key in DER`);
  return [{ label: sniffed.label, der: octets }];
}

function damagedAsBadRequest<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError)
      throw badRequest(`${what} is not a key that is accepted: ${error.message}`);
    throw error;
  }
}
