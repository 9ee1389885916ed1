// A certificate (RFC 5280) for a key that has none: Java's keystores hold no private key without one. It says nothing about
// the key but that it is there: its name is the thumbprint, and it has no end. The key signs it itself; a key that cannot sign
// has it signed by an Ed25519 key that is derived from it and used for nothing else.

import type { Buffer } from 'node:buffer';
import { createHmac, createPrivateKey, createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import {
  derBits,
  derExplicit,
  derGeneralizedTime,
  derNull,
  derOctets,
  derOid,
  derSequence,
  derSet,
  derTrue,
  derUnsigned,
  derUtcTime,
  derUtf8,
} from '../../asn1/write-der.ts';

interface CertificateSigner {
  readonly key: KeyObject;
  readonly algorithm: Buffer;
  /** Null: the algorithm includes its digest. */
  readonly digest: string | null;
}

const commonNameOid = '2.5.4.3';
const basicConstraintsOid = '2.5.29.19';
const ed25519Oid = '1.3.101.112';
/** RFC 5280 §4.1.2.5: no well-defined expiration. */
const neverEnds = '99991231235959Z';
/** The epoch: the key decides from when it is used. */
const begins = '700101000000Z';

/** RFC 8410, RFC 9881. */
const pureSignatures: ReadonlyMap<string, string> = new Map([
  ['ed25519', ed25519Oid],
  ['ed448', '1.3.101.113'],
  ['ml-dsa-44', '2.16.840.1.101.3.4.3.17'],
  ['ml-dsa-65', '2.16.840.1.101.3.4.3.18'],
  ['ml-dsa-87', '2.16.840.1.101.3.4.3.19'],
]);
/** RFC 5758. */
const ecdsaSignatures: ReadonlyMap<string, { readonly oid: string; readonly digest: string }> = new Map([
  ['secp384r1', { oid: '1.2.840.10045.4.3.3', digest: 'sha384' }],
  ['secp521r1', { oid: '1.2.840.10045.4.3.4', digest: 'sha512' }],
]);
const ecdsaWithSha256 = { oid: '1.2.840.10045.4.3.2', digest: 'sha256' };
const sha256WithRsaOid = '1.2.840.113549.1.1.11';

/** In DER. @param name its subject @param privateKeyPkcs8 DER, secret */
export function ownCertificate(name: string, privateKeyPkcs8: Buffer): Buffer {
  const key = createPrivateKey({ key: privateKeyPkcs8, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const ownSigner = signerOf(key);
  const signer = ownSigner ?? derivedSigner(privateKeyPkcs8);
  const subject = commonName(name);
  const issuer = ownSigner === undefined ? commonName(`${name} (issuer)`) : subject;
  const serial = hash('sha256', spki, 'buffer').subarray(0, 16);
  const isNoAuthority = derSequence(derOid(basicConstraintsOid), derTrue(), derOctets(derSequence()));
  const signed = derSequence(
    derExplicit(0, derUnsigned(2)),
    derUnsigned(serial),
    signer.algorithm,
    issuer,
    derSequence(derUtcTime(begins), derGeneralizedTime(neverEnds)),
    subject,
    spki,
    derExplicit(3, derSequence(isNoAuthority)),
  );
  return derSequence(signed, signer.algorithm, derBits(sign(signer.digest, signed, signer.key)));
}

function commonName(text: string): Buffer {
  return derSequence(derSet(derSequence(derOid(commonNameOid), derUtf8(text))));
}

/** Undefined for a key that signs nothing (X25519, X448). */
function signerOf(key: KeyObject): CertificateSigner | undefined {
  const { asymmetricKeyType: type = '', asymmetricKeyDetails: details } = key;
  const pure = pureSignatures.get(type);
  if (pure !== undefined) return { key, algorithm: derSequence(derOid(pure)), digest: null };
  if (type === 'rsa')
    return { key, algorithm: derSequence(derOid(sha256WithRsaOid), derNull()), digest: 'sha256' };
  if (type !== 'ec') return undefined;
  const { oid, digest } = ecdsaSignatures.get(details?.namedCurve ?? '') ?? ecdsaWithSha256;
  return { key, algorithm: derSequence(derOid(oid)), digest };
}

function derivedSigner(privateKeyPkcs8: Buffer): CertificateSigner {
  const seed = createHmac('sha256', privateKeyPkcs8).update('keyplane certificate issuer').digest();
  const algorithm = derSequence(derOid(ed25519Oid));
  // RFC 8410 §7.
  const pkcs8 = derSequence(derUnsigned(0), algorithm, derOctets(derOctets(seed)));
  return { key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }), algorithm, digest: null };
}
