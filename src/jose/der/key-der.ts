// Keys in DER to raw JWK members: SPKI (RFC 5280 §4.1), PKCS#8 (RFC 5208, RFC 5958), SEC 1 (RFC 5915). Each key type
// reads the content of SPKI and PKCS#8 by its own form (`key-types.ts`). Reads structure only; the import checks
// soundness. Throws Asn1Error.

import type { Buffer } from 'node:buffer';
import { expectOctets, readBits, readDer, readOid, readSequence, readUnsigned } from '../../asn1/der.ts';
import { type Asn1Element, Asn1Error } from '../../asn1/element.ts';
import type { JsonObject } from '../json.ts';
import { type KeyType, keyTypeInfo, keyTypes } from '../key-types.ts';
import type { DerAlgorithm, DerForm } from './der-form.ts';
import { readEcPrivateMembers } from './ec-form.ts';
import { readNamedCurve } from './named-curve.ts';
import type { KeyRestriction } from './rsa-pss.ts';
import { namingUnsupported } from './unsupported-key.ts';
import { UnknownOidError } from './unsupported-key-error.ts';

export interface DerKey {
  readonly jwk: JsonObject;
  readonly restriction?: KeyRestriction;
}

/**
 * RFC 5915. The result holds secrets.
 * @param outerCurve what an EC PARAMETERS block named
 */
export function readEcPrivateKey(der: Buffer, outerCurve: string | undefined): JsonObject {
  return namingUnsupported(() => ({ kty: 'EC', ...readEcPrivateMembers(der, outerCurve) }));
}

/** The `crv` of an EC PARAMETERS block. */
export function readEcParameters(der: Buffer): string {
  return namingUnsupported(() => readNamedCurve(readDer(der)));
}

interface KeyAlgorithm {
  readonly kty: KeyType;
  readonly form: DerForm;
  readonly algorithm: DerAlgorithm;
}

function readKeyAlgorithm(element: Asn1Element | undefined): KeyAlgorithm {
  const [identifier, parameters] = readSequence(element, 'algorithm');
  const oid = readOid(identifier, 'algorithm');
  for (const kty of keyTypes) {
    const { der: form } = keyTypeInfo(kty);
    const algorithm = form?.readAlgorithm(oid, parameters);
    if (form && algorithm) return { kty, form, algorithm };
  }
  throw new UnknownOidError(oid);
}

function derKey({ kty, algorithm: { restriction } }: KeyAlgorithm, members: JsonObject): DerKey {
  const jwk = { kty, ...members };
  return restriction === undefined ? { jwk } : { jwk, restriction };
}

export function readSpki(der: Buffer): DerKey {
  return namingUnsupported(() => {
    const [algorithmElement, bits, ...more] = readSequence(readDer(der), 'public key');
    if (more.length > 0) throw new Asn1Error('it has more members than a public key');
    const found = readKeyAlgorithm(algorithmElement);
    const key = readBits(bits, 'public key');
    return derKey(found, found.form.readPublicKey(key, found.algorithm));
  });
}

/** Version 0 (RFC 5208) or 1, which may carry the public key in [1] (RFC 5958 §2). The result holds secrets. */
export function readPkcs8(der: Buffer): DerKey {
  return namingUnsupported(() => {
    const [version, algorithmElement, secretElement, ...optional] = readSequence(readDer(der), 'private key');
    if ((readUnsigned(version, 'version')[0] ?? 2) > 1)
      throw new Asn1Error('its version is not 0 or 1 (RFC 5958 §2)');
    const found = readKeyAlgorithm(algorithmElement);
    const secret = expectOctets(secretElement, 'private key').content;
    const publicKey = optional.find(({ tag }) => tag === 0x81)?.content.subarray(1);
    return derKey(found, found.form.readPrivateKey(secret, found.algorithm, publicKey));
  });
}
