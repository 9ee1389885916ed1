// RSA keys in DER: PKCS#1 (RFC 8017 A.1), which SPKI and PKCS#8 hold as it is.

import type { Buffer } from 'node:buffer';
import { readDer, readSequence, readUnsigned } from '../../asn1/der.ts';
import { type Asn1Element, Asn1Error } from '../../asn1/element.ts';
import type { JsonObject } from '../json.ts';
import type { DerForm } from './der-form.ts';
import { readPssRestriction } from './rsa-pss.ts';

export const rsaForm: DerForm = {
  supported: ['RSA'],
  readAlgorithm(oid, parameters) {
    if (oid === '1.2.840.113549.1.1.1') return {};
    if (oid === '1.2.840.113549.1.1.10') return { restriction: readPssRestriction(parameters) };
    return undefined;
  },
  readPublicKey: readRsaPublicKey,
  readPrivateKey: readRsaPrivateKey,
};

function integerText(element: Asn1Element | undefined, what: string): string {
  return readUnsigned(element, what).toString('base64url');
}

export function readRsaPublicKey(der: Buffer): JsonObject {
  const [n, e] = readSequence(readDer(der), 'RSA public key');
  return { kty: 'RSA', n: integerText(n, 'modulus'), e: integerText(e, 'exponent') };
}

/** The result holds secrets. */
export function readRsaPrivateKey(der: Buffer): JsonObject {
  const [version, ...numbers] = readSequence(readDer(der), 'RSA private key');
  if (readUnsigned(version, 'version')[0] !== 0)
    throw new Asn1Error('it is an RSA key of more than two primes, which is not supported');
  const names = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'];
  if (numbers.length !== names.length)
    throw new Asn1Error('it does not hold the nine numbers of RFC 8017 A.1.2');
  const members = names.map((name, index) => [name, integerText(numbers[index], name)]);
  return { kty: 'RSA', ...Object.fromEntries(members) };
}
